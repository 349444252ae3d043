import { and, eq, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { inCompany, only } from "../../core/scope.ts";
import { erasures } from "../../db/schema/access.ts";
import { users } from "../../db/schema/users.ts";
import { workKeyOf } from "./run-erasure.ts";

export type ErasureRow = typeof erasures.$inferSelect;

/**
 * Promises to forget a visitor: the visitor's token opens nothing from now on, the rest is done by the queue. Asking
 * again gives the same promise.
 */
export async function requestErasure(ctx: Context, userId: string): Promise<ErasureRow> {
  requireAdmin(ctx);
  const [user] = await ctx.db
    .select({ id: users.id, companyId: users.companyId })
    .from(users)
    .where(and(inCompany(ctx, users.companyId), eq(users.id, userId)));
  const { companyId } = only(user ? [user] : [], "User");
  const id = ctx.newId();
  const now = new Date();
  const row = {
    id,
    companyId,
    userId,
    status: "pending" as const,
    receipt: {},
    requestedBy: ctx.actor.id,
    requestedByName: ctx.actor.name,
    requestedAt: now,
  };
  const known = await findErasure(ctx, userId);
  if (known) return known;
  await commit(
    ctx,
    [
      ctx.db.insert(erasures).values(row).onConflictDoNothing(),
      ctx.db
        .update(users)
        .set({ deletedAt: ctx.now(), updatedAt: ctx.now() })
        .where(and(eq(users.companyId, companyId), eq(users.id, userId), isNull(users.deletedAt))),
      audit(ctx, { action: "erase", recordType: "user", recordId: userId, companyId }),
    ],
    [
      {
        topic: "projections",
        key: workKeyOf(id),
        payload: { kind: "erase_user", erasure_id: id },
        dedupeKey: workKeyOf(id),
        companyId,
      },
    ],
  );
  return getErasure(ctx, userId);
}

/** The promise and, once it is kept, its receipt. */
export async function getErasure(ctx: Context, userId: string): Promise<ErasureRow> {
  const known = await findErasure(ctx, userId);
  return only(known ? [known] : [], "Erasure");
}

async function findErasure(ctx: Context, userId: string): Promise<ErasureRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(erasures)
    .where(and(inCompany(ctx, erasures.companyId), eq(erasures.userId, userId)));
  return row;
}

function requireAdmin({ actor }: Context): void {
  if (actor.kind === "staff" && !actor.permissions.has("edit_company"))
    throw new AppError("INSUFFICIENT_PERMISSIONS", "Insufficient permissions: edit_company required");
}
