import { and, asc, eq, gte, lt, max, type SQL, sql, sum } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { statusDaily, statusDailyActors, statusDailyEntities } from "../../db/schema/status-rollups.ts";
import { statusWorkflows } from "../../db/schema/status.ts";
import type { AnalyticsQuery } from "./analytics.schemas.ts";
import { type Period, periodOf } from "./analytics-period.ts";
import { companyOf, sumsWithinReach } from "./reach.ts";
import type { WorkflowDefinition } from "./workflow-schema.ts";
import { builtInWorkflows } from "./workflows/built-in.ts";

/** Sums of anything over a period; averages and rates are drawn from them. */
export type Sums = {
  entries: number;
  exits: number;
  durationMs: number;
  met: number;
  missed: number;
  breaches: number;
};

export type Analysis = {
  period: Period;
  now: Date;
  byStatus: (Sums & { entityType: string; status: string })[];
  byDay: (Sums & { day: string })[];
  byActor: (Omit<Sums, "breaches"> & { actor: string; actorName: string })[];
  uniqueEntities: number;
  /** `type:status` of where work ends: nothing waits there. */
  finals: Set<string>;
};

const d = statusDaily;
const a = statusDailyActors;
const e = statusDailyEntities;
const w = statusWorkflows;

/** Everything from the roll-ups: what it costs grows with days, statuses and people, not with what they did. */
export async function analyzeStatus(ctx: Context, query: AnalyticsQuery): Promise<Analysis> {
  const now = ctx.now();
  const period = periodOf(query, now);
  const [byStatus, byDay, byActor, [entities], own] = await ctx.db.batch(
    analyticsQueries(ctx, query, period),
  );
  const finals = finalsOf([...Object.values(builtInWorkflows), ...own.map(({ definition }) => definition)]);
  return { period, now, byStatus, byDay, byActor, uniqueEntities: entities?.unique ?? 0, finals };
}

function finalsOf(definitions: WorkflowDefinition[]): Set<string> {
  return new Set(
    definitions.flatMap(({ entity_type, steps }) =>
      steps.filter((step) => step.is_final).map((step) => `${entity_type}:${step.status_name}`),
    ),
  );
}

export function analyticsQueries(ctx: Context, query: AnalyticsQuery, period: Period) {
  return [
    ctx.db
      .select({ entityType: d.entityType, status: d.status, ...sumsOf(d), breaches: total(d.breaches) })
      .from(d)
      .where(within(ctx, d, query, period))
      .groupBy(d.entityType, d.status),
    ctx.db
      .select({ day: d.day, ...sumsOf(d), breaches: total(d.breaches) })
      .from(d)
      .where(within(ctx, d, query, period))
      .groupBy(d.day)
      .orderBy(asc(d.day)),
    ctx.db
      .select({ actor: a.actor, actorName: sql<string>`${max(a.actorName)}`, ...sumsOf(a) })
      .from(a)
      // Asked of every call, so that the answer of a batch has one shape; empty unless users are wanted.
      .where(and(within(ctx, a, query, period), query.group_by === "user" ? undefined : sql`false`))
      .groupBy(a.actor),
    ctx.db
      .select({ unique: total(e.entities) })
      .from(e)
      // An entity is counted on the first day of the period that it moved on.
      .where(and(within(ctx, e, query, period), lt(e.previousDay, period.from))),
    ctx.db
      .select({ definition: w.definition })
      .from(w)
      .where(and(eq(w.companyId, query.business_entity_id ?? companyOf(ctx)), eq(w.isActive, true))),
  ] as const;
}

type Table = typeof d | typeof a | typeof e;

function within(ctx: Context, table: Table, query: AnalyticsQuery, { from, to }: Period): SQL | undefined {
  return and(
    eq(table.companyId, query.business_entity_id ?? companyOf(ctx)),
    ctx.companyId === "" ? undefined : eq(table.companyId, ctx.companyId),
    gte(table.day, from),
    lt(table.day, to),
    query.entity_type ? eq(table.entityType, query.entity_type) : undefined,
    query.property_id ? eq(table.propertyId, query.property_id) : undefined,
    sumsWithinReach(ctx, table.propertyId),
  );
}

function sumsOf(table: typeof d | typeof a) {
  return {
    entries: total(table.entries),
    exits: total(table.exits),
    durationMs: total(table.durationMs),
    met: total(table.met),
    missed: total(table.missed),
  };
}

function total(column: Parameters<typeof sum>[0]) {
  return sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);
}
