import { and, eq, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { inCompany } from "../../core/scope.ts";
import { statusEntities } from "../../db/schema/status.ts";

export type EntityStatusRow = typeof statusEntities.$inferSelect;

export type CurrentStatus = EntityStatusRow & {
  /** Null where no clock runs; negative once it has run out. */
  hoursUntilOverdue: number | null;
};

const hourMs = 3_600_000;

/** The projected status of one entity; null when it has none or is archived. */
export async function statusOf(
  ctx: Context,
  entityType: string,
  entityId: string | number,
): Promise<CurrentStatus | null> {
  const [row] = await ctx.db
    .select()
    .from(statusEntities)
    .where(
      and(
        inCompany(ctx, statusEntities.companyId),
        eq(statusEntities.entityType, entityType),
        eq(statusEntities.entityId, String(entityId)),
        isNull(statusEntities.archivedAt),
      ),
    );
  return row ? atNow(row, ctx.now().getTime()) : null;
}

/** The projected statuses of many entities, by `entityType:entityId`; unknown and archived ones are absent. */
export async function statusesOf(
  ctx: Context,
  refs: { entityType: string; entityId: string | number }[],
): Promise<Map<string, CurrentStatus>> {
  if (refs.length === 0) return new Map();
  const rows = await statusesQuery(ctx, refs);
  const now = ctx.now().getTime();
  return new Map(rows.map((row) => [statusKey(row), atNow(row, now)]));
}

/** One statement and one parameter, however many are asked for. */
export function statusesQuery(ctx: Context, refs: { entityType: string; entityId: string | number }[]) {
  const wanted = JSON.stringify(refs.map((ref) => [ref.entityType, String(ref.entityId)]));
  return ctx.db
    .select()
    .from(statusEntities)
    .where(
      and(
        inCompany(ctx, statusEntities.companyId),
        sql`(${statusEntities.entityType}, ${statusEntities.entityId}) in
          (select value->>0, value->>1 from json_each(${wanted}))`,
        isNull(statusEntities.archivedAt),
      ),
    );
}

export function statusKey(ref: { entityType: string; entityId: string | number }): string {
  return `${ref.entityType}:${ref.entityId}`;
}

/** An entity's id as it was first given. */
export function entityIdOf(row: Pick<EntityStatusRow, "entityId" | "entityIdKind">): string | number {
  return row.entityIdKind === "number" ? Number(row.entityId) : row.entityId;
}

// The projection learns of a breach from the alarm; a reader knows it from the deadline at once.
function atNow(row: EntityStatusRow, now: number): CurrentStatus {
  const deadline = row.slaDeadline?.getTime() ?? null;
  return {
    ...row,
    isOverdue: deadline !== null && deadline <= now,
    hoursUntilOverdue: deadline === null ? null : (deadline - now) / hourMs,
  };
}
