import { and, count, eq, isNotNull, isNull, ne, or, type SQL, sql } from "drizzle-orm";
import type { AnyColumn } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commit, nudge } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { companies } from "../../db/schema/companies.ts";
import { leads } from "../../db/schema/conversations.ts";
import { outbox } from "../../db/schema/outgoing.ts";
import { properties } from "../../db/schema/properties.ts";
import { leadKey, pushLeadWork } from "./lead-work.ts";
import { visible } from "./queries.ts";
import type { LeadSync } from "./schemas.ts";

/** How many leads one call takes. */
const mostLeads = 100;

export type LeadSyncQueued = { queued: number; retried: number; waiting: number; remaining: number };

/**
 * Has ResMan told of leads: of those named, or of all that are not in step, at a property or wherever the caller
 * may look. What had been given up is taken up again; this is the retry button.
 */
export async function syncLeads(ctx: Context, input: LeadSync): Promise<LeadSyncQueued> {
  const { ready, readyCount, waiting } = await findWanted(ctx, input);
  for (const propertyId of new Set(ready.map((lead) => lead.propertyId))) requireWritable(ctx, propertyId);
  const ids = ready.map((lead) => lead.id);
  const parked = new Set(await findParked(ctx, ids.map(leadKey)));
  const because = ctx.newId();
  const fresh = ids.filter((id) => !parked.has(leadKey(id)));
  await commit(
    ctx,
    [
      ctx.db
        .update(leads)
        .set({ resmanSyncStatus: "pending" })
        .where(and(eq(leads.companyId, ctx.companyId), among(leads.id, ids))),
      rearm(ctx, [...parked]),
      audit(ctx, {
        action: "sync",
        recordType: "lead",
        recordId: ids.length === 1 ? (ids[0] ?? "") : "many",
        after: input,
      }),
    ],
    fresh.map((id) => pushLeadWork(id, because)),
  );
  ctx.defer(
    nudge(
      ctx.env,
      ctx.companyId,
      [...parked].map((key) => ({ topic: "resman-sync", key })),
    ),
  );
  return { queued: ids.length, retried: parked.size, waiting, remaining: readyCount - ids.length };
}

/** Leads ResMan could take, up to a call's limit, and how many there are of these and of others. */
async function findWanted(ctx: Context, { lead_ids: ids, property_id: propertyId }: LeadSync) {
  const wanted = and(
    visible(ctx),
    ids ? among(leads.id, ids) : ne(leads.resmanSyncStatus, "synced"),
    propertyId ? eq(leads.propertyId, propertyId) : undefined,
  );
  const [ready, [tally], seen] = await ctx.db.batch([
    ctx.db
      .select({ id: leads.id, propertyId: leads.propertyId })
      .from(leads)
      .innerJoin(properties, itsProperty)
      .innerJoin(companies, eq(companies.id, leads.companyId))
      .where(and(wanted, isReady()))
      .orderBy(leads.id)
      .limit(mostLeads),
    ctx.db
      .select({ total: count(), ready: sql<number>`coalesce(sum(${isReady()}), 0)` })
      .from(leads)
      .innerJoin(properties, itsProperty)
      .innerJoin(companies, eq(companies.id, leads.companyId))
      .where(wanted),
    ctx.db
      .select({ id: properties.id })
      .from(properties)
      .where(and(eq(properties.companyId, ctx.companyId), eq(properties.id, propertyId ?? ""))),
  ]);
  const total = tally?.total ?? 0;
  const readyCount = tally?.ready ?? 0;
  if (propertyId) requireWritable(ctx, propertyId);
  if (propertyId && seen.length === 0) throw notFound("Property");
  if (ids && total < new Set(ids).size) throw notFound("Lead");
  return { ready, readyCount, waiting: total - readyCount };
}

const itsProperty = and(eq(properties.companyId, leads.companyId), eq(properties.id, leads.propertyId));

/** A person with a full name who can be reached, at a property that ResMan knows. */
function isReady(): SQL | undefined {
  return and(
    isNotNull(leads.firstName),
    isNotNull(leads.lastName),
    or(isNotNull(leads.email), isNotNull(leads.phone)),
    isNotNull(properties.resmanPropertyId),
    isNotNull(companies.resmanAccountId),
    isNull(properties.deletedAt),
  );
}

async function findParked(ctx: Context, keys: string[]): Promise<string[]> {
  const rows = await ctx.db.selectDistinct({ key: outbox.key }).from(outbox).where(isParked(ctx, keys));
  return rows.map((row) => row.key);
}

function rearm(ctx: Context, keys: string[]) {
  return ctx.db
    .update(outbox)
    .set({ status: "pending", attempts: 0, nextAttemptAt: new Date(), leaseUntil: null })
    .where(isParked(ctx, keys));
}

function isParked(ctx: Context, keys: string[]): SQL | undefined {
  return and(
    eq(outbox.companyId, ctx.companyId),
    eq(outbox.topic, "resman-sync"),
    among(outbox.key, keys),
    eq(outbox.status, "parked"),
  );
}

/** One parameter, however many values. */
function among(column: AnyColumn, values: string[]): SQL {
  return sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;
}
