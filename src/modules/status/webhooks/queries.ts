import { and, count, eq, exists, isNull, sql } from "drizzle-orm";
import type { Context } from "../../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../../core/page.ts";
import { inCompany, only } from "../../../core/scope.ts";
import { contains } from "../../../db/contains.ts";
import { statusWebhooks } from "../../../db/schema/webhooks.ts";
import type { WebhookQuery } from "./schemas.ts";
import { liveSecrets, type SecretRow } from "./webhook-secret.ts";

const w = statusWebhooks;

export type WebhookRow = typeof statusWebhooks.$inferSelect;
export type WebhookWithSecrets = { webhook: WebhookRow; secrets: SecretRow[] };

export function mine(ctx: Context, id: string) {
  return and(inCompany(ctx, w.companyId), eq(w.id, id), isNull(w.deletedAt));
}

export async function getWebhook(ctx: Context, id: string): Promise<WebhookWithSecrets> {
  const [found, secrets] = await ctx.db.batch([
    ctx.db.select().from(w).where(mine(ctx, id)),
    liveSecrets(ctx, [id]),
  ]);
  return { webhook: only(found, "Webhook"), secrets };
}

export async function listWebhooks(ctx: Context, query: WebhookQuery): Promise<Paged<WebhookWithSecrets>> {
  const [rows, counted] = await ctx.db.batch(webhookPage(ctx, query));
  const ids = rows.map((row) => row.id);
  const secrets = ids.length > 0 ? await liveSecrets(ctx, ids) : [];
  return pageOf(query, [
    rows.map((webhook) => ({
      webhook,
      secrets: secrets.filter((secret) => secret.webhookId === webhook.id),
    })),
    counted,
  ]);
}

export function webhookPage(ctx: Context, query: WebhookQuery) {
  const hears = sql`select 1 from json_each(${w.entityTypes}) where value = ${query.entity_type}`;
  const where = and(
    inCompany(ctx, w.companyId),
    isNull(w.deletedAt),
    query.is_active === undefined ? undefined : eq(w.isActive, query.is_active),
    query.entity_type
      ? sql`(json_array_length(${w.entityTypes}) = 0 or ${exists(sql`(${hears})`)})`
      : undefined,
    query.q ? contains(query.q, w.url) : undefined,
  );
  return [
    ctx.db
      .select()
      .from(w)
      .where(where)
      // Ids are as old as their records.
      .orderBy(...orderBy(query.sort, "created_at", { created_at: w.id }, w.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(w).where(where),
  ] as const;
}
