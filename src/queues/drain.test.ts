import { describe, expect, it } from "vitest";
import { afterFailure, Hopeless, NotNow } from "./drain.ts";

const now = Date.UTC(2026, 10, 20);

describe("afterFailure", () => {
  it("waits twice as long after every failure, and gives up after the eighth", () => {
    const waits = [];
    let attempts = 0;
    for (;;) {
      const next = afterFailure(attempts, new Error("no"), now);
      if (next.status === "parked") break;
      waits.push((next.nextAttemptAt - now) / 1000);
      attempts = next.attempts;
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320]);
  });

  it("does not count a closed gate as a failure", () => {
    expect(afterFailure(7, new NotNow(250), now)).toMatchObject({
      attempts: 7,
      status: "pending",
      nextAttemptAt: now + 250,
    });
  });

  it("gives up at once what cannot succeed", () => {
    expect(afterFailure(0, new Hopeless("bad shape"), now)).toMatchObject({
      attempts: 1,
      status: "parked",
      lastError: "bad shape",
    });
  });
});
