import { and, eq, gte, lt, ne, sql } from "drizzle-orm";
import type { Context } from "../../../core/context.ts";
import { outbox } from "../../../db/schema/outgoing.ts";
import { statusWebhooks, webhookDeliveries } from "../../../db/schema/webhooks.ts";

const w = statusWebhooks;
const d = webhookDeliveries;

export const topic = "webhook-deliveries" as const;

type Ref = { webhookId: string; entityType: string; entityId: string };

/** Messages of one receiver about one entity are sent in order; a failing one holds back only those behind it. */
export function keyOf({ webhookId, entityType, entityId }: Ref): string {
  return `${webhookId}:${entityType}:${entityId}`;
}

/** The statements that end everything still to be sent to a receiver which the batch has switched off before. */
export function cancelPending(ctx: Context, webhookId: string) {
  const isOff = sql`exists (select 1 from ${w} where ${and(eq(w.id, webhookId), eq(w.isActive, false))})`;
  return [
    ctx.db
      .update(d)
      .set({ status: "cancelled" })
      .where(and(eq(d.companyId, ctx.companyId), eq(d.webhookId, webhookId), eq(d.status, "pending"), isOff)),
    ctx.db
      .update(outbox)
      .set({ status: "done", doneAt: new Date(), leaseUntil: null })
      // Keys of this receiver: those that begin with its id and a colon, which a semicolon follows.
      .where(and(isWaiting(ctx), gte(outbox.key, `${webhookId}:`), lt(outbox.key, `${webhookId};`), isOff)),
  ] as const;
}

/** The statement that lets everything behind a message go at another real time. */
export function holdBehind(ctx: Context, ref: Ref, until: Date) {
  return ctx.db
    .update(outbox)
    .set({ nextAttemptAt: until })
    .where(and(isWaiting(ctx), eq(outbox.key, keyOf(ref))));
}

function isWaiting(ctx: Context) {
  return and(
    eq(outbox.companyId, ctx.companyId),
    eq(outbox.topic, topic),
    eq(outbox.status, "pending"),
    // Said for the index, which holds what is not done.
    ne(outbox.status, "done"),
  );
}
