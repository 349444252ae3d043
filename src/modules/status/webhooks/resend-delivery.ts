import type { Context } from "../../../core/context.ts";
import { AppError } from "../../../core/errors.ts";
import { webhookDeliveries } from "../../../db/schema/webhooks.ts";
import { attemptDelivery, CannotTry, type Delivery, type Trigger } from "./attempt-delivery.ts";
import { getDelivery } from "./list-deliveries.ts";
import { getWebhook, type WebhookRow } from "./queries.ts";
import { settleManualFailure, settleSuccess } from "./settle-attempt.ts";

/**
 * Sends one message now, whatever became of it before. A success ends its schedule; a failure changes nothing, neither
 * the schedule nor what is thought of the receiver.
 */
export async function resendDelivery(ctx: Context, webhookId: string, id: string) {
  const { webhook, delivery } = await getDelivery(ctx, webhookId, id);
  if (!webhook.isActive) throw new AppError("CONFLICT", "The webhook is switched off");
  return tryNow(ctx, webhook, delivery, "manual");
}

/** Sends a receiver a message that says nothing, once; it may be switched off. */
export async function sendTest(ctx: Context, webhookId: string) {
  const { webhook } = await getWebhook(ctx, webhookId);
  const now = ctx.now();
  const data = { webhook_id: webhook.id, message: "This is a test. Nothing has happened." };
  const delivery: Delivery = {
    companyId: webhook.companyId,
    webhookId,
    id: ctx.newId(),
    event: "test",
    entityType: "test",
    entityId: "test",
    propertyId: null,
    sequence: 0,
    body: JSON.stringify({ event: "test", timestamp: now.toISOString(), data }),
    status: "failed",
    attempts: 0,
    outboxId: "",
    createdAt: now,
    deliveredAt: null,
  };
  await ctx.db.insert(webhookDeliveries).values(delivery);
  return tryNow(ctx, webhook, delivery, "test");
}

async function tryNow(ctx: Context, webhook: WebhookRow, delivery: Delivery, trigger: Trigger) {
  const attempt = await attemptDelivery(ctx, webhook, delivery).catch((error: unknown) => {
    if (error instanceof CannotTry)
      throw new AppError("CONFLICT", "The webhook's host could not be looked up just now, try again");
    throw error;
  });
  const tried = { webhook, delivery, attempt };
  return attempt.ok ? settleSuccess(ctx, tried, trigger) : settleManualFailure(ctx, tried, trigger);
}
