import { describe, expect, it } from "vitest";
import { leadScore, type LeadFacts } from "./lead-score.ts";

const now = new Date("2026-03-01T12:00:00Z");
const stranger: LeadFacts = {
  now,
  hasName: false,
  hasEmail: false,
  hasPhone: false,
  moveInDate: null,
  hasBudget: false,
  hasBedrooms: false,
  hasMatchingUnit: null,
  tour: "none",
  messagesCount: 0,
  lastMessageAt: null,
};
const score = (facts: Partial<LeadFacts>) => leadScore({ ...stranger, ...facts }).score;

it("gives a stranger nothing and the readiest lead a hundred", () => {
  expect(leadScore(stranger)).toEqual({ score: 0, explanation: [] });
  const ready = {
    hasName: true,
    hasEmail: true,
    hasPhone: true,
    moveInDate: "2026-03-15",
    hasBudget: true,
    hasBedrooms: true,
    hasMatchingUnit: true,
    tour: "completed" as const,
    messagesCount: 9,
    lastMessageAt: now,
  };
  expect(score(ready)).toBe(100);
});

it("explains every point", () => {
  const { score: total, explanation } = leadScore({
    ...stranger,
    hasEmail: true,
    tour: "booked",
    messagesCount: 3,
  });
  expect(explanation.reduce((sum, { points }) => sum + points, 0)).toBe(total);
  expect(explanation).toContainEqual({ reason: "tour booked", points: 25 });
});

describe("the move-in date", () => {
  it.each([
    ["2026-03-20", 20],
    ["2026-04-20", 15],
    ["2026-05-20", 10],
    ["2026-12-01", 5],
    ["2026-01-01", 2],
  ])("of %s is worth %i", (moveInDate, points) => {
    expect(score({ moveInDate })).toBe(points);
  });
});

it("falls when a tour is missed or the visitor goes silent, never below nothing", () => {
  const talking = { hasEmail: true, messagesCount: 5, lastMessageAt: now };
  expect(score({ ...talking, tour: "missed" })).toBeLessThan(score(talking));
  expect(score({ ...talking, lastMessageAt: new Date("2026-02-20T12:00:00Z") })).toBe(score(talking) - 5);
  expect(score({ tour: "missed" })).toBe(0);
});
