import type { Context } from "../../core/context.ts";
import { nudge, outgoing, type Work } from "../../core/outbox.ts";
import { databaseFor } from "../../db/client.ts";
import { liveFeed } from "../../durable/stubs.ts";
import { cellsOf, type DrawnRow, forgetRow, moveSums, replaceRow } from "./daily-sums.ts";
import {
  goneAfterMs,
  isHandedOff,
  isReachable,
  type Judged,
  judgeConversation,
  mayBeAbandoned,
} from "./judge-conversation.ts";
import { presentAnalytics } from "./present.ts";
import { readFacts, type StoredFacts } from "./read-facts.ts";

export type Drawing = { row: DrawnRow; facts: StoredFacts; judged: Judged };

/**
 * Draws a conversation's figures afresh and moves the daily sums by the difference. Run again it changes nothing.
 * Whoever watches the property sees the new figures. Null for an archived conversation, whose figures stay as they are:
 * what was erased or is no longer kept has been counted.
 */
export async function drawConversation(ctx: Context, conversationId: string): Promise<Drawing | null> {
  const facts = await readFacts(ctx, conversationId);
  if (!facts) return null;
  const judged = judgeConversation(facts, ctx.now().getTime());
  const row = rowOf(facts, judged);
  await write(ctx, row);
  await lookAgainLater(ctx, facts, judged);
  await tellWatchers(ctx, facts, judged);
  return { row, facts, judged };
}

function rowOf(facts: StoredFacts, judged: Judged): DrawnRow {
  const { conversation } = facts;
  const { reach, flags, engagement } = judged;
  return {
    companyId: conversation.companyId,
    conversationId: conversation.id,
    propertyId: conversation.propertyId,
    source: judged.source,
    day: conversation.startTime.toISOString().slice(0, 10),
    startedAt: conversation.startTime,
    leadId: conversation.leadId,
    engagementPoints: engagement.points,
    engagementScore: engagement.score,
    visitorMessages: facts.talk.visitor,
    durationS: Math.round(judged.sessionDuration),
    firstResponseMs: judged.firstResponseMs,
    firstHumanResponseMs: judged.firstHumanResponseMs,
    isChat: reach.chat,
    isQualified: reach.qualified,
    isToured: reach.tour,
    isShown: reach.show,
    isApplied: reach.application,
    isLeased: reach.lease,
    isContactCaptured: isReachable(facts),
    isAbandoned: flags.conversation_abandoned,
    isHandedOff: isHandedOff(facts),
    isIncentiveOffered: flags.incentive_offered,
    isIncentiveAccepted: flags.incentive_accepted,
    isIncentiveExpired: flags.incentive_expired,
    drawnAt: facts.lookedAt,
  };
}

async function write(ctx: Context, row: DrawnRow): Promise<void> {
  const told = JSON.stringify([cellsOf(row)]);
  const db = databaseFor(ctx.env, ctx.companyId);
  await db.batch([
    db.prepare(moveSums).bind(told, row.companyId, row.conversationId, row.drawnAt.getTime()),
    db.prepare(replaceRow).bind(told),
  ]);
}

/** Takes a conversation that somebody archived out of the daily sums. */
export async function forgetFigures(ctx: Context, conversationId: string): Promise<void> {
  const db = databaseFor(ctx.env, ctx.companyId);
  const now = Date.now();
  await db.batch([
    db.prepare(moveSums).bind("[]", ctx.companyId, conversationId, now),
    db.prepare(forgetRow).bind(ctx.companyId, conversationId, now),
  ]);
}

/** Nobody tells of silence: when it has lasted, the conversation is looked at once more. */
async function lookAgainLater(ctx: Context, facts: StoredFacts, judged: Judged): Promise<void> {
  const { lastAt, lastSeq } = facts.talk;
  if (!lastAt || !mayBeAbandoned(facts, judged)) return;
  const { id } = facts.conversation;
  const work: Work = {
    topic: "projections",
    key: `analytics-idle:${id}`,
    payload: { kind: "analytics", conversation_id: id },
    dedupeKey: `analytics:${id}:idle:${lastSeq}`,
    notBefore: new Date(lastAt.getTime() - ctx.clockOffsetMs + goneAfterMs),
  };
  await outgoing(ctx, work);
  ctx.defer(nudge(ctx.env, ctx.companyId, [work]));
}

/** The same figures are told once. */
async function tellWatchers(ctx: Context, facts: StoredFacts, judged: Judged): Promise<void> {
  const { sessions: _sessions, ...analytics } = presentAnalytics(facts, judged);
  const { companyId, id, propertyId } = facts.conversation;
  const body = JSON.stringify(analytics);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const name = [...new Uint8Array(digest.slice(0, 12))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  await liveFeed(ctx.env, companyId, "property", propertyId).publish(
    "analytics",
    `conversation:${id}:${name}`,
    {
      kind: "conversation",
      analytics,
    },
  );
}
