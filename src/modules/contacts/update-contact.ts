import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
import { only, staleVersion } from "../../core/scope.ts";
import { contacts } from "../../db/schema/contacts.ts";
import { alignContactWork } from "./contact-work.ts";
import { changeContact, requireRoom, type Told } from "./draft-contact.ts";
import { deleteKeys, insertKeys } from "./key-rows.ts";
import type { ContactRow } from "./present.ts";
import { getContact } from "./queries.ts";
import { requireAssignable } from "./require-assignable.ts";
import type { ContactChanges } from "./schemas.ts";

const mostTries = 5;

/** Changes what is known of a contact; without a version the change is made to whatever the contact is by then. */
export async function updateContact(
  ctx: Context,
  id: string,
  draft: ContactChanges,
  seenVersion?: number,
): Promise<ContactRow> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const before = await getContact(ctx, id);
    if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
    requireStatusKept(before, draft);
    const told = changeContact(before, draft, ctx.now());
    requireSomebody(told);
    requireRoom(told);
    await requireAssignable(ctx, before.assignedTo, told.assignedTo);
    const after = await saveContact(ctx, before, told, draft);
    if (after) return after;
  }
  throw staleVersion();
}

/** Writes a contact with its keys, unless it has changed since it was read: then null. */
async function saveContact(
  ctx: Context,
  before: ContactRow,
  told: Told,
  said: ContactChanges,
): Promise<ContactRow | null> {
  const write = contactWrite(ctx, before, told, said);
  const written = await commitWhile(ctx, isAt(before), write.statements, write.work);
  return written && only(written[0], "Contact");
}

/** What is to be written for a contact that is told anew, and what must follow. */
export function contactWrite(ctx: Context, before: ContactRow, told: Told, said: unknown) {
  const { id, companyId } = before;
  const after = { ...before, ...told, version: before.version + 1, updatedAt: ctx.now() };
  const { version, updatedAt } = after;
  const isOther = told.displayName !== before.displayName || told.assignedTo !== before.assignedTo;
  const update = ctx.db
    .update(contacts)
    .set({ ...told, version, updatedAt })
    .where(and(eq(contacts.companyId, companyId), eq(contacts.id, id)))
    .returning();
  return {
    statements: [
      update,
      deleteKeys(ctx, [id]),
      insertKeys(ctx, [after]),
      audit(ctx, { action: "update", recordType: "contact", recordId: id, before, after: said }),
    ] as const,
    work: isOther ? [alignContactWork(id, `v${version}`)] : [],
  };
}

/** The contact is live and as it was read. */
export function isAt({ id, companyId, version }: ContactRow) {
  const c = contacts;
  return sql`exists (select 1 from ${c} where ${c.id} = ${id} and ${c.companyId} = ${companyId}
    and ${c.version} = ${version} and ${c.deletedAt} is null)`;
}

function requireStatusKept(before: ContactRow, { relationship_status: status }: ContactChanges): void {
  if (status !== undefined && status !== before.relationshipStatus)
    throw invalidFields([
      { field: "relationship_status", message: "changes by PUT /api/contacts/{contact_id}/status" },
    ]);
}

function requireSomebody({ firstName, lastName, companyName, emails, phones }: Told): void {
  const isSomebody = [firstName, lastName, companyName, emails[0], phones[0]].some(Boolean);
  if (!isSomebody)
    throw invalidFields([
      { field: "__root__", message: "a contact needs a name, an e-mail address or a phone number" },
    ]);
}
