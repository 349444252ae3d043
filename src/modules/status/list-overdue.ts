import { and, asc, count, eq, getTableColumns, inArray, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { companyOf, withinReach } from "./reach.ts";
import type { OverdueQuery, Severity } from "./schemas.ts";
import type { EntityStatusRow } from "./status-of.ts";

export type OverdueRow = { entity: EntityStatusRow; severity: Severity };

export type OverdueItems = {
  rows: OverdueRow[];
  /** All that match, by type and severity. */
  counts: { entityType: string; severity: Severity; n: number }[];
  now: Date;
};

const s = statusEntities;

/** What is overdue now, the longest first, with counts over everything that matches. Two statements. */
export async function listOverdue(ctx: Context, query: OverdueQuery): Promise<OverdueItems> {
  const now = ctx.now();
  const [rows, counts] = await ctx.db.batch(overduePage(ctx, query, now));
  return { rows, counts, now };
}

export function overduePage(ctx: Context, query: OverdueQuery, now: Date) {
  const severity = severityAt(now);
  const companyId = query.business_entity_id ?? companyOf(ctx);
  const where = and(
    eq(s.companyId, companyId),
    // Naming both leads the index to the deadlines that have passed, told or not.
    inArray(s.isOverdue, [false, true]),
    lte(s.slaDeadline, now),
    ctx.companyId === "" ? undefined : eq(s.companyId, ctx.companyId),
    withinReach(ctx, s.propertyId),
    query.entity_types ? inArray(s.entityType, query.entity_types) : undefined,
    query.property_id ? eq(s.propertyId, query.property_id) : undefined,
    query.severity ? sql`${severity} = ${query.severity}` : undefined,
  );
  return [
    ctx.db
      .select({ entity: getTableColumns(s), severity })
      .from(s)
      .where(where)
      .orderBy(asc(s.slaDeadline), asc(s.entityType), asc(s.entityId))
      .limit(query.limit)
      .offset(query.offset),
    ctx.db
      .select({ entityType: s.entityType, severity, n: count() })
      .from(s)
      .where(where)
      .groupBy(s.entityType, severity),
  ] as const;
}

/** By the hours since the deadline: a step's own limits, kept with the entity, else the usual 24 and 72. */
function severityAt(now: Date): SQL<Severity> {
  const hours = sql`(${now.getTime()} - ${s.slaDeadline}) / 3600000.0`;
  return sql<Severity>`case when ${hours} >= ${s.criticalHours} then 'critical'
    when ${hours} >= ${s.warningHours} then 'warning' else 'info' end`;
}
