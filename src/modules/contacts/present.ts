import { iso } from "../../core/fields.ts";
import type { Address, contactInteractions, contacts, ContactValue } from "../../db/schema/contacts.ts";
import type { Likeness } from "./compare-contacts.ts";
import type { StatusStep } from "./contact-history.ts";
import { primaryOf } from "./contact-values.ts";

export type ContactRow = typeof contacts.$inferSelect;
export type InteractionRow = typeof contactInteractions.$inferSelect;

/** A part of a list with the count of all that matched. */
export type Sliced<Row> = { rows: Row[]; total: number; skip: number; limit: number };

export function presentSlice<Row, Name extends string>(
  name: Name,
  { rows, total, skip, limit }: Sliced<Row>,
  present: (row: Row) => unknown,
) {
  return { [name]: rows.map(present), total, skip, limit };
}

export function presentContact(row: ContactRow) {
  return {
    id: row.id,
    company_id: row.companyId,
    display_name: row.displayName,
    first_name: row.firstName,
    last_name: row.lastName,
    company_name: row.companyName,
    email: primaryOf(row.emails),
    phone: primaryOf(row.phones),
    emails: row.emails.map(presentValue),
    phones: row.phones.map(presentValue),
    address: row.address && presentAddress(row.address),
    tags: row.tags,
    notes: row.notes,
    custom_fields: row.customFields,
    source: row.source,
    assigned_to: row.assignedTo,
    relationship_status: row.relationshipStatus,
    lifecycle_stage: row.lifecycleStage,
    last_contacted: iso(row.lastContacted),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

function presentValue({ value, label, isPrimary, consent, consentAt }: ContactValue) {
  return { value, label, is_primary: isPrimary, consent, consent_at: consentAt };
}

export function presentAddress({ line1, line2, city, state, postalCode, country }: Address) {
  return { line1, line2, city, state, postal_code: postalCode, country };
}

export function presentCandidate({
  contact,
  score,
  reasons,
}: Pick<Likeness, "score" | "reasons"> & { contact: ContactRow }) {
  return { contact: presentContact(contact), score, reasons };
}

export function presentInteraction(row: InteractionRow) {
  return {
    id: row.id,
    contact_id: row.contactId,
    type: row.type,
    description: row.description,
    timestamp: iso(row.at),
    outcome: row.outcome,
    next_action: row.nextAction,
    scheduled_follow_up: iso(row.scheduledFollowUp),
    performed_by: row.performedBy,
    performed_by_id: row.performedById,
  };
}

export function presentStatusUpdate(step: StatusStep & { contactId: string }) {
  return { contact_id: step.contactId, ...presentStep(step) };
}

export function presentStatusChange(step: StatusStep) {
  const { id, actor, metadata } = step.transition;
  const { notes } = metadata;
  return {
    id,
    ...presentStep(step),
    changed_by_id: actor.id,
    notes: typeof notes === "string" ? notes : null,
  };
}

function presentStep({ transition, oldStage, newStage }: StatusStep) {
  return {
    old_status: transition.from,
    new_status: transition.to,
    old_lifecycle_stage: oldStage,
    new_lifecycle_stage: newStage,
    changed_by: transition.actor.name,
    timestamp: new Date(transition.at).toISOString(),
    reason: transition.reason,
  };
}
