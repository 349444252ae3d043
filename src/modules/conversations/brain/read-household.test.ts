import { expect, it } from "vitest";
import { readOccupants } from "./read-household.ts";

it.each([
  ["a place for me and my wife", 2],
  ["We are 3 people, 2 adults and one kid", 3],
  ["2 adults and 1 child", 3],
  ["I have 2 kids", 3],
  ["family of four", 4],
  ["me and two roommates", 3],
  ["1 occupant", 1],
  ["living alone", 1],
  ["I'd like to speak with a real person", undefined],
  ["a couple of questions", undefined],
])("counts the people in %j", (text, count) => {
  expect(readOccupants(text, new Set())).toBe(count);
});

it("takes a bare number where people were asked for", () => {
  expect(readOccupants("2", new Set(["occupants"]))).toBe(2);
  expect(readOccupants("2", new Set())).toBeUndefined();
});
