import { describe, expect, it } from "vitest";
import { pickOffered } from "./pick-offered.ts";

const offered = [
  { startsAt: "2019-03-02T18:00:00Z", label: "Sat, Mar 2, 10:00 AM" },
  { startsAt: "2019-03-02T22:00:00Z", label: "Sat, Mar 2, 2:00 PM" },
  { startsAt: "2019-03-04T18:30:00Z", label: "Mon, Mar 4, 10:30 AM" },
];
const none = { dayPart: null };
const pick = (text: string, choice: Parameters<typeof pickOffered>[1] = none) => {
  const startsAt = pickOffered(text, choice, offered, "America/Los_Angeles");
  return offered.findIndex((slot) => slot.startsAt === startsAt);
};

it.each([
  ["Sat, Mar 2, 2:00 PM", 1],
  ["2019-03-04T18:30:00Z", 2],
  ["the first one works", 0],
  ["option 2", 1],
  ["the last one please", 2],
  ["earliest", 0],
  ["how about 2", 1],
  ["10 works", 0],
])("hears in %j which one", (text, index) => {
  expect(pick(text)).toBe(index);
});

it("goes by day and hour", () => {
  expect(pick("saturday at 2", { tour_date: "2019-03-02", tour_time: "14:00", dayPart: null })).toBe(1);
  expect(pick("at 10:30", { tour_time: "10:30", dayPart: null })).toBe(2);
  expect(pick("saturday at 4", { tour_date: "2019-03-02", tour_time: "16:00", dayPart: null })).toBe(-1);
});

describe("picks nothing", () => {
  it("when a part of the day leaves more than one", () => {
    expect(pick("morning is better", { dayPart: "morning" })).toBe(-1);
    expect(pick("afternoon is better", { dayPart: "afternoon" })).toBe(1);
  });

  it.each(["what about parking?", "yes", "we are 3 people"])("from %j", (text) => {
    expect(pick(text)).toBe(-1);
  });
});
