import { describe, expect, it } from "vitest";
import { DatabaseSync } from "node:sqlite";
import { localDay, localDays, propertyPeriod } from "./property-period.ts";

const now = new Date("2026-11-20T02:00:00Z");

function period(ends: { from?: string; to?: string }, timeZone = "America/Chicago", at = now) {
  const { from, to } = propertyPeriod(ends, timeZone, at);
  return [new Date(from).toISOString(), new Date(to).toISOString()];
}

describe("a period", () => {
  it("of dates is of whole days by the property's clock", () => {
    expect(period({ from: "2026-11-10", to: "2026-11-10" })).toEqual([
      "2026-11-10T06:00:00.000Z",
      "2026-11-11T06:00:00.000Z",
    ]);
  });

  it.each([
    ["America/Chicago", "2027-03-14", "2027-03-14T06:00:00.000Z", 23],
    ["America/Chicago", "2026-11-01", "2026-11-01T05:00:00.000Z", 25],
    ["Australia/Sydney", "2026-10-04", "2026-10-03T14:00:00.000Z", 23],
    ["Australia/Sydney", "2027-04-04", "2027-04-03T13:00:00.000Z", 25],
    // There is no midnight on that day.
    ["America/Santiago", "2026-09-06", "2026-09-06T04:00:00.000Z", 23],
  ])("in %s of the day %s, when the clocks change, has its hours", (timeZone, day, begin, hours) => {
    const [from, to] = period({ from: day, to: day }, timeZone);
    expect(from).toBe(begin);
    expect((Date.parse(to!) - Date.parse(from!)) / 3_600_000).toBe(hours);
  });

  it("of times is taken as it is said", () => {
    expect(period({ from: "2026-11-10T08:30:00-06:00", to: "2026-11-10T15:00:00Z" })).toEqual([
      "2026-11-10T14:30:00.000Z",
      "2026-11-10T15:00:00.000Z",
    ]);
  });

  it("is of the last thirty days where nothing is said, and of today where it is still the day before", () => {
    expect(period({})).toEqual(["2026-10-21T05:00:00.000Z", "2026-11-20T06:00:00.000Z"]);
    expect(period({ to: "2026-11-10" })).toEqual(["2026-10-12T05:00:00.000Z", "2026-11-11T06:00:00.000Z"]);
    expect(period({ from: "2026-11-19" })).toEqual(["2026-11-19T06:00:00.000Z", "2026-11-20T06:00:00.000Z"]);
  });

  it.each([
    [{ from: "2026-11-10", to: "2026-11-09" }, "to"],
    [{ from: "2026-11-10T00:00:00Z", to: "2026-11-10T00:00:00Z" }, "to"],
    [{ from: "2027-01-01" }, "to"],
    [{ from: "2024-11-09", to: "2026-11-10" }, "from"],
  ])("of %o is refused for its %s", (ends, field) => {
    expect(() => period(ends)).toThrow(`${field}: must be`);
  });

  it("may last two years", () => {
    expect(period({ from: "2024-11-10", to: "2026-11-10" })[0]).toBe("2024-11-10T06:00:00.000Z");
  });
});

describe("the days of a period", () => {
  it("end with today", () => {
    const week = propertyPeriod({ from: "2026-11-17", to: "2026-11-23" }, "America/Chicago", now);
    expect(localDays(week, now)).toEqual(["2026-11-17", "2026-11-18", "2026-11-19"]);
  });

  it("are each there once when the clocks change", () => {
    const fall = propertyPeriod({ from: "2026-10-31", to: "2026-11-02" }, "America/Chicago", now);
    expect(localDays(fall, now)).toEqual(["2026-10-31", "2026-11-01", "2026-11-02"]);
  });
});

describe("localDay", () => {
  it.each(["America/Chicago", "Australia/Sydney", "America/Santiago", "Asia/Kathmandu", "UTC"])(
    "tells the day in %s at every hour of two years as the calendar does",
    (timeZone) => {
      const years = propertyPeriod({ from: "2025-06-01", to: "2027-05-31" }, timeZone, now);
      const local = new Intl.DateTimeFormat("en-CA", { timeZone });
      const day = localDay(years);
      const db = new DatabaseSync(":memory:");
      const ask = db.prepare(`select ${day("at")} as day from (select ? as at)`);
      for (let at = years.from; at < years.to; at += 3_600_000)
        expect(ask.get(at)!["day"]).toBe(local.format(at));
    },
  );
});
