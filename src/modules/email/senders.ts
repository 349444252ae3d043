import { and, asc, count, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { offsetOf, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only, requireWritable, staleVersion } from "../../core/scope.ts";
import { emailSenders } from "../../db/schema/email.ts";
import { getProperty } from "../properties/queries.ts";
import type { SenderQuery, SenderSetting } from "./senders.schemas.ts";

export type SenderRow = typeof emailSenders.$inferSelect;
export type Sender = Pick<SenderRow, "fromAddress" | "fromName" | "replyTo">;

/** In whose name a property's mails leave; null where they leave in ours. */
export async function findSender(ctx: Context, propertyId: string | null): Promise<Sender | null> {
  if (propertyId === null) return null;
  const [sender] = await ctx.db
    .select()
    .from(emailSenders)
    .where(and(eq(emailSenders.companyId, ctx.companyId), eq(emailSenders.propertyId, propertyId)));
  return sender ?? null;
}

export async function listSenders(ctx: Context, query: SenderQuery): Promise<Paged<SenderRow>> {
  const where = and(inCompany(ctx, emailSenders.companyId), inProperties(ctx, emailSenders.propertyId));
  const found = await ctx.db.batch([
    ctx.db
      .select()
      .from(emailSenders)
      .where(where)
      .orderBy(asc(emailSenders.propertyId))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(emailSenders).where(where),
  ]);
  return pageOf(query, found);
}

export async function getSender(ctx: Context, propertyId: string): Promise<SenderRow> {
  await getProperty(ctx, propertyId);
  const rows = await ctx.db
    .select()
    .from(emailSenders)
    .where(and(inCompany(ctx, emailSenders.companyId), eq(emailSenders.propertyId, propertyId)));
  return only(rows, "Sender");
}

/** Gives a property's mails another sender. The vendor sends only from addresses or domains it has verified. */
export async function setSender(
  ctx: Context,
  propertyId: string,
  input: SenderSetting,
  seenVersion?: number,
): Promise<SenderRow> {
  const { companyId } = await getProperty(ctx, propertyId);
  requireWritable(ctx, propertyId);
  const before = await findSenderRow(ctx, propertyId);
  if (seenVersion !== undefined && before?.version !== seenVersion) throw staleVersion();
  const row = {
    fromAddress: input.from_address,
    fromName: input.from_name ?? null,
    replyTo: input.reply_to ?? null,
    version: (before?.version ?? 0) + 1,
    updatedAt: ctx.now(),
  };
  const [rows] = await commitChange(ctx, [
    ctx.db
      .insert(emailSenders)
      .values({ companyId, propertyId, ...row })
      .onConflictDoUpdate({
        target: [emailSenders.companyId, emailSenders.propertyId],
        set: row,
        setWhere: eq(emailSenders.version, before?.version ?? 0),
      })
      .returning(),
    audit(ctx, {
      action: "update",
      recordType: "email_sender",
      recordId: propertyId,
      companyId,
      before,
      after: input,
    }),
  ]);
  const saved = rows[0];
  if (!saved) throw staleVersion();
  return saved;
}

/** Mails leave in our name again. */
export async function removeSender(
  ctx: Context,
  propertyId: string,
): Promise<{ id: string; deletedAt: Date }> {
  const before = await getSender(ctx, propertyId);
  requireWritable(ctx, propertyId);
  await commitChange(
    ctx,
    [
      ctx.db
        .delete(emailSenders)
        .where(and(eq(emailSenders.companyId, before.companyId), eq(emailSenders.propertyId, propertyId))),
      audit(ctx, {
        action: "archive",
        recordType: "email_sender",
        recordId: propertyId,
        companyId: before.companyId,
        before,
      }),
    ],
    [],
    () => notFound("Sender"),
  );
  return { id: propertyId, deletedAt: ctx.now() };
}

async function findSenderRow(ctx: Context, propertyId: string): Promise<SenderRow | null> {
  const [row] = await ctx.db
    .select()
    .from(emailSenders)
    .where(and(inCompany(ctx, emailSenders.companyId), eq(emailSenders.propertyId, propertyId)));
  return row ?? null;
}
