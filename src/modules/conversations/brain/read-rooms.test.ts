import { describe, expect, it } from "vitest";
import { readRooms } from "./read-rooms.ts";
import type { Topic } from "./understanding.ts";

const rooms = (text: string, ...asked: Topic[]) => readRooms(text, new Set(asked));

it.each([
  ["2br 1ba under $1800", { bedrooms: 2, bathrooms: 1 }],
  ["a three bedroom, two-bath place", { bedrooms: 3, bathrooms: 2 }],
  ["2 or 3 bedrooms", { bedrooms: 2 }],
  ["two bedrooms and baths", { bedrooms: 2, bathrooms: 2 }],
  ["looking for 2b2b", { bedrooms: 2, bathrooms: 2 }],
  ["2.5 baths please", { bathrooms: 2.5 }],
  ["a studio", { bedrooms: 0 }],
  ["bedrooms: 2", { bedrooms: 2 }],
  ["2 rooms 2 baths", { bedrooms: 2, bathrooms: 2 }],
  ["I have 2 roommates", {}],
  ["on 3/2", {}],
])("reads %j", (text, expected) => {
  expect(rooms(text)).toEqual(expected);
});

describe("a bare number", () => {
  it("is what was asked for", () => {
    expect(rooms("I think two", "bedrooms")).toEqual({ bedrooms: 2 });
    expect(rooms("two and one", "bedrooms", "bathrooms")).toEqual({ bedrooms: 2, bathrooms: 1 });
  });

  it("is nothing when no rooms were asked for", () => {
    expect(rooms("two")).toEqual({});
  });

  it("is not read from days, times and pronouns", () => {
    expect(rooms("the 6th at 3 pm", "bedrooms")).toEqual({});
    expect(rooms("I want one in San Jose", "bedrooms")).toEqual({});
  });
});
