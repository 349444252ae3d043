import { and, count, eq, gte, isNull, lt, lte, max, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { inProperties, only } from "../../core/scope.ts";
import { leadWorkflowRuns } from "../../db/schema/automation.ts";
import { properties } from "../../db/schema/properties.ts";
import { statusDaily, statusDailyActors } from "../../db/schema/status-rollups.ts";
import { statusEntities, statusTransitions } from "../../db/schema/status.ts";
import { type Period, periodOf } from "../status/analytics-period.ts";
import { companyOf } from "../status/reach.ts";
import { type MetricsQuery, periodProblem, type TrendsQuery } from "./metrics.schemas.ts";
import { leadWay } from "./present-metrics.ts";

const d = statusDaily;
const a = statusDailyActors;
const e = statusEntities;
const t = statusTransitions;
const r = leadWorkflowRuns;

/** One property's leads over a period; `now` is company time. */
export type Span = { propertyId: string; period: Period; now: Date };

export type Sums = {
  entries: number;
  exits: number;
  durationMs: number;
  met: number;
  missed: number;
  breaches: number;
};

/** Sums from the roll-ups; who stands where, and who came how far, from rows of the property's leads alone. */
export async function getStatusMetrics(ctx: Context, query: MetricsQuery) {
  const span = spanOf(ctx, query);
  const [places, byStatus, standing, [late], furthest, [lost]] = await ctx.db.batch([
    findProperty(ctx, span),
    dailyByStatus(ctx, span),
    ctx.db
      .select({ status: e.currentStatus, leads: count() })
      .from(e)
      .where(isLeadOf(ctx, span))
      .groupBy(e.currentStatus),
    ctx.db
      .select({ leads: count() })
      .from(e)
      .where(and(isLeadOf(ctx, span), lte(e.slaDeadline, span.now))),
    furthestSteps(ctx, span),
    ctx.db
      .select({ leads: sql<number>`count(distinct ${t.entityId})`.mapWith(Number) })
      .from(t)
      .where(and(moved(ctx, span), eq(t.toStatus, "lost"))),
  ]);
  only(places, "Property");
  return { span, byStatus, standing, overdue: late?.leads ?? 0, furthest, lost: lost?.leads ?? 0 };
}

export async function getStatusTrends(ctx: Context, query: TrendsQuery) {
  const span = spanOf(ctx, query);
  const [places, rows] = await ctx.db.batch([
    findProperty(ctx, span),
    ctx.db
      .select({ day: d.day, status: d.status, ...dailySums() })
      .from(d)
      .where(daysOf(ctx, d, span))
      .groupBy(d.day, d.status),
  ]);
  only(places, "Property");
  return { span, interval: query.interval, rows };
}

export async function getStatusPerformance(ctx: Context, query: MetricsQuery) {
  const span = spanOf(ctx, query);
  const [places, byStatus, people, milestones, runs] = await ctx.db.batch([
    findProperty(ctx, span),
    dailyByStatus(ctx, span),
    ctx.db
      .select({
        actor: a.actor,
        actorName: sql<string>`${max(a.actorName)}`,
        entries: total(a.entries),
        exits: total(a.exits),
        durationMs: total(a.durationMs),
        met: total(a.met),
        missed: total(a.missed),
      })
      .from(a)
      .where(daysOf(ctx, a, span))
      .groupBy(a.actor),
    firstArrivals(ctx, span),
    ctx.db
      .select({ status: r.status, move: r.move, runs: count() })
      .from(r)
      .where(
        and(
          eq(r.companyId, companyOf(ctx)),
          eq(r.propertyId, span.propertyId),
          gte(r.startedAt, new Date(span.period.from)),
          lt(r.startedAt, new Date(span.period.to)),
        ),
      )
      .groupBy(r.status, r.move),
  ]);
  only(places, "Property");
  return { span, byStatus, people, milestones, runs };
}

function spanOf(ctx: Context, { property_id, from, to }: MetricsQuery): Span {
  const now = ctx.now();
  const problem = from === undefined ? null : periodProblem(from, to ?? now.toISOString());
  if (problem) throw invalidFields([problem]);
  const period = periodOf({ date_from: from, date_to: to, group_by: "day" }, now);
  return { propertyId: property_id, period, now };
}

/** Nobody counts the leads of a property that is not theirs to see. */
function findProperty(ctx: Context, { propertyId }: Span) {
  return ctx.db
    .select({ id: properties.id })
    .from(properties)
    .where(
      and(
        eq(properties.companyId, companyOf(ctx)),
        inProperties(ctx, properties.id),
        eq(properties.id, propertyId),
        isNull(properties.deletedAt),
      ),
    );
}

function dailyByStatus(ctx: Context, span: Span) {
  return ctx.db
    .select({ status: d.status, ...dailySums() })
    .from(d)
    .where(daysOf(ctx, d, span))
    .groupBy(d.status);
}

function dailySums() {
  return {
    entries: total(d.entries),
    exits: total(d.exits),
    durationMs: total(d.durationMs),
    met: total(d.met),
    missed: total(d.missed),
    breaches: total(d.breaches),
  };
}

function daysOf(ctx: Context, table: typeof d | typeof a, { propertyId, period }: Span): SQL | undefined {
  return and(
    eq(table.companyId, companyOf(ctx)),
    gte(table.day, period.from),
    lt(table.day, period.to),
    eq(table.entityType, "lead"),
    eq(table.propertyId, propertyId),
  );
}

function isLeadOf(ctx: Context, { propertyId }: Span): SQL | undefined {
  return and(
    eq(e.companyId, companyOf(ctx)),
    eq(e.propertyId, propertyId),
    eq(e.entityType, "lead"),
    isNull(e.archivedAt),
  );
}

/** Changes of the property's leads in the period. */
function moved(ctx: Context, { propertyId, period }: Span): SQL | undefined {
  return and(
    eq(t.companyId, companyOf(ctx)),
    eq(t.entityType, "lead"),
    gte(t.at, new Date(period.from)),
    lt(t.at, new Date(period.to)),
    eq(t.propertyId, propertyId),
    eq(t.kind, "change"),
  );
}

/** How many leads came how far along the way, the furthest step of each counted. */
function furthestSteps(ctx: Context, span: Span) {
  const place = sql.join(
    leadWay.map((status, index) => sql`when ${status} then ${index}`),
    sql` `,
  );
  const steps = ctx.db
    .select({ furthest: sql<number>`max(case ${t.toStatus} ${place} end)`.mapWith(Number).as("furthest") })
    .from(t)
    .where(moved(ctx, span))
    .groupBy(t.entityId)
    .as("steps");
  return ctx.db
    .select({ step: steps.furthest, leads: count() })
    .from(steps)
    .where(sql`${steps.furthest} is not null`)
    .groupBy(sql`${steps.furthest}`);
}

/** How long leads took from their beginning to their first coming to each status. */
function firstArrivals(ctx: Context, span: Span) {
  const isFirst = sql`not exists (select 1 from ${t} earlier where earlier.company_id = ${t.companyId}
    and earlier.entity_type = 'lead' and earlier.entity_id = ${t.entityId} and earlier.seq < ${t.seq}
    and earlier.to_status = ${t.toStatus})`;
  return ctx.db
    .select({
      status: t.toStatus,
      leads: count(),
      tookMs: sql<number>`coalesce(sum(${t.at} - ${e.createdAt}), 0)`.mapWith(Number),
    })
    .from(t)
    .innerJoin(e, and(eq(e.companyId, t.companyId), eq(e.entityType, "lead"), eq(e.entityId, t.entityId)))
    .where(and(moved(ctx, span), isFirst))
    .groupBy(t.toStatus);
}

function total(column: Parameters<typeof max>[0]) {
  return sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);
}
