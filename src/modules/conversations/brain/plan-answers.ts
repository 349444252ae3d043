import { namesAssistanceAnimal } from "./read-pets.ts";
import type { Part, PlanInput, UnitFacts } from "./plan.ts";
import { CONFIDENT_SCORE } from "./rank-faqs.ts";

const ABOUT_RENT = /\b(?:rents?|prices?|cost|how much)\b/i;
const ABOUT_OTHER_COSTS =
  /\b(?:deposit|fees?|parking|pets?|dogs?|cats?|utilit\w+|insurance|application|laundry|storage|late)\b/i;
const ABOUT_VACANCY =
  /\b(?:available|availability|vacan\w+|left|open)\b[^?]*\b(?:units?|apartments?|homes?|bedrooms?|studios?|places?)\b|\b(?:units?|apartments?|homes?|bedrooms?|studios?|places?)\b[^?]*\b(?:available|availability|vacan\w+|left|open)\b/i;
const ABOUT_PHONE =
  /\b(?:phone|telephone|contact) (?:number|no|details|info\w*)\b|\b(?:your|the|property'?s?|office'?s?) (?:phone|number)\b|\bnumber\b[^?]*\b(?:call|phone|property)\b|\bphone property\b/i;
const ABOUT_EMAIL = /\be-?mail address\b|\b(?:your|the|office'?s?) e-?mail\b/i;
const ABOUT_ADDRESS =
  /\b(?:your|the|property'?s?|street|exact) address\b|\bwhere (?:are you|is (?:it|this|that|the (?:property|apartment|place|complex|community)))(?: located)?\s*\??$/i;
const ABOUT_MY_TOUR =
  /\b(?:when|what time|what day|confirm|still)\b[^?]*\b(?:my|our) (?:tour|visit|appointment|viewing|showing)\b/i;

/**
 * Answers every question asked: with an approved FAQ word for word, with a live record, or by saying plainly
 * that there is no answer and passing the question to a person.
 */
export function planAnswers(input: PlanInput): Part | null {
  if (input.answers.length === 0) return null;
  const part: Part = { text: [], actions: [], abstained: false };
  const unanswered: string[] = [];
  for (const { question, matches } of input.answers) {
    // What holds for pets may not be told of an assistance animal.
    const best = input.understanding.assistanceAnimal
      ? matches.find((match) => namesAssistanceAnimal(match.question))
      : matches[0];
    const confident = best !== undefined && best.score >= CONFIDENT_SCORE;
    const answer = confident ? best.answer : fromRecords(question, input);
    if (answer === null) unanswered.push(question);
    else if (!part.text.includes(answer)) part.text.push(answer);
  }
  // A remark that no FAQ fits is not an open question; small talk deals with it.
  const isRemark = input.understanding.asks.length === 0 && !input.understanding.assistanceAnimal;
  if (unanswered.length === 0) return part;
  if (isRemark) return null;
  return abstain(part, unanswered, input.understanding.assistanceAnimal);
}

function abstain(part: Part, unanswered: string[], isAssistance: boolean): Part {
  const subject = unanswered.map((question) => `"${question}"`).join(" and ");
  const why = isAssistance
    ? "Anything about assistance animals is for our leasing team to answer, not for me."
    : `I have no approved answer to ${subject}, so I would rather not guess.`;
  part.text.push(
    `${why} I have passed it on, and you will be told here when a person has answered. If you would rather talk to someone now, just say so.`,
  );
  part.actions.push(...unanswered.map((question) => ({ type: "open_question" as const, question })));
  // What was open before the question stays open: "sounds good" after it answers that, not this.
  return { ...part, payload: { kind: "handoff" }, abstained: true };
}

function fromRecords(question: string, { units, tour, office, propertyName }: PlanInput): string | null {
  if (ABOUT_PHONE.test(question) && office.phone) return `You can call ${propertyName} on ${office.phone}.`;
  if (ABOUT_EMAIL.test(question) && office.email) return `You can write to ${office.email}.`;
  if (ABOUT_ADDRESS.test(question) && office.address) return `${propertyName} is at ${office.address}.`;
  if (ABOUT_MY_TOUR.test(question))
    return tour ? `Your tour is on ${tour.label}.` : "There is no tour booked in this chat yet.";
  const isAboutRent = ABOUT_RENT.test(question) && !ABOUT_OTHER_COSTS.test(question);
  return units && (isAboutRent || ABOUT_VACANCY.test(question)) ? unitsSentence(units) : null;
}

/** The live record in words: how many homes fit what is known, and for what rent. */
export function unitsSentence({ count, rentMin, rentMax }: UnitFacts): string {
  if (count === 0) return "Right now no available home fits what you told me.";
  const homes = count === 1 ? "One available home fits" : `${count} available homes fit`;
  if (rentMin === null || rentMax === null) return `${homes} what you told me.`;
  const dollars = (amount: number) => `$${amount.toLocaleString("en-US")}`;
  const rents =
    rentMin === rentMax ? `for ${dollars(rentMin)}` : `from ${dollars(rentMin)} to ${dollars(rentMax)}`;
  return `${homes} what you told me, ${rents} a month.`;
}
