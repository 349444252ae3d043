import { expect, it } from "vitest";
import { readBudget } from "./read-budget.ts";
import type { Topic } from "./understanding.ts";

const budget = (text: string, ...asked: Topic[]) => readBudget(text, new Set(asked));

it.each([
  ["2br under $1800", { price_max: 1800 }],
  ["max 1.2k", { price_max: 1200 }],
  ["between $1,500 and $2,000", { price_min: 1500, price_max: 2000 }],
  ["budget 1500-1700", { price_min: 1500, price_max: 1700 }],
  ["1.5-2k a month", { price_min: 1500, price_max: 2000 }],
  ["around 2,300 per month", { price_max: 2300 }],
  ["1400 or less", { price_max: 1400 }],
  ["at least 1200", { price_min: 1200 }],
  ["under 2030", { price_max: 2030 }],
  ["$1750/mo", { price_max: 1750 }],
  ["I make 4500 a month and want something under 1500", { price_max: 1500 }],
])("reads %j", (text, expected) => {
  expect(budget(text)).toEqual(expected);
});

it.each([
  "2 bedrooms under 3 people",
  "moving in June 2030",
  "for 2 people",
  "apartment 1204",
  "a lease for 2027",
  "on 6/1/2027",
])("finds no price in %j", (text) => {
  expect(budget(text)).toEqual({});
});

it("takes a bare number for the budget where that was asked", () => {
  expect(budget("1600", "budget")).toEqual({ price_max: 1600 });
  expect(budget("1600")).toEqual({});
});
