import { iso } from "../../core/fields.ts";
import type { leads } from "../../db/schema/conversations.ts";
import type { statusEntities } from "../../db/schema/status.ts";

export type LeadRow = typeof leads.$inferSelect;

type Status = Pick<
  typeof statusEntities.$inferSelect,
  "currentStatus" | "statusLabel" | "statusSince" | "slaDeadline"
>;

/** A lead with its projected status; a lead younger than its projection is new. `now` tells what is overdue. */
export type LeadWithStatus = { lead: LeadRow; status: Status | null; now: Date };

export function presentLead({ lead, status, now }: LeadWithStatus) {
  return {
    id: lead.id,
    company_id: lead.companyId,
    property_id: lead.propertyId,
    user_id: lead.userId,
    contact_id: lead.contactId,
    conversation_id: lead.conversationId,
    assigned_to: lead.assignedTo,
    first_name: lead.firstName,
    last_name: lead.lastName,
    email: lead.email,
    phone: lead.phone,
    source: lead.source,
    notes: lead.notes,
    bedrooms: lead.bedrooms,
    bathrooms: lead.bathrooms,
    furnished: lead.furnished,
    lease_months: lead.leaseMonths,
    move_in_date: lead.moveInDate,
    price_range_min: lead.priceRangeMin,
    price_range_max: lead.priceRangeMax,
    occupants_count: lead.occupantsCount,
    has_pets: lead.hasPets,
    pet_details: lead.petDetails ?? null,
    lead_score: lead.leadScore,
    score_explanation: lead.scoreExplanation ?? [],
    has_application: lead.hasApplication,
    status: status?.currentStatus ?? "new",
    status_label: status?.statusLabel ?? "New",
    status_since: iso(status?.statusSince ?? lead.createdAt),
    sla_deadline: iso(status?.slaDeadline ?? null),
    is_overdue: status?.slaDeadline != null && status.slaDeadline <= now,
    resman_prospect_id: lead.resmanProspectId,
    resman_person_id: lead.resmanPersonId,
    resman_sync_status: lead.resmanSyncStatus,
    resman_synced_at: iso(lead.resmanSyncedAt),
    resman_sync_error: lead.resmanSyncError,
    last_activity_at: iso(lead.lastActivityAt),
    created_at: iso(lead.createdAt),
    updated_at: iso(lead.updatedAt),
  };
}
