import { displayNameOf, tidyValues } from "./contact-values.ts";
import { toldOf, uniqueTags } from "./draft-contact.ts";
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

/**
 * The survivor as it is to be again. What was changed since the merge and has nothing to do with it stays changed, and
 * what was added to a list since stays in it.
 */
export function planUndo(rows: MergedRows): { restored: Merged; conflicts: UndoConflict[] } {
  const { before, after, now } = rows;
  const gone = goneOf(rows);
  if (!now || gone.length > 0) return { restored: before, conflicts: gone };
  const original = { ...before, ...listsWithout(before, after, now) };
  const isEdited = (column: (typeof fields)[keyof typeof fields]) =>
    original[column] === before[column] &&
    !same(now[column], after[column]) &&
    !same(now[column], before[column]);
  const merged = Object.entries(fields).filter(([, column]) => !same(before[column], after[column]));
  const restored = {
    ...toldOf(now),
    ...Object.fromEntries(merged.map(([, column]) => [column, original[column]])),
    lastContacted: same(now.lastContacted, after.lastContacted) ? before.lastContacted : now.lastContacted,
  };
  return {
    restored: { ...restored, displayName: displayNameOf(restored) },
    conflicts: merged
      .filter(([, column]) => isEdited(column))
      .map(([field]) => ({ contactId: now.id, field, message: "has been changed since the merge" })),
  };
}

type Lists = Pick<ContactRow, "emails" | "phones" | "tags" | "customFields">;

/** The lists to which something was added since the merge, and only that: as they were before it, with what was added. */
function listsWithout(before: ContactRow, after: ContactRow, now: ContactRow): Partial<Lists> {
  const emails = addedTo(after.emails, now.emails);
  const phones = addedTo(after.phones, now.phones);
  const tags = addedTo(after.tags, now.tags);
  const custom = addedTo(Object.entries(after.customFields), Object.entries(now.customFields));
  return {
    ...(emails ? { emails: tidyValues([...before.emails, ...emails]) } : {}),
    ...(phones ? { phones: tidyValues([...before.phones, ...phones]) } : {}),
    ...(tags ? { tags: uniqueTags([...before.tags, ...tags]) } : {}),
    ...(custom ? { customFields: { ...before.customFields, ...Object.fromEntries(custom) } } : {}),
  };
}

/** Null where nothing was added, or something that was there is gone or another. */
function addedTo<Item>(then: Item[], now: Item[]): Item[] | null {
  const isIn = (list: Item[]) => {
    const told = new Set(list.map((item) => JSON.stringify(item)));
    return (item: Item) => told.has(JSON.stringify(item));
  };
  const known = isIn(then);
  const added = now.filter((item) => !known(item));
  return added.length > 0 && then.every(isIn(now)) ? added : null;
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
