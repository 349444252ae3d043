import { expect, it } from "vitest";
import { cronDue } from "./cron-due.ts";

it.each([
  ["* * * * *", "2026-03-01T10:07:59Z", true],
  ["*/15 * * * *", "2026-03-01T10:45:00Z", true],
  ["*/15 * * * *", "2026-03-01T10:46:00Z", false],
  ["0 * * * *", "2026-03-01T10:00:30Z", true],
  ["30 8 * * *", "2026-03-01T08:30:00Z", true],
  ["30 8 * * *", "2026-03-01T09:30:00Z", false],
  ["0 8 * * 1", "2026-03-01T08:00:00Z", true],
])("%s at %s is due: %s", (expression, at, due) => {
  expect(cronDue(expression, new Date(at))).toBe(due);
});
