import { expect, it } from "vitest";
import { readLeaseMonths } from "./read-lease-term.ts";

it.each([
  ["a 12 month lease", 12],
  ["lease for one year", 12],
  ["6-month lease please", 6],
  ["month-to-month", 1],
  ["moving in 2 months", undefined],
])("reads the term in %j", (text, months) => {
  expect(readLeaseMonths(text, new Set())).toBe(months);
});

it("takes a span for an answer where the term was asked for", () => {
  expect(readLeaseMonths("9 months", new Set(["lease"]))).toBe(9);
  expect(readLeaseMonths("9 months", new Set())).toBeUndefined();
});
