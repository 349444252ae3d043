import { describe, expect, it } from "vitest";
import { bucketOf, bucketsOf, periodOf } from "./analytics-period.ts";

const now = new Date("2026-06-17T15:00:00Z");
const asked = (date_from?: string, date_to?: string) =>
  periodOf({ group_by: "status", ...(date_from ? { date_from } : {}), ...(date_to ? { date_to } : {}) }, now);

describe("periodOf", () => {
  it("is the last thirty days, today among them, unless said", () => {
    expect(asked()).toEqual({ from: "2026-05-19", to: "2026-06-18" });
  });

  it("includes a date, stops before a midnight, and widens any other time to its day", () => {
    expect(asked("2026-05-01", "2026-05-31")).toEqual({ from: "2026-05-01", to: "2026-06-01" });
    expect(asked("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z")).toEqual({
      from: "2026-05-01",
      to: "2026-06-01",
    });
    expect(asked("2026-05-01T23:00:00-02:00", "2026-05-03T12:00:00Z")).toEqual({
      from: "2026-05-02",
      to: "2026-05-04",
    });
  });

  it("refuses a period that ends before it begins, and one of more than two years", () => {
    expect(() => asked("2026-05-02", "2026-05-01")).toThrow("date_to");
    expect(() => asked("2024-01-01", "2026-05-01")).toThrow("date_from");
  });
});

describe("buckets", () => {
  it("are days, weeks from Monday and months, none of them in the future", () => {
    expect(bucketsOf({ from: "2026-06-15", to: "2026-07-15" }, "day", now)).toEqual([
      "2026-06-15",
      "2026-06-16",
      "2026-06-17",
    ]);
    expect(bucketsOf({ from: "2026-05-31", to: "2026-06-18" }, "week", now)).toEqual([
      "2026-05-25",
      "2026-06-01",
      "2026-06-08",
      "2026-06-15",
    ]);
    expect(bucketsOf({ from: "2026-05-31", to: "2026-06-18" }, "month", now)).toEqual([
      "2026-05-01",
      "2026-06-01",
    ]);
    expect(bucketOf("2026-06-14", "week")).toBe("2026-06-08");
  });
});
