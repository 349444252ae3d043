import { and, eq, inArray, isNull } from "drizzle-orm";
import { commitArchive } from "../../core/archive.ts";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
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
  const { companyId } = before;
  const itself = and(visible(ctx), eq(properties.id, id));
  const deletedAt = ctx.now();
  await commitArchive(
    ctx,
    { what: "Property", live: ctx.db.$count(properties, itself), children: childrenOf(ctx, companyId, id) },
    [
      ctx.db.update(properties).set({ deletedAt, updatedAt: deletedAt }).where(itself),
      ...redrawOrigins(ctx, id),
      ctx.db
        .delete(propertyAssignments)
        .where(and(eq(propertyAssignments.companyId, companyId), eq(propertyAssignments.propertyId, id))),
      audit(ctx, { action: "archive", recordType: "property", recordId: id, companyId, before }),
    ],
  );
  return { id, deletedAt };
}

function childrenOf({ db }: Context, companyId: string, id: string) {
  const talks = [eq(conversations.companyId, companyId), eq(conversations.propertyId, id)];
  const interested = [eq(leads.companyId, companyId), eq(leads.propertyId, id)];
  const coming = [eq(tours.companyId, companyId), eq(tours.propertyId, id)];
  return {
    conversations: db.$count(conversations, and(...talks, isNull(conversations.deletedAt))),
    leads: db.$count(leads, and(...interested, isNull(leads.deletedAt))),
    tours: db.$count(
      tours,
      and(...coming, inArray(tours.status, [...liveStatuses]), isNull(tours.deletedAt)),
    ),
  };
}
