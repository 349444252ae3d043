import { expect, it } from "vitest";
import { readNumber } from "./read-number.ts";

it.each([
  ["2", 2],
  ["Two", 2],
  ["1,850", 1850],
  ["2.5", 2.5],
  ["many", undefined],
])("reads %j as %s", (text, number) => {
  expect(readNumber(text)).toBe(number);
});
