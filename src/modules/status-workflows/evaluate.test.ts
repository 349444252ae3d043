import { describe, expect, it } from "vitest";
import {
  areMet,
  type Conditions,
  evaluateConditions,
  isChainTooLong,
  type WorkflowFacts,
} from "./evaluate.ts";

const facts: WorkflowFacts = {
  conversationMinutes: 5,
  messageCount: 6,
  leadScore: 40,
  now: Date.parse("2026-11-24T15:30:00Z"),
  place: { timeZone: "America/Chicago", officeHours: null },
};

const holds = (conditions: Conditions, over: Partial<WorkflowFacts> = {}) =>
  areMet(evaluateConditions(conditions, { ...facts, ...over }));

describe("conditions", () => {
  it("hold when none is set", () => {
    expect(holds({})).toBe(true);
  });

  it.each([
    [{ conversation_duration: 5 }, { conversation_duration: 5.1 }],
    [{ message_count: 6 }, { message_count: 7 }],
    [{ lead_score: 40 }, { lead_score: 41 }],
    [{ time_of_day: "09:00-18:00" }, { time_of_day: "10:00-18:00" }],
  ])("%j hold from what they name on, and %j do not yet", (met, unmet) => {
    expect(holds(met)).toBe(true);
    expect(holds(unmet)).toBe(false);
  });

  it("hold only all together", () => {
    const all = { conversation_duration: 5, message_count: 6, lead_score: 40, time_of_day: "business_hours" };
    expect(holds(all)).toBe(true);
    expect(holds(all, { conversationMinutes: 4 })).toBe(false);
    expect(holds(all, { messageCount: 5 })).toBe(false);
    expect(holds(all, { leadScore: 39 })).toBe(false);
    expect(holds(all, { place: { timeZone: "America/Chicago", officeHours: { mon: [] } } })).toBe(false);
  });

  it("of zero are met by nothing at all", () => {
    expect(
      holds(
        { conversation_duration: 0, message_count: 0, lead_score: 0 },
        { conversationMinutes: 0, messageCount: 0, leadScore: 0 },
      ),
    ).toBe(true);
  });

  it("say what was wanted and what was found", () => {
    expect(evaluateConditions({ message_count: 10, time_of_day: "09:00-18:00" }, facts)).toEqual([
      { condition: "message_count", wanted: 10, actual: 6, met: false },
      { condition: "time_of_day", wanted: "09:00-18:00", actual: "Tue 09:30", met: true },
    ]);
  });
});

it("a chain goes on for eight automatic steps and no further", () => {
  expect([0, 7, 8, 9].map(isChainTooLong)).toEqual([false, false, true, true]);
});
