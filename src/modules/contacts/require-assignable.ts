import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields } from "../../core/errors.ts";
import { propertyManagers } from "../../db/schema/properties.ts";

/** Giving a contact to another person is the managers' right, and only people of the company can get it. */
export async function requireAssignable(
  ctx: Context,
  before: string | null,
  managerId: string | null,
): Promise<void> {
  if (managerId === before) return;
  if (ctx.actor.kind === "staff" && !ctx.actor.permissions.has("assign_work"))
    throw new AppError("INSUFFICIENT_PERMISSIONS", "Insufficient permissions: assign_work required");
  if (managerId === null) return;
  const [manager] = await ctx.db
    .select({ id: propertyManagers.id })
    .from(propertyManagers)
    .where(
      and(
        eq(propertyManagers.companyId, ctx.companyId),
        eq(propertyManagers.id, managerId),
        isNull(propertyManagers.deletedAt),
      ),
    );
  if (!manager)
    throw invalidFields([{ field: "assigned_to", message: "is no property manager of the company" }]);
}
