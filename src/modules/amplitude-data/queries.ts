import { and, count, desc, eq, getTableColumns, gte, isNull, lt, lte, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { Temporal } from "temporal-polyfill";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { analyticsConversations, analyticsDaily } from "../../db/schema/analytics.ts";
import { properties } from "../../db/schema/properties.ts";
import { getConversation } from "../conversations/queries.ts";
import type { DrawnRow } from "./daily-sums.ts";
import type { Sums } from "./figures.ts";
import { judgeConversation } from "./judge-conversation.ts";
import { readFacts } from "./read-facts.ts";
import type { EngagementQuery, PeriodQuery, SummaryQuery } from "./schemas.ts";

const longestDays = 366;
const usualDays = 30;
/** Sources are what callers name; a list shows the busiest. */
const mostRows = 200;

export type Period = { from: string; to: string };

/** The days asked for, both included: the last thirty when nothing is said, at most a year. */
export function periodOf(ctx: Context, { from, to }: PeriodQuery): Period {
  const today = ctx.now().toISOString().slice(0, 10);
  const last = to ?? (from !== undefined && from > today ? from : today);
  const first = from ?? back(last, usualDays - 1);
  const earliest = back(last, longestDays - 1);
  return { from: first < earliest ? earliest : first, to: last };
}

function back(day: string, days: number): string {
  return Temporal.PlainDate.from(day).subtract({ days }).toString();
}

const { companyId: _c, day: _d, propertyId: _p, source: _s, ...sumColumns } = getTableColumns(analyticsDaily);

/** Every sum over the rows found; drizzle knows each by its name in `Sums`. */
const totals = Object.fromEntries(
  Object.entries(sumColumns).map(([name, column]) => [
    name,
    sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number).as(`sum_${name}`),
  ]),
) as unknown as { [Name in keyof Sums]: SQL.Aliased<number> };

/** Sums over days from the roll-up, for a handful of groupings at once. */
export function summaryStatements(ctx: Context, period: Period, query: SummaryQuery) {
  const where = and(
    inCompany(ctx, analyticsDaily.companyId),
    inProperties(ctx, analyticsDaily.propertyId),
    gte(analyticsDaily.day, period.from),
    lte(analyticsDaily.day, period.to),
    query.property_id === undefined ? undefined : eq(analyticsDaily.propertyId, query.property_id),
    query.source === undefined ? undefined : eq(analyticsDaily.source, query.source),
  );
  const by = (key: SQLiteColumn, limit: number) =>
    ctx.db
      .select({ key: sql<string>`${key}`, ...totals })
      .from(analyticsDaily)
      .where(where)
      .groupBy(key)
      // What has moved to another source or property leaves a row of zeros.
      .having(sql`sum_conversations > 0`)
      .orderBy(desc(sql`sum_chats`), key)
      .limit(limit);
  return [
    ctx.db.select(totals).from(analyticsDaily).where(where),
    by(analyticsDaily.source, mostRows),
    by(analyticsDaily.propertyId, mostRows),
    by(analyticsDaily.day, longestDays),
  ] as const;
}

export type Keyed = Sums & { key: string };
export type Summed = {
  period: Period;
  all: Sums;
  bySource: Keyed[];
  byProperty: Keyed[];
  byDay: Keyed[];
};

export async function summarize(ctx: Context, query: SummaryQuery): Promise<Summed> {
  const period = periodOf(ctx, query);
  const [all, bySource, byProperty, byDay] = await ctx.db.batch(summaryStatements(ctx, period, query));
  return {
    period,
    all: only(all, "Figures"),
    bySource,
    byProperty,
    byDay: byDay.toSorted((a, b) => a.key.localeCompare(b.key)),
  };
}

/** 404 unless the caller may see the property. */
export async function requireProperty(ctx: Context, id: string): Promise<{ companyId: string }> {
  const rows = await ctx.db
    .select({ companyId: properties.companyId })
    .from(properties)
    .where(
      and(
        inCompany(ctx, properties.companyId),
        inProperties(ctx, properties.id),
        eq(properties.id, id),
        isNull(properties.deletedAt),
      ),
    );
  return only(rows, "Property");
}

/** A conversation's figures as they are this moment. */
export async function analyzeNow(ctx: Context, conversationId: string) {
  const { conversation } = await getConversation(ctx, conversationId);
  const found = await readFacts({ ...ctx, companyId: conversation.companyId }, conversationId);
  const facts = only(found ? [found] : [], "Conversation");
  return { conversation, facts, judged: judgeConversation(facts, ctx.now().getTime()) };
}

/** The page and its count, as statements, so that tests can ask how they are found. */
export function scorePage(ctx: Context, query: EngagementQuery) {
  const table = analyticsConversations;
  const where = and(
    inCompany(ctx, table.companyId),
    inProperties(ctx, table.propertyId),
    query.property_id === undefined ? undefined : eq(table.propertyId, query.property_id),
    query.engagement_score === undefined ? undefined : eq(table.engagementScore, query.engagement_score),
    query.from ? gte(table.startedAt, query.from) : undefined,
    query.to ? lt(table.startedAt, query.to) : undefined,
  );
  const sorts = { started_at: table.startedAt, engagement_points: table.engagementPoints };
  return [
    ctx.db
      .select()
      .from(table)
      .where(where)
      .orderBy(...orderBy(query.sort, "-started_at", sorts, table.conversationId))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(table).where(where),
  ] as const;
}

export async function listScores(ctx: Context, query: EngagementQuery): Promise<Paged<DrawnRow>> {
  return pageOf(query, await ctx.db.batch(scorePage(ctx, query)));
}
