import { describe, expect, it } from "vitest";
import { isBeyondPatience } from "./endpoint-health.ts";

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

  it("is not so for a receiver that is well", () => {
    expect(isBeyondPatience({ failingSince: null, failingMessageId: null }, "any", hours(500))).toBe(false);
  });
});
