import { describe, expect, it } from "vitest";
import { planAnswers, unitsSentence } from "./plan-answers.ts";
import { startState, type PlanInput } from "./plan.ts";
import { CONFIDENT_SCORE } from "./rank-faqs.ts";
import { understand } from "./understand.ts";

const timeZone = "America/Los_Angeles";
const now = new Date("2019-03-01T17:00:00Z");

function answer(message: string, more: Partial<PlanInput> = {}) {
  return planAnswers({
    message,
    understanding: understand(message, { now, timeZone }),
    state: startState(),
    known: {},
    now,
    timeZone,
    propertyName: "Maple Court",
    office: { phone: null, email: null, address: null },
    answers: [{ question: message, matches: [] }],
    times: [],
    units: null,
    tour: null,
    speaker: "bot",
    ...more,
  });
}
const match = (score: number, question = "Do you allow pets?") => ({
  faq_id: "1",
  question,
  answer: "Two are welcome.",
  score,
});

describe("an approved FAQ", () => {
  it("is quoted from the threshold on", () => {
    const message = "Are dogs ok?";
    const at = (score: number) =>
      answer(message, { answers: [{ question: message, matches: [match(score)] }] });
    expect(at(CONFIDENT_SCORE)).toMatchObject({ text: ["Two are welcome."], abstained: false });
    expect(at(CONFIDENT_SCORE - 0.001)).toMatchObject({ abstained: true });
  });

  it("is quoted once for two questions it answers", () => {
    const answers = ["dogs?", "cats?"].map((question) => ({ question, matches: [match(1)] }));
    expect(answer("dogs? cats?", { answers })?.text).toEqual(["Two are welcome."]);
  });

  it("on pets is not quoted for an assistance animal", () => {
    const message = "Is my service dog allowed?";
    const given = (question: string) =>
      answer(message, { answers: [{ question: message, matches: [match(1, question)] }] });
    expect(given("Do you allow pets?")?.abstained).toBe(true);
    expect(given("Are service animals allowed?")?.abstained).toBe(false);
  });
});

it("names every question it cannot answer, and opens each", () => {
  const answers = ["is there a pool?", "is there a sauna?"].map((question) => ({ question, matches: [] }));
  const part = answer("is there a pool? is there a sauna?", { answers });
  expect(part?.text.join()).toContain('"is there a pool?" and "is there a sauna?"');
  expect(part?.actions).toHaveLength(2);
});

it("leaves a remark that no FAQ fits to small talk", () => {
  expect(answer("I lost my key")).toBeNull();
});

describe("live records", () => {
  const units = { count: 2, rentMin: 1650, rentMax: 1900 };

  it("answer questions on rent and vacancies, not on other costs", () => {
    expect(answer("What is the rent?", { units })?.text).toEqual([unitsSentence(units)]);
    expect(answer("Any 2 bedrooms available?", { units })?.text).toEqual([unitsSentence(units)]);
    expect(answer("How much is the deposit?", { units })?.abstained).toBe(true);
  });

  it("answer questions on the visitor's own tour", () => {
    const tour = { startsAt: "2019-03-04T18:00:00Z", label: "Mon, Mar 4, 10:00 AM" };
    expect(answer("When is my tour?", { tour })?.text).toEqual(["Your tour is on Mon, Mar 4, 10:00 AM."]);
  });

  it.each([
    [{ count: 0, rentMin: null, rentMax: null }, "Right now no available home fits what you told me."],
    [
      { count: 1, rentMin: 1650, rentMax: 1650 },
      "One available home fits what you told me, for $1,650 a month.",
    ],
    [{ count: 3, rentMin: null, rentMax: null }, "3 available homes fit what you told me."],
  ])("are put into words: %j", (facts, sentence) => {
    expect(unitsSentence(facts)).toBe(sentence);
  });
});
