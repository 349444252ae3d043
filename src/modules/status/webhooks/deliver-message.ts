import { and, eq } from "drizzle-orm";
import * as z from "zod";
import type { Context } from "../../../core/context.ts";
import { type OutboxRow } from "../../../core/outbox.ts";
import { statusWebhooks, webhookDeliveries } from "../../../db/schema/webhooks.ts";
import { rateLimiter } from "../../../durable/stubs.ts";
import { attemptDelivery, CannotTry, type Delivery, isDelivery } from "./attempt-delivery.ts";
import type { WebhookRow } from "./queries.ts";
import { settleFailure, settleSuccess } from "./settle-attempt.ts";

const w = statusWebhooks;
const d = webhookDeliveries;

export const DeliveryWork = z.object({ webhook_id: z.string(), delivery_id: z.string() });
export type DeliveryWork = z.infer<typeof DeliveryWork>;

/** Names could not be looked up; that is neither the receiver's fault nor soon over. */
const lookUpAgainMs = 30_000;

/**
 * Sends a message once, if it is still to be sent. Answers after how many ms it is due again, null when there is
 * nothing more to do. A crash between the receiver's yes and our note of it sends the message again under the same
 * `webhook-id`: receivers get it at least once.
 */
export async function deliverMessage(
  ctx: Context,
  row: OutboxRow,
  work: DeliveryWork,
): Promise<number | null> {
  const found = await findWork(ctx, work);
  if (!found || found.delivery.status !== "pending" || found.delivery.outboxId !== row.id) return null;
  const { webhook, delivery } = found;
  if (!webhook.isActive || webhook.deletedAt !== null) {
    await ctx.db.update(d).set({ status: "cancelled" }).where(isDelivery(delivery));
    return null;
  }
  const throttledMs = await throttle(ctx, webhook);
  if (throttledMs > 0) return throttledMs;
  try {
    const attempt = await attemptDelivery(ctx, webhook, delivery);
    if (!attempt.ok) return await settleFailure(ctx, { webhook, delivery, attempt });
    await settleSuccess(ctx, { webhook, delivery, attempt }, "schedule");
    return null;
  } catch (error) {
    if (error instanceof CannotTry) return lookUpAgainMs;
    throw error;
  }
}

/** Work that broke down time after time on our side is given up like a message that nobody took. */
export async function giveUpDelivery(ctx: Context, work: DeliveryWork) {
  const found = await findWork(ctx, work);
  return found ? [ctx.db.update(d).set({ status: "failed" }).where(isDelivery(found.delivery))] : [];
}

async function findWork(
  ctx: Context,
  { webhook_id, delivery_id }: DeliveryWork,
): Promise<{ webhook: WebhookRow; delivery: Delivery } | undefined> {
  const [found] = await ctx.db
    .select({ webhook: w, delivery: d })
    .from(d)
    .innerJoin(w, and(eq(w.companyId, d.companyId), eq(w.id, d.webhookId)))
    .where(isDelivery({ companyId: ctx.companyId, webhookId: webhook_id, id: delivery_id }));
  return found;
}

/** How long to wait before the receiver may be called again, in ms; 0 when it may be called now. */
async function throttle(ctx: Context, { id, maxPerSecond }: WebhookRow): Promise<number> {
  if (maxPerSecond === null) return 0;
  const taken = await rateLimiter(ctx.env, `webhook:${id}`).take(maxPerSecond, 1000);
  return taken.allowed ? 0 : taken.resetSeconds * 1000;
}
