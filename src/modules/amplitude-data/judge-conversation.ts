import { scoreEngagement } from "./engagement.ts";
import { type Counter, counters, type Flag, flags } from "./event-fields.ts";
import { type EventSums, mergeSessions } from "./merge-sessions.ts";
import type { StoredFacts } from "./read-facts.ts";

/** Silence after which a visitor who has left nothing is taken for gone. */
export const goneAfterMs = 30 * 60_000;

const furthest = ["tour_scheduled", "application", "leased"];
const hotFrom = 70;

/** What is to be known of a conversation besides its figures, as of company time `now`. */
export type Judged = ReturnType<typeof judgeConversation>;

/**
 * Figures of a conversation. What is stored of it counts; events add what only the page sees, and stand in where we
 * have seen less: of a counter the greater number, of a flag either. How far it came (`reach`) is drawn from what is
 * stored alone: a page can claim anything.
 */
export function judgeConversation(facts: StoredFacts, now: number) {
  const told = mergeSessions(facts.sessions);
  const reach = reachOf(facts);
  const seen = seenOf(facts, reach);
  const counted = Object.fromEntries(
    counters.map((name) => [name, Math.max(told.counters[name], seen.counters[name] ?? 0)]),
  ) as Record<Counter, number>;
  const known = Object.fromEntries(
    flags.map((name) => [name, told.flags[name] || (seen.flags[name] ?? false)]),
  ) as Record<Flag, boolean>;
  const { firstAt, lastAt } = facts.talk;
  const talkedFor = firstAt && lastAt ? (lastAt.getTime() - firstAt.getTime()) / 1000 : 0;
  const sessionDuration = Math.max(talkedFor, told.sessionDuration);
  const abandoned = isAbandoned(facts, reach, told, now);
  const engagement = scoreEngagement({
    userMessages: counted.user_messages_sent,
    answerButtonClicks: counted.answer_button_clicks,
    sessionDuration,
    officeClicks: counted.email_office_clicked + counted.phone_call_clicked,
    contactCaptured: known.contact_captured,
    tourIntent: known.tour_intent,
    tourBooked: known.tour_booked,
    incentiveAccepted: known.incentive_accepted,
    abandoned,
    widgetMinimized: counted.widget_minimized,
  });
  return {
    told,
    reach,
    counters: counted,
    flags: { ...known, conversation_abandoned: abandoned },
    sessionDuration,
    engagement,
    firstResponseMs: waitFor(facts, facts.talk.answeredAt),
    firstHumanResponseMs: waitFor(facts, facts.talk.answeredByPersonAt),
    source: facts.conversation.source,
  };
}

/** Whether silence may still turn it into an abandoned one. */
export function mayBeAbandoned(facts: StoredFacts, { flags: known, reach }: Judged): boolean {
  return facts.talk.visitor > 0 && !known.conversation_abandoned && !isSettled(facts, reach);
}

type Reach = Record<"chat" | "qualified" | "tour" | "show" | "application" | "lease", boolean>;

/** Steps that were made; who made a later one has made the earlier ones. */
function reachOf({ talk, toured, reached, conversation }: StoredFacts): Reach {
  const lease = reached.has("leased");
  const application = lease || reached.has("application") || Boolean(conversation.hasApplication);
  const show = application || toured.shown > 0;
  const tour = show || toured.booked > 0;
  const qualified =
    tour ||
    conversation.isQualified ||
    reached.has("qualified") ||
    furthest.some((status) => reached.has(status));
  return { chat: qualified || talk.visitor > 0, qualified, tour, show, application, lease };
}

function seenOf(facts: StoredFacts, reach: Reach) {
  const { talk, conversation } = facts;
  const seenCounters: Partial<Record<Counter, number>> = {
    user_messages_sent: talk.visitor,
    bot_messages_received: talk.bot,
  };
  const seenFlags: Partial<Record<Flag, boolean>> = {
    chat_session_started: reach.chat,
    contact_captured: isReachable(facts),
    tour_booked: facts.toured.booked > 0,
    admin_handoff_triggered: isHandedOff(facts),
    widget_session_ended: conversation.endTime !== null,
    qualified: reach.qualified,
    pre_lease: reach.application && !reach.lease,
    tour_intent: facts.toured.booked > 0 || talk.offeredTimes > 0,
    hot: (conversation.leadScore ?? 0) >= hotFrom,
    signed: reach.lease,
  };
  return { counters: seenCounters, flags: seenFlags };
}

export function isHandedOff({ talk, wasCalled, conversation }: StoredFacts): boolean {
  return talk.agent > 0 || wasCalled || conversation.speaker === "human";
}

export function isReachable({ conversation: { leadEmail, leadPhone } }: StoredFacts): boolean {
  return Boolean(leadEmail || leadPhone);
}

/** It came to something, or a person has it. */
function isSettled(facts: StoredFacts, reach: Reach): boolean {
  return isReachable(facts) || reach.qualified || isHandedOff(facts);
}

/** The visitor asked something and left: the page has said so, or nothing was said for half an hour. */
function isAbandoned(facts: StoredFacts, reach: Reach, told: EventSums, now: number): boolean {
  if (facts.talk.visitor === 0 || isSettled(facts, reach)) return false;
  const lastAt = facts.talk.lastAt?.getTime() ?? now;
  return told.flags.conversation_abandoned || now - lastAt >= goneAfterMs;
}

function waitFor({ talk }: StoredFacts, answeredAt: number | null): number | null {
  return talk.askedAt === null || answeredAt === null ? null : Math.max(0, answeredAt - talk.askedAt);
}
