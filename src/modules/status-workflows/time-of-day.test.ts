import { describe, expect, it } from "vitest";
import type { OfficeHours } from "../properties/office-hours.ts";
import { isTimeOfDay, type Place, timeOfDayProblem } from "./time-of-day.ts";

const chicago: Place = { timeZone: "America/Chicago", officeHours: null };
const newYork: Place = { timeZone: "America/New_York", officeHours: null };

const is = (text: string, at: string, place = chicago) => isTimeOfDay(text, Date.parse(at), place);

describe("a range of hours", () => {
  it("is read by the property's own clock", () => {
    const at = "2026-07-01T13:30:00Z";
    expect(is("09:00-18:00", at, newYork)).toBe(true);
    expect(is("09:00-18:00", at, chicago)).toBe(false);
  });

  it("takes in its first minute and not its last", () => {
    expect(is("09:00-18:00", "2026-07-01T14:00:00Z")).toBe(true);
    expect(is("09:00-18:00", "2026-07-01T13:59:59Z")).toBe(false);
    expect(is("09:00-18:00", "2026-07-01T22:59:59Z")).toBe(true);
    expect(is("09:00-18:00", "2026-07-01T23:00:00Z")).toBe(false);
  });

  it("may pass midnight, and may end with the day", () => {
    expect(is("22:00-06:00", "2026-07-01T04:00:00Z")).toBe(true);
    expect(is("22:00-06:00", "2026-07-01T10:59:00Z")).toBe(true);
    expect(is("22:00-06:00", "2026-07-01T11:00:00Z")).toBe(false);
    expect(is("18:00-24:00", "2026-07-01T04:59:00Z")).toBe(true);
  });

  it.each([
    // Nine in the morning is 15:00Z (Chicago) and 14:00Z (New York) in winter, an hour earlier in summer.
    [chicago, "2027-03-13T14:30:00Z", false],
    [chicago, "2027-03-14T14:30:00Z", true],
    [chicago, "2026-10-31T14:30:00Z", true],
    [chicago, "2026-11-01T14:30:00Z", false],
    [newYork, "2027-03-13T13:30:00Z", false],
    [newYork, "2027-03-14T13:30:00Z", true],
    [newYork, "2026-10-31T13:30:00Z", true],
    [newYork, "2026-11-01T13:30:00Z", false],
  ])("follows the clocks of %o on %s: %s", (place, at, expected) => {
    expect(is("09:00-18:00", at, place)).toBe(expected);
  });

  it("holds in both hours of the one that comes twice, and has no hour where one is skipped", () => {
    expect(is("01:00-02:00", "2026-11-01T06:30:00Z")).toBe(true);
    expect(is("01:00-02:00", "2026-11-01T07:30:00Z")).toBe(true);
    expect(is("02:00-03:00", "2027-03-14T07:59:59Z")).toBe(false);
    expect(is("02:00-03:00", "2027-03-14T08:00:00Z")).toBe(false);
  });
});

describe("business hours", () => {
  const officeHours: OfficeHours = {
    tue: [
      { open: "09:00", close: "12:00" },
      { open: "13:00", close: "18:00" },
    ],
    sun: [{ open: "01:30", close: "03:30" }],
    holidays: [{ date: "2026-07-07", name: "Closed for works", closed: true }],
  };
  const place = { ...chicago, officeHours };

  it("are the property's office hours, with their breaks, closed days and holidays", () => {
    expect(is("business_hours", "2026-06-30T14:00:00Z", place)).toBe(true);
    expect(is("business_hours", "2026-06-30T17:30:00Z", place)).toBe(false);
    expect(is("business_hours", "2026-07-01T15:00:00Z", place)).toBe(false);
    expect(is("business_hours", "2026-07-07T15:00:00Z", place)).toBe(false);
  });

  it("and after hours are each other's opposite", () => {
    for (let hour = 0; hour < 24 * 14; hour += 1) {
      const at = new Date(Date.parse("2026-06-25T00:15:00Z") + hour * 3_600_000).toISOString();
      expect(is("after_hours", at, place)).toBe(!is("business_hours", at, place));
    }
  });

  it("open at the moment of the change where their opening is skipped", () => {
    const gap = { ...chicago, officeHours: { sun: [{ open: "02:30", close: "05:00" }] } };
    expect(is("business_hours", "2027-03-14T07:59:59Z", gap)).toBe(false);
    expect(is("business_hours", "2027-03-14T08:00:00Z", gap)).toBe(true);
  });

  it("never end where none are set", () => {
    expect(is("business_hours", "2026-07-01T08:00:00Z")).toBe(true);
    expect(is("after_hours", "2026-07-01T08:00:00Z")).toBe(false);
  });
});

describe("timeOfDayProblem", () => {
  it.each(["09:00-18:00", "22:00-06:00", "00:00-24:00", "business_hours", "after_hours"])(
    "takes %s",
    (text) => {
      expect(timeOfDayProblem(text)).toBeNull();
    },
  );

  it.each(["9-18", "09:00", "25:00-26:00", "24:00-06:00", "09:00-09:00", "morning", ""])(
    "refuses %j",
    (text) => {
      expect(timeOfDayProblem(text)).toMatch(/^must/);
    },
  );
});
