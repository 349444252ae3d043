import { and, eq } from "drizzle-orm";
import type { Context } from "../../../core/context.ts";
import { webhookAttempts, webhookDeliveries } from "../../../db/schema/webhooks.ts";
import { UpstreamError } from "../../../integrations/vendor.ts";
import { refusalOfTarget } from "./check-target.ts";
import type { WebhookRow } from "./queries.ts";
import { type Attempt, sendAttempt } from "./send-attempt.ts";
import { openHeaders } from "./webhook-headers.ts";
import { liveSecrets, openSecret } from "./webhook-secret.ts";

const d = webhookDeliveries;

export type Delivery = typeof webhookDeliveries.$inferSelect;
export type Trigger = (typeof webhookAttempts.$inferInsert)["trigger"];

/** The message cannot be sent, and that is not the receiver's doing: names cannot be looked up at all. */
export class CannotTry extends Error {}

/** Calls the receiver once, unless its name leads where nobody may call. Throws CannotTry. */
export async function attemptDelivery(
  ctx: Context,
  webhook: WebhookRow,
  message: { id: string; body: string },
): Promise<Attempt> {
  const refusal = await refusalOfTarget(ctx, webhook.url).catch((error: unknown) => {
    if (error instanceof UpstreamError) throw new CannotTry(error.publicMessage, { cause: error });
    throw error;
  });
  if (refusal !== null) return notTried(`the URL ${refusal}`);
  const [headers, secrets] = await Promise.all([openHeaders(ctx, webhook), secretsOf(ctx, webhook.id)]);
  return sendAttempt(ctx.fetch, { url: webhook.url, headers, secrets }, message, realNow(ctx));
}

/** Receivers compare the time of an attempt with their own clocks, which no company moves. */
function realNow(ctx: Context): Date {
  return new Date(ctx.now().getTime() - ctx.clockOffsetMs);
}

async function secretsOf(ctx: Context, webhookId: string): Promise<string[]> {
  const rows = await liveSecrets(ctx, [webhookId]);
  // Nothing leaves unsigned, whatever has become of the rows.
  if (rows.length === 0) throw new Error("a webhook has no secret to sign with");
  return Promise.all(rows.map((row) => openSecret(ctx, row)));
}

function notTried(error: string): Attempt {
  return {
    ok: false,
    statusCode: null,
    timedOut: false,
    retryAfterMs: null,
    error,
    response: null,
    latencyMs: 0,
  };
}

/** The row of an attempt. */
export function attemptRow(
  ctx: Context,
  webhook: WebhookRow,
  deliveryId: string,
  attempt: Attempt,
  trigger: Trigger,
): typeof webhookAttempts.$inferSelect {
  const { statusCode, error, response, latencyMs } = attempt;
  return {
    id: ctx.newId(),
    companyId: webhook.companyId,
    webhookId: webhook.id,
    deliveryId,
    trigger,
    url: webhook.url,
    statusCode,
    error,
    response,
    latencyMs,
    attemptedAt: ctx.now(),
  };
}

export function isDelivery(delivery: Pick<Delivery, "companyId" | "webhookId" | "id">) {
  return and(eq(d.companyId, delivery.companyId), eq(d.webhookId, delivery.webhookId), eq(d.id, delivery.id));
}
