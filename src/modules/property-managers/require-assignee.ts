import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields, notFound } from "../../core/errors.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";

type Place = { companyId: string; propertyId: string };

/**
 * Giving work to people is the managers' right (anybody may take on or lay down his own), and only people of the
 * property can get it.
 */
export async function requireAssignee(
  ctx: Context,
  place: Place,
  before: string | null,
  managerId: string | null,
): Promise<void> {
  if (managerId === before) return;
  const { actor } = ctx;
  const mine = actor.kind === "staff" ? actor.managerId : null;
  const isOwn = mine !== null && [before, managerId].every((id) => id === null || id === mine);
  if (actor.kind === "staff" && !actor.permissions.has("assign_work") && !isOwn)
    throw new AppError("INSUFFICIENT_PERMISSIONS", "Insufficient permissions: assign_work required");
  if (managerId !== null && !(await worksAt(ctx, place, managerId)))
    throw invalidFields([{ field: "assigned_to", message: "is no manager of the property" }]);
}

/** The same where the person is named by the path. */
export async function requireWorksAt(ctx: Context, place: Place, managerId: string): Promise<void> {
  if (!(await worksAt(ctx, place, managerId))) throw notFound("Property manager");
}

async function worksAt(ctx: Context, { companyId, propertyId }: Place, managerId: string): Promise<boolean> {
  const found = await ctx.db
    .select({ id: propertyManagers.id })
    .from(propertyManagers)
    .innerJoin(
      propertyAssignments,
      and(
        eq(propertyAssignments.companyId, propertyManagers.companyId),
        eq(propertyAssignments.managerId, propertyManagers.id),
        eq(propertyAssignments.propertyId, propertyId),
      ),
    )
    .where(
      and(
        eq(propertyManagers.companyId, companyId),
        eq(propertyManagers.id, managerId),
        isNull(propertyManagers.deletedAt),
      ),
    );
  return found.length > 0;
}
