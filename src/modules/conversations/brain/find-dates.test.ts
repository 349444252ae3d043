import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { findDates } from "./find-dates.ts";

// A Friday.
const today = Temporal.PlainDate.from("2019-03-01");
const day = (text: string) => findDates(text, today)[0]?.day;
const time = (text: string) => findDates(text, today)[0]?.time;

it.each([
  ["the 10th", "2019-03-10"],
  ["on the 10", "2019-03-10"],
  ["4th of this month", "2019-03-04"],
  ["the 3rd of next month", "2019-04-03"],
  ["March 1st", "2019-03-01"],
  ["the 1st", "2019-03-01"],
  ["14th of march", "2019-03-14"],
  ["Wednesday next week", "2019-03-06"],
  ["Friday of next week", "2019-03-08"],
  ["next friday", "2019-03-08"],
  ["this saturday", "2019-03-02"],
  ["sunday this week", "2019-03-03"],
  ["friday the 8th", "2019-03-08"],
  ["day after tomorrow", "2019-03-03"],
  ["later today", "2019-03-01"],
  ["mid march", "2019-03-15"],
  ["early may", "2019-05-01"],
  ["the end of june", "2019-06-30"],
  ["second week of april", "2019-04-08"],
  ["a week from monday", "2019-03-11"],
  ["in 2 weeks", "2019-03-15"],
  ["3/15", "2019-03-15"],
  ["june 15 2020", "2020-06-15"],
  ["May 1st, 12 month lease", "2019-05-01"],
  ["June 1, 12 months", "2019-06-01"],
])("reads %j", (text, expected) => {
  expect(day(text)).toBe(expected);
});

describe("never a day in the past", () => {
  it("moves a day of the month on, past months that lack it", () => {
    const late = Temporal.PlainDate.from("2019-03-20");
    expect(findDates("the 10th", late)[0]?.day).toBe("2019-04-10");
    expect(findDates("the 31st", Temporal.PlainDate.from("2019-04-05"))[0]?.day).toBe("2019-05-31");
  });

  it("moves a month on, and keeps the running one", () => {
    expect(day("february 20")).toBe("2020-02-20");
    expect(findDates("in march", Temporal.PlainDate.from("2019-03-20"))[0]?.day).toBe("2019-03-20");
  });

  it("takes the weekday of today for the coming one", () => {
    expect(day("on friday")).toBe("2019-03-08");
    expect(day("this friday")).toBe("2019-03-01");
  });

  it("believes a year that is said", () => {
    expect(day("june 1 2018")).toBe("2018-06-01");
  });
});

describe("times", () => {
  it.each([
    ["tomorrow at 2", "14:00"],
    ["Saturday around 2:30", "14:30"],
    ["10am", "10:00"],
    ["noon", "12:00"],
    ["9 in the morning", "09:00"],
    ["2ish", "14:00"],
    ["after 6 works", "18:00"],
    ["3 o'clock", "15:00"],
  ])("reads %j", (text, expected) => {
    expect(time(text)).toBe(expected);
  });

  it("has no day of its own", () => {
    expect(findDates("at 3 pm", today)).toMatchObject([{ day: null, time: "15:00" }]);
  });
});

it.each([
  "a 12 month lease",
  "2 bed 1 bath",
  "May I know the number",
  "the first floor",
  "about 2 bedrooms",
  "I sat there",
  "3/2 house",
])("finds no date in %j", (text) => {
  expect(findDates(text, today)).toEqual([]);
});

it("takes the next weeks for a span that ends", () => {
  expect(findDates("in the next two weeks", today)[0]).toMatchObject({
    precision: "window",
    day: "2019-03-15",
  });
});

it("tells months and weeks from days", () => {
  expect(findDates("in june", today)[0]?.precision).toBe("month");
  expect(findDates("next week", today)[0]).toMatchObject({ precision: "week", day: "2019-03-04" });
});

it("keeps a day that exists in every year's calendar only", () => {
  expect(day("february 29 2020")).toBe("2020-02-29");
  expect(
    findDates("february 30", today).every(({ day: found }) => found === null || found !== "2020-02-30"),
  ).toBe(true);
});
