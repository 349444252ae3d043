import { and, desc, eq, exists, gt, isNull, type SQL, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
import { contactMerges, contacts } from "../../db/schema/contacts.ts";
import { alignContactWork } from "./contact-work.ts";
import { toldOf } from "./draft-contact.ts";
import { deleteKeys, insertKeys } from "./key-rows.ts";
import { getMerge, type MergeRow, rowOf, undoUntil } from "./merge-journal.ts";
import { listStrays, moveBack, nothingStrayed } from "./moved-records.ts";
import { type MergedRows, planUndo, type UndoConflict } from "./plan-undo.ts";
import type { ContactRow } from "./present.ts";
import { theseRows } from "./these-rows.ts";
import { isAt } from "./update-contact.ts";

export type Undone = { merge: MergeRow; contacts: ContactRow[] };

const mostTries = 5;

/**
 * Takes a merge back within its thirty days: every contact as it was, every record with whom it was. What came to the
 * survivor since stays with it. Refuses, naming each, where something the merge made has been changed since. Undone
 * again it only tells.
 */
export async function undoMerge(ctx: Context, id: string): Promise<Undone> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const merge = await getMerge(ctx, id);
    const ids = [merge.primaryId, ...merge.secondaryIds];
    if (merge.undoneAt) return { merge, contacts: await findRows(ctx, ids) };
    if (!merge.before || ctx.now() > undoUntil(merge))
      throw new AppError("CONFLICT", "A merge can be undone for 30 days", {
        undo_until: undoUntil(merge).toISOString(),
      });
    const rows = rowsOf(merge, await findRows(ctx, ids));
    const { restored, conflicts } = planUndo(rows);
    // All that was moved has gone on with a survivor that was merged further.
    const strays = rows.now?.deletedAt ? [] : await listStrays(ctx, id, merge.primaryId);
    refuse([...conflicts, ...(await laterOf(ctx, merge)), ...strays.map(strayed)]);
    if (rows.now && (await write(ctx, merge, rows, { ...rows.now, ...restored })))
      return { merge: await getMerge(ctx, id), contacts: await findRows(ctx, ids) };
  }
  throw new AppError("CONFLICT", "Others change these contacts just now; try again");
}

/** Live or archived, in the order of the ids. */
async function findRows(ctx: Context, ids: string[]): Promise<ContactRow[]> {
  const rows = await ctx.db
    .select()
    .from(contacts)
    .where(theseRows(contacts, ctx.companyId, ids));
  return rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

function rowsOf(merge: MergeRow, present: ContactRow[]): MergedRows {
  const [before, ...secondaries] = (merge.before ?? []).map(rowOf);
  if (!before) throw new Error(`merge ${merge.id} has no survivor`);
  const now = (id: string) => present.find((row) => row.id === id);
  return {
    before,
    after: rowOf(merge.after),
    now: now(before.id),
    secondaries: secondaries.map((row) => ({ before: row, now: now(row.id) })),
  };
}

/** A later merge was planned on what this one made, and has to be taken back first. */
async function laterOf(ctx: Context, { primaryId, id }: MergeRow): Promise<UndoConflict[]> {
  const m = contactMerges;
  const later = await ctx.db
    .select({ id: m.id })
    .from(m)
    .where(and(eq(m.companyId, ctx.companyId), eq(m.primaryId, primaryId), gt(m.id, id), isNull(m.undoneAt)))
    .orderBy(desc(m.id))
    .limit(1);
  return later.map((merge) => ({
    contactId: primaryId,
    field: "contact",
    message: `was merged again since; undo merge ${merge.id} first`,
  }));
}

function strayed({
  kind,
  recordId,
  fromContactId,
}: {
  kind: string;
  recordId: string;
  fromContactId: string;
}) {
  return {
    contactId: fromContactId,
    field: kind,
    message: `${kind} ${recordId} has gone to another contact since`,
  };
}

function refuse(conflicts: UndoConflict[]): void {
  if (conflicts.length === 0) return;
  const named = conflicts.map(({ field, message }) => `${field} ${message}`).join("; ");
  throw new AppError("CONFLICT", `The merge cannot be undone: ${named}`.slice(0, 500), {
    conflicts: conflicts.map(({ contactId, field, message }) => ({ contact_id: contactId, field, message })),
  });
}

/** False when something changed since it was read. */
async function write(
  ctx: Context,
  merge: MergeRow,
  { secondaries }: MergedRows,
  primary: ContactRow,
): Promise<boolean> {
  const now = ctx.now();
  const back = secondaries.map(({ before }) => before);
  const ids = back.map(({ id }) => id);
  const { id, companyId, version, lastContacted } = primary;
  const written = await commitWhile(
    ctx,
    stillSo(ctx, merge, primary, ids),
    [
      ctx.db
        .update(contactMerges)
        .set({ undoneAt: now, undoneBy: ctx.actor.name, undoneById: ctx.actor.id })
        .where(eq(contactMerges.id, merge.id)),
      ctx.db
        .update(contacts)
        .set({ ...toldOf(primary), lastContacted, version: version + 1, updatedAt: now })
        .where(and(eq(contacts.companyId, companyId), eq(contacts.id, id))),
      ctx.db
        .update(contacts)
        .set({ deletedAt: null, mergedInto: null, version: sql`${contacts.version} + 1` })
        .where(theseRows(contacts, companyId, ids)),
      deleteKeys(ctx, [id]),
      insertKeys(ctx, [primary, ...back]),
      ...moveBack(ctx, merge.id),
      audit(ctx, {
        action: "undo_merge",
        recordType: "contact",
        recordId: id,
        after: { merge_id: merge.id, restored_ids: ids },
      }),
    ],
    [id, ...ids].map((contactId) => alignContactWork(contactId, `undo ${merge.id}`)),
  );
  return written !== null;
}

function stillSo(ctx: Context, merge: MergeRow, primary: ContactRow, ids: string[]): SQL {
  const { companyId } = ctx;
  const merged = ctx.db
    .select({ one: sql`1` })
    .from(contactMerges)
    .where(and(eq(contactMerges.id, merge.id), isNull(contactMerges.undoneAt)));
  const c = contacts;
  const apart = sql`(select count(*) from ${c} where ${theseRows(c, companyId, ids)} and ${c.mergedInto} = ${primary.id}) = ${ids.length}`;
  const held = nothingStrayed(ctx, merge.id, primary.id);
  return sql`${exists(merged)} and ${isAt(primary)} and ${apart} and ${held}`;
}
