import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { splitClauses } from "./clauses.ts";
import { findDates } from "./find-dates.ts";
import { readTourAndMove } from "./read-tour-and-move.ts";
import type { Topic } from "./understanding.ts";

const today = "2019-03-01";
function timing(
  text: string,
  asked: Topic[] = [],
  hints: { wantsTour?: boolean; wantsHome?: boolean; reschedules?: boolean } = {},
) {
  return readTourAndMove(text, splitClauses(text), findDates(text, Temporal.PlainDate.from(today)), {
    wantsTour: false,
    wantsHome: false,
    reschedules: false,
    hasOffer: false,
    asked: new Set(asked),
    today,
    ...hints,
  });
}

describe("which day is meant for what", () => {
  it("goes by the nearest words", () => {
    expect(timing("I'd like to come by on the 3rd, and move in on April 1")).toMatchObject({
      tour_date: "2019-03-03",
      move_in_date: "2019-04-01",
    });
  });

  it("goes by what was asked", () => {
    expect(timing("the 6th", ["tour_date"]).tour_date).toBe("2019-03-06");
    expect(timing("the 6th", ["move_in_date"]).move_in_date).toBe("2019-03-06");
  });

  it("goes by the search, where a home is looked for", () => {
    expect(timing("2br for june 1st", [], { wantsHome: true }).move_in_date).toBe("2019-06-01");
  });

  it("never takes a mere month for the day of a tour", () => {
    expect(timing("in june", ["tour_date"]).tour_date).toBeUndefined();
  });
});

describe("days the visitor rules out", () => {
  it.each([
    ["Not Monday, Tuesday is better", "2019-03-05"],
    ["I have a conflict on March 10th. Can we make it March 14th instead?", "2019-03-14"],
    ["the 4th I can't take any appointment, maybe the 8th", "2019-03-08"],
    ["change it from the 8th to the 9th", "2019-03-09"],
    ["can't go until March 13th", "2019-03-13"],
  ])("are not taken from %j", (text, expected) => {
    expect(timing(text, ["confirmation"], { reschedules: true }).tour_date).toBe(expected);
  });
});

it.each([
  "That's all for now",
  "thanks for your help today",
  "When am I free on the 12th?",
  "are you open on the 4th of july?",
  "book a cab for the 5th",
])("finds no day for a tour in %j", (text) => {
  expect(timing(text).tour_date).toBeUndefined();
});

it("keeps a first day where no single one was named", () => {
  expect(timing("sometime next week", ["tour_date"])).toMatchObject({ earliestDay: "2019-03-04" });
  expect(timing("after the 10th", ["tour_date"])).toMatchObject({ earliestDay: "2019-03-10" });
});

it("reads the hour and the part of the day", () => {
  expect(timing("saturday at 2", ["tour_date"])).toMatchObject({
    tour_date: "2019-03-02",
    tour_time: "14:00",
  });
  expect(timing("10", ["tour_time"]).tour_time).toBe("10:00");
  expect(timing("tomorrow afternoon", ["tour_date"]).dayPart).toBe("afternoon");
  expect(timing("good morning").dayPart).toBeNull();
});

it("moves in at once where that is what was said", () => {
  expect(timing("as soon as possible", ["move_in_date"]).move_in_date).toBe(today);
});
