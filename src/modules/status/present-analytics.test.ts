import { describe, expect, it } from "vitest";
import { bottleneckScore } from "./present-analytics.ts";

const hour = 3_600_000;
const status = (hours: number, missed: number, met: number) => ({
  entries: 10,
  exits: 10,
  durationMs: hours * hour * 10,
  met,
  missed,
});

describe("bottleneckScore", () => {
  const slow = status(20, 5, 5);
  const quick = status(5, 0, 10);
  it("is five for the slowest and five for missing every deadline", () => {
    expect(bottleneckScore(slow, [slow, quick])).toBe(7.5);
    expect(bottleneckScore(quick, [slow, quick])).toBe(1.3);
    expect(bottleneckScore(status(20, 10, 0), [slow, quick])).toBe(10);
  });

  it("is nothing for a status that nobody has left and that has no deadlines", () => {
    expect(bottleneckScore({ ...status(0, 0, 0), exits: 0 }, [slow])).toBe(0);
    expect(bottleneckScore({ ...status(0, 0, 0), exits: 0 }, [])).toBe(0);
  });
});
