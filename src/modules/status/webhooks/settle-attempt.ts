import { and, eq, isNotNull, sql } from "drizzle-orm";
import { audit } from "../../../core/audit.ts";
import type { Context } from "../../../core/context.ts";
import { commit, nudge } from "../../../core/outbox.ts";
import { statusWebhooks, webhookAttempts, webhookDeliveries } from "../../../db/schema/webhooks.ts";
import { attemptRow, type Delivery, isDelivery, type Trigger } from "./attempt-delivery.ts";
import { isBeyondPatience, memoryAfter } from "./endpoint-health.ts";
import { type Notice, noticeRows } from "./operational-notices.ts";
import { cancelPending, holdBehind, keyOf, topic } from "./pending.ts";
import type { WebhookRow } from "./queries.ts";
import { attemptsBeforeNotice, waitAfter } from "./schedule.ts";
import type { Attempt } from "./send-attempt.ts";

const w = statusWebhooks;
const d = webhookDeliveries;

type Tried = { webhook: WebhookRow; delivery: Delivery; attempt: Attempt };

/** Keeps a success and forgets that the receiver ever failed. What waited behind the message may go. */
export async function settleSuccess(ctx: Context, tried: Tried, trigger: Trigger) {
  const { webhook, delivery, attempt } = tried;
  const now = ctx.now();
  const told = webhook.failingTold ? await noticeRows(ctx, webhook, "recovered", runOf(webhook, now)) : null;
  const row = attemptRow(ctx, webhook, delivery.id, attempt, trigger);
  const counted = trigger === "schedule" ? { attempts: delivery.attempts + 1 } : {};
  await commit(
    ctx,
    [
      ctx.db.insert(webhookAttempts).values(row),
      ctx.db
        .update(d)
        .set({ status: "delivered", deliveredAt: now, ...counted })
        .where(isDelivery(delivery)),
      ctx.db
        .update(w)
        .set({ failingSince: null, failingMessageId: null, failingTold: false })
        .where(and(isReceiver(webhook), isNotNull(w.failingSince))),
      ...(trigger === "manual" ? [holdBehind(ctx, delivery, new Date())] : []),
      ...(told?.statements ?? []),
    ],
    told?.work,
  );
  if (trigger === "manual") ctx.defer(nudge(ctx.env, ctx.companyId, [{ topic, key: keyOf(delivery) }]));
  return row;
}

/**
 * Keeps a failure by schedule and all that follows from it in one write; answers after how many ms the message is due
 * again, null when it was given up.
 */
export async function settleFailure(ctx: Context, tried: Tried): Promise<number | null> {
  const { delivery, attempt } = tried;
  // Others have been delivering while we waited for the answer.
  const webhook = await readAgain(ctx, tried.webhook);
  const memory = memoryAfter(webhook, delivery.id, ctx.now());
  const isGone = attempt.statusCode === 410;
  const isLost = isGone || isBeyondPatience(memory, delivery.id, ctx.now());
  const made = delivery.attempts + 1;
  const wait = isGone ? null : waitAfter(made, attempt, `${delivery.id} ${webhook.id}`);
  const notice = isLost ? (isGone ? "gone" : "disabled") : noticeAt(made, wait, webhook);
  const told = notice && (await noticeRows(ctx, webhook, notice, memory.failingSince));
  await commit(
    ctx,
    [
      ctx.db.insert(webhookAttempts).values(attemptRow(ctx, webhook, delivery.id, attempt, "schedule")),
      ctx.db
        .update(d)
        .set({ attempts: made, status: wait === null ? "failed" : "pending" })
        .where(and(isDelivery(delivery), eq(d.status, "pending"))),
      ctx.db
        .update(w)
        .set({ ...memory, ...(notice ? { failingTold: true } : {}) })
        .where(
          and(isReceiver(webhook), sql`${w.failingSince} is ${webhook.failingSince?.getTime() ?? null}`),
        ),
      ...(isLost ? disabling(ctx, webhook, isGone ? "gone" : "failing") : []),
      ...(isLost || wait === null ? [] : [holdBehind(ctx, delivery, new Date(Date.now() + wait))]),
      ...(told?.statements ?? []),
    ],
    told?.work,
  );
  return isLost ? null : wait;
}

function noticeAt(made: number, wait: number | null, { failingTold }: WebhookRow): Notice | null {
  if (wait === null) return "exhausted";
  return made >= attemptsBeforeNotice && !failingTold ? "failing" : null;
}

async function readAgain(ctx: Context, webhook: WebhookRow): Promise<WebhookRow> {
  const [now] = await ctx.db.select().from(w).where(isReceiver(webhook));
  return now ?? webhook;
}

/** Keeps a failure that somebody asked for: it counts for nothing, unless the receiver says that it is gone. */
export async function settleManualFailure(
  ctx: Context,
  { webhook, delivery, attempt }: Tried,
  trigger: Trigger,
) {
  const row = attemptRow(ctx, webhook, delivery.id, attempt, trigger);
  await ctx.db.insert(webhookAttempts).values(row);
  if (attempt.statusCode === 410 && trigger === "manual") await disableGone(ctx, webhook);
  return row;
}

/** The statements that switch a receiver off. What was still to be sent is cancelled; recovery finds it. */
function disabling(ctx: Context, webhook: WebhookRow, reason: "gone" | "failing") {
  // Where something got through just now it is well again.
  const isStillSo = reason === "gone" ? undefined : isNotNull(w.failingSince);
  return [
    ctx.db
      .update(w)
      .set({
        isActive: false,
        disabledAt: ctx.now(),
        disabledReason: reason,
        version: sql`${w.version} + 1`,
      })
      .where(and(isReceiver(webhook), eq(w.isActive, true), isStillSo)),
    ...cancelPending(ctx, webhook.id),
    audit(ctx, { action: "disable", recordType: "webhook", recordId: webhook.id, after: { reason } }),
  ] as const;
}

async function disableGone(ctx: Context, webhook: WebhookRow): Promise<void> {
  const { statements, work } = await noticeRows(ctx, webhook, "gone", runOf(webhook, ctx.now()));
  await commit(ctx, [...disabling(ctx, webhook, "gone"), ...statements], work);
}

function runOf({ failingSince }: WebhookRow, now: Date): Date {
  return failingSince ?? now;
}

function isReceiver({ companyId, id }: WebhookRow) {
  return and(eq(w.companyId, companyId), eq(w.id, id));
}
