import { describe, expect, it } from "vitest";
import { hasAnyHours, OfficeHours } from "./office-hours.ts";

function problems(input: unknown): string[] {
  const answer = OfficeHours.safeParse(input);
  return answer.success ? [] : answer.error.issues.map((issue) => issue.path.join("."));
}

describe("OfficeHours", () => {
  it("accepts several windows a day, midnight as a close, holidays and half days", () => {
    const hours = {
      mon: [
        { open: "13:00", close: "24:00" },
        { open: "09:00", close: "13:00" },
      ],
      holidays: [
        { date: "2027-12-25", closed: true, name: "Christmas" },
        { date: "2027-12-24", windows: [{ open: "09:00", close: "12:00" }], name: "Christmas Eve" },
      ],
    };
    expect(problems(hours)).toEqual([]);
  });

  it("names the window that closes before it opens", () => {
    expect(problems({ tue: [{ open: "18:00", close: "09:00" }] })).toEqual(["tue.0.close"]);
    expect(problems({ tue: [{ open: "09:00", close: "09:00" }] })).toEqual(["tue.0.close"]);
  });

  it("names the window that overlaps another", () => {
    const wed = [
      { open: "09:00", close: "12:00" },
      { open: "11:00", close: "14:00" },
    ];
    expect(problems({ wed })).toEqual(["wed.1.open"]);
  });

  it("names times, dates and days that do not exist", () => {
    expect(problems({ mon: [{ open: "24:00", close: "24:00" }] })).toEqual(["mon.0.open"]);
    expect(problems({ mon: [{ open: "9:00", close: "25:00" }] })).toEqual(["mon.0.open", "mon.0.close"]);
    expect(problems({ holidays: [{ date: "2027-02-29", closed: true, name: "Leap" }] })).toEqual([
      "holidays.0.date",
    ]);
    expect(OfficeHours.safeParse({ monday: [] }).success).toBe(false);
  });

  it("names a holiday that is listed twice, or says neither closed nor windows", () => {
    const day = { date: "2027-07-04", closed: true, name: "Independence Day" };
    expect(problems({ holidays: [day, day] })).toEqual(["holidays.1.date"]);
    expect(problems({ holidays: [{ date: "2027-07-04", name: "?" }] })).toEqual(["holidays.0.closed"]);
    expect(problems({ holidays: [{ ...day, windows: [] }] })).toEqual(["holidays.0.windows"]);
  });
});

describe("hasAnyHours", () => {
  it("tells hours from an empty week", () => {
    expect(hasAnyHours(null)).toBe(false);
    expect(hasAnyHours({ mon: [], holidays: [{ date: "2027-07-04", closed: true, name: "x" }] })).toBe(false);
    expect(hasAnyHours({ sun: [{ open: "10:00", close: "11:00" }] })).toBe(true);
  });
});
