import { iso } from "../../core/fields.ts";
import type { Address } from "../../db/schema/contacts.ts";
import type { DuplicateGroup } from "./list-duplicate-groups.ts";
import type { MergeOutcome } from "./merge-contacts.ts";
import { type MergeRow, undoUntil } from "./merge-journal.ts";
import type { FieldReport } from "./plan-merge.ts";
import { presentAddress, presentContact } from "./present.ts";
import type { Undone } from "./undo-merge.ts";

export function presentMerge(row: MergeRow) {
  return {
    id: row.id,
    primary_id: row.primaryId,
    secondary_ids: row.secondaryIds,
    fields: row.choices,
    merged_by: row.mergedBy,
    merged_by_id: row.mergedById,
    merged_at: iso(row.mergedAt),
    undo_until: iso(undoUntil(row)),
    undone_by: row.undoneBy,
    undone_by_id: row.undoneById,
    undone_at: iso(row.undoneAt),
  };
}

export function presentOutcome({ merge, contact, plan, moved, archivedIds }: MergeOutcome) {
  return {
    dry_run: merge === null,
    merge: merge && presentMerge(merge),
    contact: presentContact(contact),
    fields: plan.fields.map(presentField),
    moved,
    archived_ids: archivedIds,
    warnings: plan.warnings,
  };
}

function presentField({ field, value, from, alternatives }: FieldReport) {
  const told = (held: unknown) => (field === "address" && held ? presentAddress(held as Address) : held);
  return {
    field,
    value: told(value),
    from,
    alternatives: alternatives.map((other) => ({ contact_id: other.contactId, value: told(other.value) })),
  };
}

export function presentUndone({ merge, contacts }: Undone) {
  return { merge: presentMerge(merge), contacts: contacts.map(presentContact) };
}

export function presentGroup({ kind, key, score, reasons, contacts }: DuplicateGroup) {
  return { kind, key, score, reasons, contacts: contacts.map(presentContact) };
}
