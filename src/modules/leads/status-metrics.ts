import { and, count, eq, gte, isNull, lt, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { inProperties, only } from "../../core/scope.ts";
import { leadWorkflowRuns } from "../../db/schema/automation.ts";
import { properties } from "../../db/schema/properties.ts";
import { statusEntities, statusTransitions } from "../../db/schema/status.ts";
import { companyOf } from "../status/reach.ts";
import { type Span, sumsByActor, sumsByDay, sumsByStatus } from "./lead-sums.ts";
import type { MetricsQuery, TrendsQuery } from "./metrics.schemas.ts";
import { leadWay } from "./present-metrics.ts";
import { propertyPeriod } from "./property-period.ts";

const e = statusEntities;
const t = statusTransitions;
const r = leadWorkflowRuns;

/** Everything here is counted from rows of the one property's leads in the period. */
export async function getStatusMetrics(ctx: Context, query: MetricsQuery) {
  const span = await spanOf(ctx, query);
  const [byStatus, [standing, [late], furthest, [lost]]] = await Promise.all([
    sumsByStatus(ctx, span),
    standings(ctx, span),
  ]);
  return { span, byStatus, standing, overdue: late?.leads ?? 0, furthest, lost: lost?.leads ?? 0 };
}

function standings(ctx: Context, span: Span) {
  return ctx.db.batch([
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
}

export async function getStatusTrends(ctx: Context, query: TrendsQuery) {
  const span = await spanOf(ctx, query);
  return { span, interval: query.interval, rows: await sumsByDay(ctx, span) };
}

export async function getStatusPerformance(ctx: Context, query: MetricsQuery) {
  const span = await spanOf(ctx, query);
  const [byStatus, people, milestones, runs] = await Promise.all([
    sumsByStatus(ctx, span),
    sumsByActor(ctx, span),
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
  return { span, byStatus, people, milestones, runs };
}

/** Nobody counts the leads of a property that is not theirs to see. */
async function spanOf(ctx: Context, { property_id: propertyId, from, to }: MetricsQuery): Promise<Span> {
  const places = await ctx.db
    .select({ timeZone: properties.timeZone })
    .from(properties)
    .where(
      and(
        eq(properties.companyId, companyOf(ctx)),
        inProperties(ctx, properties.id),
        eq(properties.id, propertyId),
        isNull(properties.deletedAt),
      ),
    );
  const { timeZone } = only(places, "Property");
  const now = ctx.now();
  return { propertyId, period: propertyPeriod({ from, to }, timeZone, now), now };
}

function isLeadOf(ctx: Context, { propertyId }: Span): SQL | undefined {
  return and(
    eq(e.companyId, companyOf(ctx)),
    eq(e.propertyId, propertyId),
    eq(e.entityType, "lead"),
    isNull(e.archivedAt),
  );
}

/** Changes of the property's leads in the period. The words are those of the index of leads' changes. */
function moved(ctx: Context, { propertyId, period }: Span): SQL | undefined {
  return and(
    eq(t.companyId, companyOf(ctx)),
    eq(t.propertyId, propertyId),
    sql`${t.entityType} = 'lead' and ${t.kind} = 'change'`,
    gte(t.at, new Date(period.from)),
    lt(t.at, new Date(period.to)),
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
