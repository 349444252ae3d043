import type { analyticsDaily } from "../../db/schema/analytics.ts";

/** Sums over days, properties or sources, in the words of the daily sums. */
export type Sums = Omit<typeof analyticsDaily.$inferSelect, "companyId" | "day" | "propertyId" | "source">;

const steps = [
  ["chat", "chats"],
  ["qualified", "qualified"],
  ["tour", "toured"],
  ["show", "shown"],
  ["application", "applied"],
  ["lease", "leased"],
] as const;

/** Of how many things how many; null where there were none. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : round(part / whole);
}

/** How far conversations came: each step counts those who came as far or further, so no share exceeds 1. */
export function funnelOf(sums: Sums) {
  return steps.map(([step, name], index) => ({
    step,
    conversations: sums[name],
    of_previous: index === 0 ? null : share(sums[name], sums[steps[index - 1]?.[1] ?? "chats"]),
    of_chats: share(sums[name], sums.chats),
  }));
}

export function ratesOf(sums: Sums) {
  const { chats, qualified } = sums;
  return { chats, qualified, qualification_rate: share(qualified, chats), funnel: funnelOf(sums) };
}

/** Rates are shares of the conversations in which the visitor said something. */
export function figuresOf(sums: Sums) {
  const { chats, incentivesOffered: offered } = sums;
  const seconds = (ms: number, of: number) => (of === 0 ? null : round(ms / of / 1000));
  return {
    conversations: sums.conversations,
    chats,
    visitor_messages: sums.visitorMessages,
    contacts_captured: sums.contactsCaptured,
    qualification_rate: share(sums.qualified, chats),
    contact_rate: share(sums.contactsCaptured, chats),
    tour_rate: share(sums.toured, chats),
    lease_rate: share(sums.leased, chats),
    abandonment_rate: share(sums.abandoned, chats),
    handoff_rate: share(sums.handedOff, chats),
    bot_containment_rate: share(chats - sums.handedOff, chats),
    incentives: {
      offered,
      accepted: sums.incentivesAccepted,
      expired: sums.incentivesExpired,
      acceptance_rate: share(sums.incentivesAccepted, offered),
      expiry_rate: share(sums.incentivesExpired, offered),
    },
    average_first_response_seconds: seconds(sums.firstResponseMs, sums.answered),
    average_first_human_response_seconds: seconds(sums.firstHumanResponseMs, sums.answeredByPerson),
    average_session_duration_seconds: chats === 0 ? null : round(sums.durationS / chats),
    average_engagement_points: chats === 0 ? null : round(sums.engagementPoints / chats),
    engagement_scores: {
      low: sums.scoredLow,
      medium: sums.scoredMedium,
      high: sums.scoredHigh,
      very_high: sums.scoredVeryHigh,
    },
    funnel: funnelOf(sums),
  };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
