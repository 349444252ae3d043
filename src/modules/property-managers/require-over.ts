import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { only } from "../../core/scope.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import type { ManagerRow } from "./present.ts";
import { visible } from "./queries.ts";

/**
 * The manager, for a caller who may write at every property this person works at: whoever could change the access
 * level of somebody with more properties, or of himself, would hand out what he does not have. `ownDetails` lets
 * people change what is said of themselves.
 */
export async function requireOver(
  ctx: Context,
  id: string,
  { ownDetails }: { ownDetails: boolean },
): Promise<{ manager: ManagerRow }> {
  const [found, places] = await ctx.db.batch([
    ctx.db
      .select()
      .from(propertyManagers)
      .where(and(visible(ctx), eq(propertyManagers.id, id))),
    ctx.db
      .select({ propertyId: propertyAssignments.propertyId })
      .from(propertyAssignments)
      .where(eq(propertyAssignments.managerId, id)),
  ]);
  const manager = only(found, "Property manager");
  const { actor } = ctx;
  if (actor.kind !== "staff" || actor.properties === "all") return { manager };
  const access = actor.properties;
  const isOwn = actor.managerId === id && ownDetails;
  if (!isOwn && places.some(({ propertyId }) => access.get(propertyId) !== "write"))
    throw new AppError("INSUFFICIENT_PERMISSIONS", "This person works at properties you may not write to");
  return { manager };
}
