import { expect, it } from "vitest";
import { officeStatus, type OfficeHours } from "./office-status.ts";

const hours: OfficeHours = {
  mon: [
    { open: "09:00", close: "12:00" },
    { open: "13:00", close: "18:00" },
  ],
  sat: [{ open: "10:00", close: "24:00" }],
  holidays: [{ date: "2026-12-25", closed: true }],
  fri: [{ open: "09:00", close: "18:00" }],
};
const at = (instant: string) => officeStatus(hours, "America/Chicago", new Date(instant));

it.each([
  ["an open window", "2026-11-23T16:00:00Z", { open: true, until: "12:00" }],
  ["the minute it opens", "2026-11-23T15:00:00Z", { open: true, until: "12:00" }],
  ["the minute it closes", "2026-11-23T18:00:00Z", { open: false }],
  ["the break between two windows", "2026-11-23T18:30:00Z", { open: false }],
  ["a day without hours", "2026-11-24T16:00:00Z", { open: false }],
  ["the last minute before midnight", "2026-11-22T05:59:00Z", { open: true, until: "24:00" }],
  ["a holiday on a weekday with hours", "2026-12-25T16:00:00Z", { open: false }],
])("knows %s by the office's wall clock", (_name, instant, expected) => {
  expect(at(instant)).toEqual(expected);
});

it("says nothing when no hours are known, or the zone is not", () => {
  expect(officeStatus(null, "America/Chicago", new Date())).toBeNull();
  expect(officeStatus({}, "America/Chicago", new Date())).toBeNull();
  expect(officeStatus(hours, "Mars/Olympus", new Date())).toBeNull();
});
