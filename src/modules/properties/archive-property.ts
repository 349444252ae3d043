import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { properties, propertyAssignments } from "../../db/schema/properties.ts";
import { tours } from "../../db/schema/tours.ts";
import { liveStatuses } from "../tours/tour-places.ts";
import { requireWholeCompany } from "./create-property.ts";
import { redrawOrigins } from "./property-origins.ts";
import { getProperty, visible } from "./queries.ts";

/**
 * Archives a property without conversations, leads and tours to come. Its embed key opens nothing any more, and
 * nobody is assigned to it.
 */
export async function archiveProperty(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  requireWholeCompany(ctx);
  const before = await getProperty(ctx, id);
  await refuseWithChildren(ctx, before.companyId, id);
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(properties)
        .set({ deletedAt, updatedAt: deletedAt })
        .where(and(visible(ctx), eq(properties.id, id))),
      ...redrawOrigins(ctx, id),
      ctx.db
        .delete(propertyAssignments)
        .where(
          and(eq(propertyAssignments.companyId, before.companyId), eq(propertyAssignments.propertyId, id)),
        ),
      audit(ctx, {
        action: "archive",
        recordType: "property",
        recordId: id,
        companyId: before.companyId,
        before,
      }),
    ],
    [],
    () => notFound("Property"),
  );
  return { id, deletedAt };
}

async function refuseWithChildren(ctx: Context, companyId: string, id: string): Promise<void> {
  const [[open], [interested], [coming]] = await ctx.db.batch([
    ctx.db
      .select({ conversations: count() })
      .from(conversations)
      .where(
        and(
          eq(conversations.companyId, companyId),
          eq(conversations.propertyId, id),
          isNull(conversations.deletedAt),
        ),
      ),
    ctx.db
      .select({ leads: count() })
      .from(leads)
      .where(and(eq(leads.companyId, companyId), eq(leads.propertyId, id), isNull(leads.deletedAt))),
    ctx.db
      .select({ tours: count() })
      .from(tours)
      .where(
        and(
          eq(tours.companyId, companyId),
          eq(tours.propertyId, id),
          inArray(tours.status, [...liveStatuses]),
          isNull(tours.deletedAt),
        ),
      ),
  ]);
  const left = { conversations: 0, leads: 0, tours: 0, ...open, ...interested, ...coming };
  if (left.conversations + left.leads + left.tours > 0)
    throw new AppError("CONFLICT", "The property still has live conversations, leads or tours", left);
}
