import { and, type AnyColumn, eq, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { statusEntities } from "../../db/schema/status.ts";

const { slaDeadline } = statusEntities;

/** Joins the status of a record, which may have none yet, to its row. */
export function statusOf(entityType: string, record: { companyId: AnyColumn; id: AnyColumn }): SQL {
  return sql`${and(
    eq(statusEntities.companyId, record.companyId),
    eq(statusEntities.entityType, entityType),
    eq(statusEntities.entityId, record.id),
    isNull(statusEntities.archivedAt),
  )}`;
}

/** Whether the joined status is late: by the deadline, not by who was told of it. */
export function overdueIs(ctx: Context, overdue: boolean | undefined): SQL | undefined {
  if (overdue === undefined) return undefined;
  return overdue ? lte(slaDeadline, ctx.now()) : or(gt(slaDeadline, ctx.now()), isNull(slaDeadline));
}

/** To sort by: what has no deadline is never urgent. */
export const byDeadline = sql`coalesce(${slaDeadline}, 9e15)`;
