import { isErrand, type Clause } from "./clauses.ts";
import type { FoundDate } from "./find-dates.ts";
import type { Slots, Topic, Understanding } from "./understanding.ts";

export type Timing = Pick<Slots, "tour_date" | "tour_time" | "move_in_date"> &
  Pick<Understanding, "earliestDay" | "dayPart">;

type Hints = {
  wantsTour: boolean;
  wantsHome: boolean;
  hasOffer: boolean;
  asked: Set<Topic>;
  today: string;
  reschedules: boolean;
};

const MOVE =
  /\b(?:mov(?:e|ing)(?:[- ]?in)?|relocat\w+|lease (?:start|begin|end|expire|is up|runs out)\w*|(?:be|get) out|vacate|start(?:ing)? (?:my |a |the )?(?:new )?(?:job|work|school|semester|classes)|occupancy|vacant|available (?:from|by|in|on or)|(?:be|get) in by|need (?:\w+ ){1,4}by)\b/gi;
const TOUR =
  /\b(?:visit\w*|tour\w*|view(?:ing|s)?|show(?:ing)?s?|see(?:ing)?|look(?: at)?|appointment|schedul\w+|resched\w+|come|stop|swing|drop|book\w*|check(?:ing)? (?:it )?out|meet|go)\b/gi;
const VACANCY =
  /\b(?:beds?|bedrooms?|apartments?|units?|places?|studios?|homes?)\b[^.?!]*\b(?:available|open|vacant|ready)\b|\b(?:available|open|vacant|ready)\b[^.?!]*\b(?:bedrooms?|apartments?|units?|places?|studios?|homes?)\b/i;
const OPENING_HOURS =
  /\b(?:are|is) (?:you|the office|the leasing office|it|they|anyone)\b[^.?!]*\bopen\b|\bhours\b|\b(?:the|your|leasing) office\b|\bclosed?\b|\bholiday/i;
const EXCLUDED =
  /\b(?:not|can't|cannot|couldn't|won't|instead of|rather than|other than|except|cancel|but not|busy|conflict|unavailable|n't (?:make|do|be|come))\b(?! wait)(?![^,.;?!]*\buntil\b)(?:(?!\b(?:and|but)\b)[^,.;?!])*$/i;
const EXCLUDED_AFTER =
  /^\s*(?:is|it|i|that|just|really|\s)*(?:can't|cannot|won't|doesn't|don't|isn't|not)\b/i;
const DONE_FOR_TODAY =
  /\b(?:all|everything|any(?:thing)?|help\w*|that(?:'s|'ll| is)? (?:do )?it|good|great|fine|ok(?:ay)?|done|enough|thanks?|thank you|information|see you)\b/i;
const AFTER_DAY =
  /\b(?:after|not before|from|starting|back(?: in town)? (?:on|by)?)\s+(?:on\s+)?(?:the\s+)?$/i;
/** What a tour is moved away from stands before "to" and the day wanted. */
const FROM = /\bfrom\s*(?:the\s*)?$/i;
const SOON = /\b(?:asap|a\.s\.a\.p|as soon as possible|immediately|right away|straight away)\b/i;

/** Which of the dates said are for a tour and which for moving in, by the words around them and what was asked. */
export function readTourAndMove(text: string, clauses: Clause[], found: FoundDate[], hints: Hints): Timing {
  const timing: Timing = { earliestDay: null, dayPart: dayPart(text) };
  for (const date of found) {
    const clause = clauseAt(text, clauses, date.index);
    if (isErrand(clause.text) || (clause.kind === "question" && OPENING_HOURS.test(clause.text))) continue;
    const lead = text.slice(0, date.index);
    if (EXCLUDED.test(lead) || EXCLUDED_AFTER.test(text.slice(date.index + date.text.length))) continue;
    if (movedAwayFrom(text, date, hints) || isFarewell(date, clause)) continue;
    const role = roleOf(date, clause, text, hints);
    if (role === "move" && date.day) timing.move_in_date ??= date.day;
    if (role === "tour" && hints.reschedules && date.lastDay !== null && FROM.test(lead))
      timing.tour_date ??= date.lastDay;
    else if (role === "tour") noteTour(timing, date, lead, hints.today);
  }
  if (
    !timing.move_in_date &&
    SOON.test(text) &&
    (hints.asked.has("move_in_date") || /\bmov(?:e|ing)|need (?:it|a place|an?)\b/i.test(text))
  ) {
    timing.move_in_date = hints.today;
  }
  const bare = /^\D{0,20}\b(\d{1,2})(?::(\d{2}))?\D{0,12}$/.exec(text);
  if (
    !timing.tour_time &&
    !timing.tour_date &&
    bare?.[1] &&
    hints.asked.has("tour_time") &&
    found.length === 0
  ) {
    const hour = Number(bare[1]);
    if (hour >= 1 && hour <= 20)
      timing.tour_time = `${String(hour <= 7 ? hour + 12 : hour).padStart(2, "0")}:${bare[2] ?? "00"}`;
  }
  return timing;
}

function noteTour(timing: Timing, date: FoundDate, lead: string, today: string): void {
  if (date.time) timing.tour_time ??= date.time;
  if (!date.day || timing.tour_date) return;
  if (date.precision === "window") timing.earliestDay ??= today;
  else if (date.precision === "day" && (date.time !== null || !AFTER_DAY.test(lead)))
    timing.tour_date = date.day;
  else timing.earliestDay ??= date.day;
}

function dayPart(text: string): Understanding["dayPart"] {
  const part = /\b(morning|afternoon|evening|tonight|after work)\b/i.exec(
    text.replace(/\bgood (?:morning|afternoon|evening)\b/gi, ""),
  )?.[1];
  if (part === undefined) return null;
  const word = part.toLowerCase();
  return word === "morning" || word === "afternoon" ? word : "evening";
}

function clauseAt(text: string, clauses: Clause[], index: number): Clause {
  let from = 0;
  for (const clause of clauses) {
    const start = text.indexOf(clause.text, from);
    if (start < 0) continue;
    from = start + clause.text.length;
    if (index < from) return clause;
  }
  return clauses.at(-1) ?? { text, kind: "statement" };
}

/** "That's all for now" and "thanks for your help today" name no day for a visit. */
function isFarewell(date: FoundDate, clause: Clause): boolean {
  if (/^(?:right )?now$/i.test(date.text)) return !/\bmov(?:e|ing)\b/i.test(clause.text);
  return (
    /^today$/i.test(date.text) &&
    DONE_FOR_TODAY.test(clause.text) &&
    !/\b(?:visit|tour|come|go|see (?:it|the)|schedule|available|works?|how about|what about)\b/i.test(
      clause.text,
    )
  );
}

function movedAwayFrom(text: string, date: FoundDate, hints: Hints): boolean {
  if (!hints.reschedules) return false;
  return FROM.test(text.slice(0, date.index)) && /^\s*to\b/i.test(text.slice(date.index + date.text.length));
}

function roleOf(date: FoundDate, clause: Clause, text: string, hints: Hints): "tour" | "move" | null {
  const at = date.index - Math.max(text.indexOf(clause.text), 0);
  const move = nearest(clause.text, MOVE, at);
  const tour = nearest(clause.text, TOUR, at);
  const tourTalk =
    hints.wantsTour ||
    hints.hasOffer ||
    ["tour", "tour_date", "tour_time", "confirmation"].some((topic) => hints.asked.has(topic as Topic));
  if (date.day === null) return tourTalk || tour !== null ? "tour" : null;
  if (hints.reschedules && !/\bmov(?:e|ing)[- ]?in\b/i.test(clause.text)) return "tour";
  if (move !== null || tour !== null) return (move ?? Infinity) < (tour ?? Infinity) ? "move" : "tour";
  if (hints.asked.has("move_in_date") && !hints.asked.has("tour_date")) return "move";
  const couldBeMove = hints.wantsHome || isFarAhead(date.day, hints.today);
  if (date.precision === "month" && couldBeMove && !hints.wantsTour) return "move";
  if (tourTalk) return "tour";
  if (date.precision === "month" || hints.wantsHome || VACANCY.test(clause.text)) return "move";
  return isFarAhead(date.day, hints.today) ? "move" : "tour";
}

/** Nobody books a tour months ahead without saying so. */
function isFarAhead(day: string, today: string): boolean {
  return Date.parse(day) - Date.parse(today) > 45 * 86_400_000;
}

/** Letters between the date and the closest of the words; words behind the date count as twice as far. */
function nearest(text: string, words: RegExp, at: number): number | null {
  const distances = [...text.matchAll(words)].map((match) =>
    match.index <= at ? at - match.index : 2 * (match.index - at),
  );
  return distances.length === 0 ? null : Math.min(...distances);
}
