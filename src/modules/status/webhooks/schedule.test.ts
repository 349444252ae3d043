import { describe, expect, it } from "vitest";
import { type Failed, waitAfter } from "./schedule.ts";

const minute = 60_000;
const hour = 60 * minute;
const plain: Failed = { statusCode: 500, timedOut: false, retryAfterMs: null };
const seeds = Array.from({ length: 500 }, (_, n) => `message ${n}`);

describe("waitAfter", () => {
  it.each([
    [1, 5000],
    [2, 5 * minute],
    [3, 30 * minute],
    [4, 2 * hour],
    [5, 5 * hour],
    [6, 10 * hour],
    [7, 14 * hour],
    [8, 20 * hour],
    [9, 24 * hour],
  ])("plans, after attempt %d, %d ms more or less by a fifth", (made, planned) => {
    const waits = seeds.map((seed) => waitAfter(made, plain, seed)!);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.8 * planned);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1.2 * planned);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(0.35 * planned);
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
    expect(Math.abs(mean / planned - 1)).toBeLessThan(0.03);
  });

  it("ends after ten attempts", () => {
    expect(waitAfter(10, plain, "m")).toBeNull();
    expect(waitAfter(10, { ...plain, retryAfterMs: minute }, "m")).toBeNull();
  });

  it("spreads one message always in the same way, and its attempts differently", () => {
    expect(waitAfter(3, plain, "m")).toBe(waitAfter(3, plain, "m"));
    const parts = [2, 3, 4, 5].map((made) => waitAfter(made, plain, "m")! / waitAfter(made, plain, "n")!);
    expect(new Set(parts).size).toBe(4);
  });

  it.each([429, 502, 504])("gives a receiver that answers %d at least a minute", (statusCode) => {
    expect(waitAfter(1, { ...plain, statusCode }, "m")).toBe(minute);
    expect(waitAfter(4, { ...plain, statusCode }, "m")).toBe(waitAfter(4, plain, "m"));
  });

  it("gives one that did not answer in time at least a minute", () => {
    expect(waitAfter(1, { ...plain, statusCode: null, timedOut: true }, "m")).toBe(minute);
  });

  it("comes back when asked to, never earlier than planned", () => {
    expect(waitAfter(1, { ...plain, retryAfterMs: 20 * minute }, "m")).toBe(20 * minute);
    expect(waitAfter(5, { ...plain, retryAfterMs: 1000 }, "m")).toBe(waitAfter(5, plain, "m"));
  });

  it("does not let itself be put off for more than an hour or twice the plan", () => {
    const endless = { ...plain, retryAfterMs: 365 * 24 * hour };
    expect(waitAfter(1, endless, "m")).toBe(hour);
    expect(waitAfter(5, endless, "m")).toBe(10 * hour);
  });
});
