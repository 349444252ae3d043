import { expect, it } from "vitest";
import { take, type Window } from "./window.ts";

it("allows exactly the limit inside one window and starts afresh after it", () => {
  let window: Window | null = null;
  const allowed = [0, 10, 20, 999, 1000].map((now) => {
    const [next, taken] = take(window, 3, 1000, now);
    window = next;
    return taken.allowed;
  });
  expect(allowed).toEqual([true, true, true, false, true]);
});

it("tells what remains and when the window closes", () => {
  const [, taken] = take({ startedAt: 0, count: 1 }, 3, 60_000, 30_500);
  expect(taken).toEqual({ allowed: true, remaining: 1, resetSeconds: 30 });
});
