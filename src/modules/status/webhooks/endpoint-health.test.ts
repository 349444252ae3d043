import { describe, expect, it } from "vitest";
import { isBeyondPatience, memoryAfter } from "./endpoint-health.ts";

const hours = (n: number) => new Date(Date.UTC(2026, 0, 1, n));
const memory = { failingSince: hours(0), failingMessageId: "first" };

describe("isBeyondPatience", () => {
  it("is so after five days in which nothing got through", () => {
    expect(isBeyondPatience(memory, "second", hours(119))).toBe(false);
    expect(isBeyondPatience(memory, "second", hours(120))).toBe(true);
  });

  it("is not so for one message alone, however long it has been tried", () => {
    expect(isBeyondPatience(memory, "first", hours(200))).toBe(false);
  });
});

describe("memoryAfter", () => {
  const well = { failingSince: null, failingMessageId: null };

  it("begins a run of failures with the first, and goes on with it", () => {
    const begun = memoryAfter(well, "first", hours(0));
    expect(begun).toEqual(memory);
    expect(memoryAfter(begun, "second", hours(100))).toEqual(memory);
  });

  it("forgets a run that began more than ten days ago, and begins anew", () => {
    expect(memoryAfter(memory, "later", hours(240))).toEqual(memory);
    expect(memoryAfter(memory, "later", hours(241))).toEqual({
      failingSince: hours(241),
      failingMessageId: "later",
    });
  });
});
