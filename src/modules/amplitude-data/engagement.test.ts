import { describe, expect, it } from "vitest";
import { type EngagementInputs, scoreEngagement } from "./engagement.ts";

const silent: EngagementInputs = {
  userMessages: 0,
  answerButtonClicks: 0,
  sessionDuration: 0,
  officeClicks: 0,
  contactCaptured: false,
  tourIntent: false,
  tourBooked: false,
  incentiveAccepted: false,
  abandoned: false,
  widgetMinimized: 0,
};
const eager: EngagementInputs = {
  userMessages: 6,
  answerButtonClicks: 4,
  sessionDuration: 600,
  officeClicks: 1,
  contactCaptured: true,
  tourIntent: true,
  tourBooked: true,
  incentiveAccepted: true,
  abandoned: false,
  widgetMinimized: 0,
};

describe("scoreEngagement", () => {
  it("gives nothing to silence and everything to the one who did all", () => {
    expect(scoreEngagement(silent)).toEqual({ points: 0, score: "low", reasons: [] });
    expect(scoreEngagement(eager)).toMatchObject({ points: 100, score: "very_high" });
  });

  it("explains every point it gave", () => {
    const { points, reasons } = scoreEngagement({ ...eager, userMessages: 3, widgetMinimized: 1 });
    expect(reasons.reduce((sum, reason) => sum + reason.points, 0)).toBe(points);
  });

  it("never goes up for leaving, never below nothing, never above a hundred", () => {
    expect(scoreEngagement({ ...silent, abandoned: true, widgetMinimized: 9 }).points).toBe(0);
    expect(scoreEngagement({ ...eager, userMessages: 500, answerButtonClicks: 500 }).points).toBe(100);
    expect(scoreEngagement({ ...eager, abandoned: true }).points).toBe(85);
  });

  it.each([
    [{ userMessages: 6 }, 24, "low"],
    [{ userMessages: 6, sessionDuration: 60 }, 25, "medium"],
    [{ userMessages: 6, contactCaptured: true, officeClicks: 1 }, 50, "high"],
    [{ ...eager, sessionDuration: 0, answerButtonClicks: 0 }, 78, "very_high"],
  ] as const)("calls %j %i points %s", (more, points, score) => {
    expect(scoreEngagement({ ...silent, ...more })).toMatchObject({ points, score });
  });
});
