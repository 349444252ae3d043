import { and, asc, desc, eq, isNull, notExists, type SQL, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields, notFound } from "../../core/errors.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
import { contactMerges, contacts } from "../../db/schema/contacts.ts";
import { alignContactWork } from "./contact-work.ts";
import { requireRoom, toldOf } from "./draft-contact.ts";
import { deleteKeys, insertKeys } from "./key-rows.ts";
import { countMoves, type MergeRow, type Moved, rowOf } from "./merge-journal.ts";
import type { MergeDraft } from "./merge-schemas.ts";
import { countRecords, moveRecords, residents } from "./moved-records.ts";
import { badChoices, type MergePlan, overwrittenBy, planMerge } from "./plan-merge.ts";
import type { ContactRow } from "./present.ts";
import { getContact } from "./queries.ts";
import { requireAssignable } from "./require-assignable.ts";
import { theseRows } from "./these-rows.ts";
import { isAt } from "./update-contact.ts";

export type MergeOutcome = {
  /** Null for a dry run. */
  merge: MergeRow | null;
  contact: ContactRow;
  plan: MergePlan;
  moved: Moved;
  archivedIds: string[];
};

const mostTries = 5;

/**
 * Makes several contacts one, or tells what that would be. Everything is one write: the survivor, the journal, and
 * all that belonged to the others. A resident's or applicant's record is never overwritten: it can only live on as it
 * is. The same merge asked for again is answered, not made again.
 */
export async function mergeContacts(ctx: Context, draft: MergeDraft): Promise<MergeOutcome> {
  requireDistinct(draft);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const made = draft.dry_run ? null : await findMade(ctx, draft);
    if (made) return retell(ctx, made);
    const [primary, secondaries] = await findParties(ctx, draft);
    const plan = planMerge(primary, secondaries, draft.fields);
    requireRoom(plan.merged);
    await refuseOverwriting(ctx, draft, plan, primary);
    await requireAssignable(ctx, primary.assignedTo ?? plan.merged.assignedTo, plan.merged.assignedTo);
    const contact = { ...primary, ...plan.merged, version: primary.version + 1, updatedAt: ctx.now() };
    const outcome = { contact, plan, archivedIds: draft.secondary_ids };
    if (draft.dry_run)
      return { ...outcome, merge: null, moved: await countRecords(ctx, draft.secondary_ids) };
    const merge = await write(ctx, draft, [primary, ...secondaries], contact);
    if (merge) return { ...outcome, merge, moved: await countMoves(ctx, merge) };
  }
  throw new AppError("CONFLICT", "Others change these contacts just now; look again and merge then");
}

function requireDistinct({ primary_id, secondary_ids, fields }: MergeDraft): void {
  const ids = [primary_id, ...secondary_ids];
  const message = "takes part in the merge already";
  const twice = secondary_ids.flatMap((id, index) =>
    ids.indexOf(id) <= index
      ? [{ field: `secondary_ids.${index}`, message, steps: ["secondary_ids", index] }]
      : [],
  );
  const problems = [...twice, ...badChoices(fields, ids)];
  if (problems.length > 0) throw invalidFields(problems);
}

/** This very merge, where it was made and not undone. With other choices it is another one. */
async function findMade(
  ctx: Context,
  { primary_id, secondary_ids, fields }: MergeDraft,
): Promise<MergeRow | null> {
  const m = contactMerges;
  const [last] = await ctx.db
    .select()
    .from(m)
    .where(
      and(
        eq(m.companyId, ctx.companyId),
        eq(m.primaryId, primary_id),
        isNull(m.undoneAt),
        sql`${m.secondaryIds} = ${JSON.stringify(secondary_ids.toSorted())}`,
      ),
    )
    .orderBy(desc(m.mergedAt))
    .limit(1);
  return last && told(last.choices) === told(fields) ? last : null;
}

function told(choices: MergeDraft["fields"]): string {
  return JSON.stringify(Object.entries(choices).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function retell(ctx: Context, merge: MergeRow): Promise<MergeOutcome> {
  const [primary, ...secondaries] = (merge.before ?? []).map(rowOf);
  const contact = await getContact(ctx, merge.primaryId);
  const plan = planMerge(primary ?? contact, secondaries, merge.choices);
  return { merge, contact, plan, moved: await countMoves(ctx, merge), archivedIds: merge.secondaryIds };
}

async function findParties(
  ctx: Context,
  { primary_id, secondary_ids }: MergeDraft,
): Promise<[ContactRow, ContactRow[]]> {
  const ids = [primary_id, ...secondary_ids];
  const rows = await ctx.db
    .select()
    .from(contacts)
    .where(and(theseRows(contacts, ctx.companyId, ids), isNull(contacts.deletedAt)))
    .orderBy(asc(contacts.id));
  const [primary, ...secondaries] = ids.map((id) => {
    const row = rows.find((contact) => contact.id === id);
    if (!row) throw notFound("Contact");
    return row;
  });
  if (!primary) throw notFound("Contact");
  return [primary, secondaries];
}

async function refuseOverwriting(
  ctx: Context,
  draft: MergeDraft,
  plan: MergePlan,
  primary: ContactRow,
): Promise<void> {
  const ids = (await residents(ctx, [draft.primary_id, ...draft.secondary_ids])).map(({ id }) => id ?? "");
  const lost = draft.secondary_ids.filter((id) => ids.includes(id));
  if (lost.length > 0)
    throw new AppError("CONFLICT", "A resident or applicant cannot become part of another contact", {
      protected_ids: lost,
    });
  const overwritten = ids.includes(primary.id) ? overwrittenBy(draft.fields, plan, primary) : [];
  if (overwritten.length > 0)
    throw new AppError("CONFLICT", "What a resident's or applicant's record says is not overwritten", {
      protected_ids: [primary.id],
      fields: overwritten,
    });
}

/** Null when one of the contacts is no longer as it was read. */
async function write(
  ctx: Context,
  draft: MergeDraft,
  rows: ContactRow[],
  after: ContactRow,
): Promise<MergeRow | null> {
  const { primary_id: primaryId, secondary_ids: ids } = draft;
  const merge = journalOf(ctx, draft, rows, after);
  const { version, updatedAt, lastContacted } = after;
  const written = await commitWhile(
    ctx,
    stillSo(ctx, draft, rows),
    [
      ctx.db.insert(contactMerges).values(merge),
      ctx.db
        .update(contacts)
        .set({ ...toldOf(after), lastContacted, version, updatedAt })
        .where(and(eq(contacts.companyId, ctx.companyId), eq(contacts.id, primaryId))),
      ctx.db
        .update(contacts)
        .set({ deletedAt: merge.mergedAt, mergedInto: primaryId, version: sql`${contacts.version} + 1` })
        .where(theseRows(contacts, ctx.companyId, ids)),
      deleteKeys(ctx, [primaryId, ...ids]),
      insertKeys(ctx, [after]),
      ...moveRecords(ctx, merge.id, ids, primaryId),
      audit(ctx, { action: "merge", recordType: "contact", recordId: primaryId, before: rows, after: draft }),
    ],
    rows.map(({ id }) => alignContactWork(id, `merge ${merge.id}`)),
  );
  return written && merge;
}

function journalOf(ctx: Context, draft: MergeDraft, before: ContactRow[], after: ContactRow): MergeRow {
  return {
    id: ctx.newId(),
    companyId: ctx.companyId,
    primaryId: draft.primary_id,
    secondaryIds: draft.secondary_ids.toSorted(),
    choices: draft.fields,
    before,
    after,
    mergedBy: ctx.actor.name,
    mergedById: ctx.actor.id,
    mergedAt: ctx.now(),
    undoneBy: null,
    undoneById: null,
    undoneAt: null,
  };
}

function stillSo(ctx: Context, { secondary_ids }: MergeDraft, rows: ContactRow[]): SQL {
  return sql`${sql.join(rows.map(isAt), sql` and `)} and ${notExists(residents(ctx, secondary_ids))}`;
}
