import { describe, expect, it } from "vitest";
import { findJsonProblem } from "./json-problem.ts";

describe("findJsonProblem", () => {
  it.each([
    ["  ", "Expecting value", 2],
    ["nul", "Expecting value", 0],
    ["-", "Expecting value", 0],
    ["[", "Expecting value", 1],
    ["[1,]", "Expecting value", 3],
    ['{"a":', "Expecting value", 5],
    ['{"a": tru}', "Expecting value", 6],
    ["{", "Expecting property name enclosed in double quotes", 1],
    ["{nope", "Expecting property name enclosed in double quotes", 1],
    ['{"a":1,}', "Expecting property name enclosed in double quotes", 7],
    ['{"a"1}', "Expecting ':' delimiter", 4],
    ['{"a" ', "Expecting ':' delimiter", 5],
    ["[1 2]", "Expecting ',' delimiter", 3],
    ['{"a":[1,2}', "Expecting ',' delimiter", 9],
    ['{"a":{}', "Expecting ',' delimiter", 7],
    ["01", "Extra data", 1],
    ["{} x", "Extra data", 3],
    ['["abc', "Unterminated string starting at", 1],
    ['"abc\\', "Unterminated string starting at", 0],
    ['{"a":"\n"}', "Invalid control character at", 6],
    ['"a\\x"', "Invalid \\escape", 2],
    ['"\\u12"', "Invalid \\uXXXX escape", 2],
  ])("says of %j what Python's decoder says: %s at %i", (text, reason, at) => {
    expect(findJsonProblem(text)).toMatchObject({ reason, at });
  });

  it("counts lines and characters, not code units", () => {
    expect(findJsonProblem('{"😀": 1,\n "b" 2}')).toEqual({
      reason: "Expecting ':' delimiter",
      at: 14,
      line: 2,
      column: 6,
    });
  });

  it("survives a body of nothing but brackets", () => {
    expect(findJsonProblem("[".repeat(500_000)).at).toBe(500_000);
  });
});
