import { displayNameOf } from "./contact-values.ts";
import { toldOf } from "./draft-contact.ts";
import type { Merged } from "./plan-merge.ts";
import type { ContactRow } from "./present.ts";

/** What stands in the way of an undo: a field somebody has changed since, or a record that has gone elsewhere. */
export type UndoConflict = { contactId: string; field: string; message: string };

export type MergedRows = {
  /** The survivor before the merge, right after it, and now. */
  before: ContactRow;
  after: ContactRow;
  now: ContactRow | undefined;
  /** Those that were merged into it: as they were, and as they are. */
  secondaries: { before: ContactRow; now: ContactRow | undefined }[];
};

const fields = {
  first_name: "firstName",
  last_name: "lastName",
  company_name: "companyName",
  emails: "emails",
  phones: "phones",
  address: "address",
  tags: "tags",
  notes: "notes",
  custom_fields: "customFields",
  source: "source",
  assigned_to: "assignedTo",
} as const;

/** The survivor as it is to be again. What was changed since the merge and has nothing to do with it stays changed. */
export function planUndo(rows: MergedRows): { restored: Merged; conflicts: UndoConflict[] } {
  const { before, after, now } = rows;
  const gone = goneOf(rows);
  if (!now || gone.length > 0) return { restored: before, conflicts: gone };
  const entries = Object.entries(fields).map(([field, column]) => {
    const isMerged = !same(before[column], after[column]);
    const isEdited = !same(now[column], after[column]) && !same(now[column], before[column]);
    return { field, column, isMerged, isEdited };
  });
  const restored = {
    ...toldOf(now),
    ...Object.fromEntries(
      entries.filter(({ isMerged }) => isMerged).map(({ column }) => [column, before[column]]),
    ),
    lastContacted: same(now.lastContacted, after.lastContacted) ? before.lastContacted : now.lastContacted,
  };
  return {
    restored: { ...restored, displayName: displayNameOf(restored) },
    conflicts: entries
      .filter(({ isMerged, isEdited }) => isMerged && isEdited)
      .map(({ field }) => ({ contactId: now.id, field, message: "has been changed since the merge" })),
  };
}

function goneOf({ before, now, secondaries }: MergedRows): UndoConflict[] {
  if (!now || now.deletedAt) {
    const message = now?.mergedInto ? "was merged into another contact since" : "was archived since";
    return [{ contactId: before.id, field: "contact", message }];
  }
  return secondaries
    .filter((secondary) => secondary.now?.mergedInto !== before.id)
    .map((secondary) => ({
      contactId: secondary.before.id,
      field: "contact",
      message: "is no longer as the merge left it",
    }));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
