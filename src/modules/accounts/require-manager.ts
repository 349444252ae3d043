import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { only } from "../../core/scope.ts";
import { propertyManagers } from "../../db/schema/properties.ts";

/** Throws 404 unless the company has this person. */
export async function requireManager(ctx: Context, companyId: string, id: string): Promise<void> {
  const found = await ctx.db
    .select({ id: propertyManagers.id })
    .from(propertyManagers)
    .where(
      and(
        eq(propertyManagers.companyId, companyId),
        eq(propertyManagers.id, id),
        isNull(propertyManagers.deletedAt),
      ),
    );
  only(found, "Property manager");
}
