import { and, count, desc, eq } from "drizzle-orm";
import type { Context } from "../../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../../core/page.ts";
import { only } from "../../../core/scope.ts";
import { outbox } from "../../../db/schema/outgoing.ts";
import { webhookAttempts, webhookDeliveries } from "../../../db/schema/webhooks.ts";
import { type Delivery, isDelivery } from "./attempt-delivery.ts";
import { getWebhook, type WebhookRow } from "./queries.ts";
import type { DeliveryQuery } from "./delivery-schemas.ts";

const d = webhookDeliveries;
const a = webhookAttempts;

export type DeliveryRow = { delivery: Delivery; nextAttemptAt: Date | null };
export type DeliveryWithAttempts = DeliveryRow & {
  webhook: WebhookRow;
  attempts: (typeof webhookAttempts.$inferSelect)[];
};

const mostAttempts = 100;

export async function listDeliveries(
  ctx: Context,
  webhookId: string,
  query: DeliveryQuery,
): Promise<Paged<DeliveryRow>> {
  await getWebhook(ctx, webhookId);
  const [rows, counted] = await ctx.db.batch(deliveryPage(ctx, webhookId, query));
  return pageOf(query, [rows.map((row) => inCompanyTime(ctx, row)), counted]);
}

export function deliveryPage(ctx: Context, webhookId: string, query: DeliveryQuery) {
  const where = and(
    eq(d.companyId, ctx.companyId),
    eq(d.webhookId, webhookId),
    query.status ? eq(d.status, query.status) : undefined,
    query.entity_type ? eq(d.entityType, query.entity_type) : undefined,
    query.entity_id ? eq(d.entityId, query.entity_id) : undefined,
  );
  return [
    withNextAttempt(ctx)
      .where(where)
      .orderBy(...orderBy(query.sort, "-created_at", { created_at: d.createdAt }, d.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(d).where(where),
  ] as const;
}

export async function getDelivery(
  ctx: Context,
  webhookId: string,
  id: string,
): Promise<DeliveryWithAttempts> {
  const { webhook } = await getWebhook(ctx, webhookId);
  const key = { companyId: webhook.companyId, webhookId, id };
  const [found, attempts] = await ctx.db.batch([
    withNextAttempt(ctx).where(isDelivery(key)),
    ctx.db
      .select()
      .from(a)
      .where(and(eq(a.companyId, key.companyId), eq(a.webhookId, webhookId), eq(a.deliveryId, id)))
      .orderBy(desc(a.id))
      .limit(mostAttempts),
  ]);
  return { ...inCompanyTime(ctx, only(found, "Delivery")), webhook, attempts };
}

function withNextAttempt(ctx: Context) {
  return ctx.db
    .select({ delivery: d, nextAttemptAt: outbox.nextAttemptAt })
    .from(d)
    .leftJoin(outbox, and(eq(outbox.id, d.outboxId), eq(d.status, "pending")));
}

/** Queues run on real time, everything that people see on the company's. */
function inCompanyTime(ctx: Context, { delivery, nextAttemptAt }: DeliveryRow): DeliveryRow {
  const next = nextAttemptAt && new Date(nextAttemptAt.getTime() + ctx.clockOffsetMs);
  return { delivery, nextAttemptAt: next };
}
