import { and, count, eq, isNull, notExists, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
import { contacts } from "../../db/schema/contacts.ts";
import { leads } from "../../db/schema/conversations.ts";
import { users } from "../../db/schema/users.ts";
import { alignContactWork } from "./contact-work.ts";
import { deleteKeys } from "./key-rows.ts";
import type { ContactRow } from "./present.ts";
import { getContact } from "./queries.ts";

/** Archives a contact without live leads; its interactions stay with it. Its status follows by the outbox. */
export async function archiveContact(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await getContact(ctx, id);
  const { companyId } = before;
  const its = and(eq(leads.companyId, companyId), eq(leads.contactId, id), isNull(leads.deletedAt));
  const deletedAt = ctx.now();
  const written = await commitWhile(
    ctx,
    sql`${isLive(before)} and ${notExists(
      ctx.db
        .select({ one: sql`1` })
        .from(leads)
        .where(its),
    )}`,
    [
      ctx.db
        .update(contacts)
        .set({ deletedAt, updatedAt: deletedAt, version: sql`${contacts.version} + 1` })
        .where(and(eq(contacts.companyId, companyId), eq(contacts.id, id), isNull(contacts.deletedAt)))
        .returning({ deletedAt: contacts.deletedAt }),
      deleteKeys(ctx, [id]),
      ctx.db
        .update(users)
        .set({ contactId: null })
        .where(and(eq(users.companyId, companyId), eq(users.contactId, id))),
      audit(ctx, { action: "archive", recordType: "contact", recordId: id, before }),
    ],
    [alignContactWork(id, "archived")],
  );
  if (written) return { id, deletedAt };
  const [left] = await ctx.db.select({ leads: count() }).from(leads).where(its);
  if (!left?.leads) throw notFound("Contact");
  throw new AppError("CONFLICT", "The contact still has live leads", left);
}

function isLive({ id, companyId }: ContactRow) {
  const c = contacts;
  return sql`exists (select 1 from ${c} where ${c.id} = ${id} and ${c.companyId} = ${companyId}
    and ${c.deletedAt} is null)`;
}
