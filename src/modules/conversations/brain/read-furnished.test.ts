import { expect, it } from "vitest";
import { splitClauses } from "./clauses.ts";
import { readFurnished } from "./read-furnished.ts";
import type { Topic } from "./understanding.ts";

const furnished = (text: string, asked: Topic[] = [], answer: "yes" | "no" | null = null) =>
  readFurnished(splitClauses(text), new Set(asked), answer);

it.each([
  ["I want a fully furnished place", true],
  ["What else can you find that is furnished?", true],
  ["unfurnished is fine", false],
  ["it doesn't have to be furnished, no furniture please", false],
])("reads a wish in %j", (text, expected) => {
  expect(furnished(text)).toEqual({ furnished: expected });
});

it.each([
  "Is it furnished?",
  "Is there furniture in the apartment?",
  "I don't care if it is furnished",
  "I do not want to buy furniture",
])("reads no wish in %j", (text) => {
  expect(furnished(text)).toEqual({});
});

it("takes yes and no for an answer where furniture was asked about", () => {
  expect(furnished("yes", ["furnished"], "yes")).toEqual({ furnished: true });
  expect(furnished("no", ["furnished"], "no")).toEqual({ furnished: false });
  expect(furnished("yes", ["tour"], "yes")).toEqual({});
});
