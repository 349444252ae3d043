import { and, count, eq, sql } from "drizzle-orm";
import { notFound } from "../../core/errors.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { databaseFor, openDb } from "../../db/client.ts";
import { mails } from "../../db/schema/outgoing.ts";
import { mimeMessage } from "../email/mime-message.ts";
import type { OutboxQuery } from "./schemas.ts";

/** Every mail that left or would have left, newest first: what a person's mailbox would show. */
export async function listMails(env: Env, query: OutboxQuery): Promise<Paged<typeof mails.$inferSelect>> {
  const db = openDb(databaseFor(env, "").withSession("first-primary"));
  const where = and(
    query.company_id ? eq(mails.companyId, query.company_id) : undefined,
    query.to ? eq(sql`lower(${mails.toAddress})`, query.to.toLowerCase()) : undefined,
  );
  const [rows, counted] = await db.batch([
    db
      .select()
      .from(mails)
      .where(where)
      .orderBy(...orderBy(query.sort, "-created_at", { created_at: mails.createdAt }, mails.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    db.select({ total: count() }).from(mails).where(where),
  ]);
  return pageOf(query, [rows, counted]);
}

/** A mail with all its parts as it would travel. */
export async function getMessage(env: Env, id: string): Promise<string> {
  const db = openDb(databaseFor(env, "").withSession("first-primary"));
  const [mail] = await db.select().from(mails).where(eq(mails.id, id));
  if (!mail) throw notFound("Mail");
  return mimeMessage(mail);
}
