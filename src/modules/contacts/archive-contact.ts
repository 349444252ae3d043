import { and, eq, isNull, sql } from "drizzle-orm";
import { commitArchive } from "../../core/archive.ts";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { contacts } from "../../db/schema/contacts.ts";
import { leads } from "../../db/schema/conversations.ts";
import { users } from "../../db/schema/users.ts";
import { alignContactWork } from "./contact-work.ts";
import { deleteKeys } from "./key-rows.ts";
import { getContact } from "./queries.ts";

/** Archives a contact without live leads; its interactions stay with it. Its status follows by the outbox. */
export async function archiveContact(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await getContact(ctx, id);
  const { companyId } = before;
  const itself = and(eq(contacts.companyId, companyId), eq(contacts.id, id), isNull(contacts.deletedAt));
  const its = and(eq(leads.companyId, companyId), eq(leads.contactId, id), isNull(leads.deletedAt));
  const deletedAt = ctx.now();
  await commitArchive(
    ctx,
    {
      what: "Contact",
      live: ctx.db.$count(contacts, itself),
      children: { leads: ctx.db.$count(leads, its) },
    },
    [
      ctx.db
        .update(contacts)
        .set({ deletedAt, updatedAt: deletedAt, version: sql`${contacts.version} + 1` })
        .where(itself),
      deleteKeys(ctx, [id]),
      ctx.db
        .update(users)
        .set({ contactId: null })
        .where(and(eq(users.companyId, companyId), eq(users.contactId, id))),
      audit(ctx, { action: "archive", recordType: "contact", recordId: id, before }),
    ],
    [alignContactWork(id, "archived")],
  );
  return { id, deletedAt };
}
