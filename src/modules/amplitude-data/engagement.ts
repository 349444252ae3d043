import type { ScoreReason } from "../../db/schema/conversations.ts";

/** What engagement is measured by. Who the visitor is plays no part. */
export type EngagementInputs = {
  userMessages: number;
  answerButtonClicks: number;
  /** Seconds from the first to the last sign of life. */
  sessionDuration: number;
  officeClicks: number;
  contactCaptured: boolean;
  tourIntent: boolean;
  tourBooked: boolean;
  incentiveAccepted: boolean;
  abandoned: boolean;
  widgetMinimized: number;
};

export const engagementScores = ["low", "medium", "high", "very_high"] as const;
export type EngagementScore = (typeof engagementScores)[number];
export type Engagement = { points: number; score: EngagementScore; reasons: ScoreReason[] };

/**
 * How much a visitor took part, 0 to 100:
 *
 *   4 for each message of the visitor, up to 24       8 for a click on the office's mail or phone
 *   3 for each answer button, up to 12               18 for a way to be reached
 *   1 for each full minute, up to 10                  6 for asking for a tour, 16 more for booking one
 *   6 for taking an incentive                       −15 for leaving unanswered questions behind (abandonment)
 *                                                    −2 for each time the widget was put away, up to −6
 *
 * Below 25 is `low`, below 50 `medium`, below 75 `high`, above that `very_high`.
 */
export function scoreEngagement(inputs: EngagementInputs): Engagement {
  const minutes = Math.floor(inputs.sessionDuration / 60);
  const parts: ScoreReason[] = [
    part(Math.min(24, 4 * inputs.userMessages), `sent ${inputs.userMessages} messages`),
    part(Math.min(12, 3 * inputs.answerButtonClicks), `clicked ${inputs.answerButtonClicks} answers`),
    part(Math.min(10, minutes), `stayed ${minutes} minutes`),
    part(inputs.officeClicks > 0 ? 8 : 0, "clicked the office's mail or phone"),
    part(inputs.contactCaptured ? 18 : 0, "can be reached"),
    part(inputs.tourIntent || inputs.tourBooked ? 6 : 0, "asked for a tour"),
    part(inputs.tourBooked ? 16 : 0, "booked a tour"),
    part(inputs.incentiveAccepted ? 6 : 0, "took an incentive"),
    part(inputs.abandoned ? -15 : 0, "left without an end"),
    part(Math.max(-6, -2 * inputs.widgetMinimized), `put the widget away ${inputs.widgetMinimized} times`),
  ];
  const reasons = parts.filter(({ points }) => points !== 0);
  const points = Math.max(
    0,
    Math.min(
      100,
      parts.reduce((sum, { points: some }) => sum + some, 0),
    ),
  );
  return { points, score: labelOf(points), reasons };
}

function part(points: number, reason: string): ScoreReason {
  return { points, reason };
}

function labelOf(points: number): EngagementScore {
  if (points < 25) return "low";
  if (points < 50) return "medium";
  return points < 75 ? "high" : "very_high";
}
