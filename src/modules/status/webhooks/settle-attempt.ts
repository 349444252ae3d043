import { and, eq, isNotNull, sql } from "drizzle-orm";
import { audit } from "../../../core/audit.ts";
import type { Context } from "../../../core/context.ts";
import { commit, nudge } from "../../../core/outbox.ts";
import { statusWebhooks, webhookAttempts, webhookDeliveries } from "../../../db/schema/webhooks.ts";
import { attemptRow, type Delivery, isDelivery, type Trigger } from "./attempt-delivery.ts";
import { forgetAfterMs, isBeyondPatience } from "./endpoint-health.ts";
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

/** Keeps a failure by schedule; answers after how many ms the message is due again, null when it was given up. */
export async function settleFailure(ctx: Context, tried: Tried): Promise<number | null> {
  const { webhook, delivery, attempt } = tried;
  const made = delivery.attempts + 1;
  const isGone = attempt.statusCode === 410;
  const wait = isGone ? null : waitAfter(made, attempt, `${delivery.id} ${webhook.id}`);
  const status = wait === null ? ("failed" as const) : ("pending" as const);
  const [, , remembered] = await ctx.db.batch([
    ctx.db.insert(webhookAttempts).values(attemptRow(ctx, webhook, delivery.id, attempt, "schedule")),
    ctx.db
      .update(d)
      .set({ attempts: made, status })
      .where(and(isDelivery(delivery), eq(d.status, "pending"))),
    remember(ctx, webhook, delivery.id),
    ...(wait === null ? [] : [holdBehind(ctx, delivery, new Date(Date.now() + wait))]),
  ]);
  const now = remembered[0] ?? webhook;
  if (isGone || isBeyondPatience(now, delivery.id, ctx.now())) {
    await disable(ctx, now, isGone ? "gone" : "failing");
    return null;
  }
  if (wait === null) await tell(ctx, now, "exhausted");
  else if (made >= attemptsBeforeNotice && !now.failingTold) await tell(ctx, now, "failing");
  return wait;
}

/** Keeps a failure that somebody asked for: it counts for nothing, unless the receiver says that it is gone. */
export async function settleManualFailure(
  ctx: Context,
  { webhook, delivery, attempt }: Tried,
  trigger: Trigger,
) {
  const row = attemptRow(ctx, webhook, delivery.id, attempt, trigger);
  await ctx.db.insert(webhookAttempts).values(row);
  if (attempt.statusCode === 410 && trigger === "manual") await disable(ctx, webhook, "gone");
  return row;
}

/** The statement that begins or goes on with a run of failures. Concurrent ones agree on its beginning. */
function remember(ctx: Context, webhook: WebhookRow, messageId: string) {
  const now = ctx.now().getTime();
  const isNew = sql`${w.failingSince} is null or ${w.failingSince} < ${now - forgetAfterMs}`;
  return ctx.db
    .update(w)
    .set({
      failingSince: sql`case when ${isNew} then ${now} else ${w.failingSince} end`,
      failingMessageId: sql`case when ${isNew} then ${messageId} else ${w.failingMessageId} end`,
    })
    .where(isReceiver(webhook))
    .returning();
}

async function tell(ctx: Context, webhook: WebhookRow, notice: Notice): Promise<void> {
  const { statements, work } = await noticeRows(ctx, webhook, notice, runOf(webhook, ctx.now()));
  const told = ctx.db.update(w).set({ failingTold: true }).where(isReceiver(webhook));
  await commit(ctx, [told, ...statements], work);
}

/** Switches a receiver off. What was still to be sent is cancelled; recovery finds it. */
async function disable(ctx: Context, webhook: WebhookRow, reason: "gone" | "failing"): Promise<void> {
  const now = ctx.now();
  const notice = reason === "gone" ? "gone" : "disabled";
  const { statements, work } = await noticeRows(ctx, webhook, notice, runOf(webhook, now));
  await commit(
    ctx,
    [
      ctx.db
        .update(w)
        .set({ isActive: false, disabledAt: now, disabledReason: reason, version: sql`${w.version} + 1` })
        .where(and(isReceiver(webhook), eq(w.isActive, true))),
      ...cancelPending(ctx, webhook.id),
      audit(ctx, { action: "disable", recordType: "webhook", recordId: webhook.id, after: { reason } }),
      ...statements,
    ],
    work,
  );
}

function runOf({ failingSince }: WebhookRow, now: Date): Date {
  return failingSince ?? now;
}

function isReceiver({ companyId, id }: WebhookRow) {
  return and(eq(w.companyId, companyId), eq(w.id, id));
}
