import { describe, expect, it } from "vitest";
import { conversionOf, presentTrends } from "./present-metrics.ts";

describe("conversionOf", () => {
  it("counts whoever came further as having reached every step before", () => {
    const told = conversionOf([
      { step: 0, leads: 4 },
      { step: 2, leads: 3 },
      { step: 5, leads: 1 },
    ]);
    expect(told.map(({ status, reached }) => [status, reached])).toEqual([
      ["new", 8],
      ["contacted", 4],
      ["qualified", 4],
      ["tour_scheduled", 1],
      ["application", 1],
      ["leased", 1],
    ]);
    expect(told.map(({ from_previous }) => from_previous)).toEqual([null, 50, 100, 25, 100, 100]);
    expect(told.at(-1)).toMatchObject({ from_first: 12.5 });
  });

  it("takes no share of nothing", () => {
    expect(
      conversionOf([]).every(
        ({ from_previous, from_first }) => from_previous === null && from_first === null,
      ),
    ).toBe(true);
  });
});

describe("presentTrends", () => {
  const row = { exits: 0, durationMs: 0, met: 0, missed: 0, breaches: 0 };
  const trend = (interval: "day" | "week") =>
    presentTrends({
      span: {
        propertyId: "p",
        period: { timeZone: "UTC", from: Date.parse("2026-11-19"), to: Date.parse("2026-11-25") },
        now: new Date("2026-11-24T12:00:00Z"),
      },
      interval,
      rows: [
        { ...row, day: "2026-11-20", status: "new", entries: 2 },
        { ...row, day: "2026-11-22", status: "contacted", entries: 1, met: 3, missed: 1 },
        { ...row, day: "2026-11-23", status: "vip", entries: 1 },
      ],
    }).points;

  it("has a point for every day up to now, also for those on which nothing happened", () => {
    expect(trend("day").map(({ date, total }) => [date, total])).toEqual([
      ["2026-11-19", 0],
      ["2026-11-20", 2],
      ["2026-11-21", 0],
      ["2026-11-22", 1],
      ["2026-11-23", 1],
      ["2026-11-24", 0],
    ]);
  });

  it("adds the days of a week up, from its Monday", () => {
    expect(trend("week")).toMatchObject([
      { date: "2026-11-16", total: 3, sla_compliance_rate: 75, entered: { new: 2, contacted: 1, leased: 0 } },
      { date: "2026-11-23", total: 1, sla_compliance_rate: null, entered: { vip: 1 } },
    ]);
  });
});
