import { and, eq, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { changes, only, requireWritable, staleVersion } from "../../core/scope.ts";
import { leads } from "../../db/schema/conversations.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import { contactOfLeadWork } from "../contacts/contact-work.ts";
import { isPushable, leadFactsWork, pushLeadWork } from "./lead-work.ts";
import type { LeadRow, LeadWithStatus } from "./present.ts";
import { getLead, visible } from "./queries.ts";
import { requireOrderedPrices } from "./price-range.ts";
import type { LeadChanges } from "./schemas.ts";

/** Changes what is known of a lead; ResMan is told, and status and score follow. */
export async function updateLead(
  ctx: Context,
  id: string,
  draft: LeadChanges,
  seenVersion?: number,
): Promise<LeadWithStatus> {
  const found = await getLead(ctx, id);
  const before = found.lead;
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  const changed = changes(columnsOf(draft));
  requireOrderedPrices(before, changed);
  if (changed.assignedTo !== undefined && changed.assignedTo !== before.assignedTo)
    await requireAssignable(ctx, before, changed.assignedTo);
  const version = before.version + 1;
  const willPush = isPushable({ ...before, ...changed });
  const [rows] = await commitChange(
    ctx,
    [
      ctx.db
        .update(leads)
        .set({
          ...changed,
          ...(willPush ? { resmanSyncStatus: "pending" } : {}),
          version,
          updatedAt: ctx.now(),
        })
        .where(and(visible(ctx), eq(leads.id, id), eq(leads.version, before.version)))
        .returning(),
      audit(ctx, { action: "update", recordType: "lead", recordId: id, before, after: draft }),
    ],
    [
      leadFactsWork(id, `v${version}`),
      ...contactOfLeadWork(id, before, changed, `v${version}`),
      ...(willPush ? [pushLeadWork(id, `v${version}`)] : []),
    ],
  );
  return { ...found, lead: only(rows as LeadRow[], "Lead") };
}

/** Giving work to people is the managers' right, and only people of the lead's property can get it. */
async function requireAssignable(ctx: Context, lead: LeadRow, managerId: string | null): Promise<void> {
  if (ctx.actor.kind === "staff" && !ctx.actor.permissions.has("assign_work"))
    throw new AppError("INSUFFICIENT_PERMISSIONS", "Insufficient permissions: assign_work required");
  if (managerId === null) return;
  const [assigned] = await ctx.db
    .select({ id: propertyManagers.id })
    .from(propertyManagers)
    .innerJoin(
      propertyAssignments,
      and(
        eq(propertyAssignments.companyId, propertyManagers.companyId),
        eq(propertyAssignments.managerId, propertyManagers.id),
      ),
    )
    .where(
      and(
        eq(propertyManagers.companyId, lead.companyId),
        eq(propertyManagers.id, managerId),
        isNull(propertyManagers.deletedAt),
        eq(propertyAssignments.propertyId, lead.propertyId),
      ),
    );
  if (!assigned)
    throw invalidFields([{ field: "assigned_to", message: "is no manager of the lead's property" }]);
}

/** The columns a change names; absent fields stay undefined. */
function columnsOf(draft: LeadChanges) {
  return {
    firstName: draft.first_name,
    lastName: draft.last_name,
    email: draft.email,
    phone: draft.phone,
    source: draft.source,
    notes: draft.notes,
    assignedTo: draft.assigned_to,
    ...(draft.has_application === undefined ? {} : { hasApplication: draft.has_application }),
    bedrooms: draft.bedrooms,
    bathrooms: draft.bathrooms,
    furnished: draft.furnished,
    leaseMonths: draft.lease_months,
    moveInDate: draft.move_in_date,
    priceRangeMin: draft.price_range_min,
    priceRangeMax: draft.price_range_max,
    occupantsCount: draft.occupants_count,
    hasPets: draft.has_pets,
    petDetails: draft.pet_details,
  };
}
