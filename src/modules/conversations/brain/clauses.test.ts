import { expect, it } from "vitest";
import { isErrand, splitClauses, withoutOpening } from "./clauses.ts";

const kinds = (message: string) => splitClauses(message).map(({ text, kind }) => [text, kind]);

it("takes a message apart at its questions", () => {
  expect(kinds("Yes. Is it furnished and do they allow pets?")).toEqual([
    ["Yes.", "statement"],
    ["Is it furnished", "question"],
    ["do they allow pets?", "question"],
  ]);
  expect(kinds("Sure, what is the phone number")).toEqual([
    ["Sure", "statement"],
    ["what is the phone number", "question"],
  ]);
});

it.each([
  ["Can you find me another one?", "request"],
  ["could you please schedule a visit", "request"],
  ["Can you tell me if pets are allowed?", "question"],
  ["I would like to know the deposit", "question"],
  ["find out whether it is furnished", "question"],
  ["parking?", "question"],
  ["I need an apartment with two baths", "statement"],
  ["Yes, do that", "statement"],
])("knows %j for a %s", (message, kind) => {
  expect(splitClauses(message).at(-1)?.kind).toBe(kind);
});

it("keeps a relative clause with its sentence", () => {
  expect(kinds("I need a place, where I can have pets")).toHaveLength(1);
});

it("drops the opening words of an answer from a question", () => {
  expect(withoutOpening("Great, thanks. And is there a gym?")).toBe("is there a gym?");
});

it("knows errands no leasing desk runs", () => {
  expect(isErrand("Can you book a cab to go there?")).toBe(true);
  expect(isErrand("When am I free on the 12th?")).toBe(true);
  expect(isErrand("When are you free on the 12th?")).toBe(false);
});
