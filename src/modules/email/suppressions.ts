import { and, count, eq, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { emailSuppressions } from "../../db/schema/email.ts";
import type { SuppressionInput, SuppressionQuery } from "./suppressions.schemas.ts";

export type SuppressionRow = typeof emailSuppressions.$inferSelect;

function visible(ctx: Context) {
  return and(inCompany(ctx, emailSuppressions.companyId), isNull(emailSuppressions.deletedAt));
}

export async function listSuppressions(
  ctx: Context,
  query: SuppressionQuery,
): Promise<Paged<SuppressionRow>> {
  return pageOf(query, await ctx.db.batch(suppressionPage(ctx, query)));
}

/** The statements of the list: the page and the count of all that match. */
export function suppressionPage(ctx: Context, query: SuppressionQuery) {
  const s = emailSuppressions;
  const where = and(
    visible(ctx),
    query.email ? eq(s.address, query.email) : undefined,
    query.reason ? eq(s.reason, query.reason) : undefined,
    query.q ? contains(query.q, s.address) : undefined,
  );
  const page = ctx.db
    .select()
    .from(s)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", { created_at: s.createdAt, email: s.address }, s.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(s).where(where)] as const;
}

export async function addSuppression(ctx: Context, input: SuppressionInput): Promise<SuppressionRow> {
  const { id, insert } = suppressionInsert(ctx, { address: input.email, reason: "manual", note: input.note });
  const [rows] = await commit(ctx, [
    insert.returning(),
    audit(ctx, { action: "create", recordType: "email_suppression", recordId: id, after: input }),
  ]).catch((error: unknown) => {
    if (isDuplicate(error, "email_suppressions.address"))
      throw new AppError("DUPLICATE_RECORD", "This address has been suppressed by hand already");
    throw error;
  });
  return only(rows, "Suppression");
}

/** The address may be written to again; for somebody who asked for it, or whose mailbox is well again. */
export async function removeSuppression(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const mine = and(visible(ctx), eq(emailSuppressions.id, id));
  const before = only(await ctx.db.select().from(emailSuppressions).where(mine), "Suppression");
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db.update(emailSuppressions).set({ deletedAt }).where(mine),
      audit(ctx, { action: "archive", recordType: "email_suppression", recordId: id, before }),
    ],
    [],
    () => notFound("Suppression"),
  );
  return { id, deletedAt };
}

type NewSuppression = Pick<SuppressionRow, "address" | "reason"> & {
  note?: string | null | undefined;
  mailId?: string | null;
};

/** The row of a suppression; the same address for the same reason is a duplicate. */
export function suppressionInsert(ctx: Context, { address, reason, note, mailId }: NewSuppression) {
  const id = ctx.newId();
  const insert = ctx.db.insert(emailSuppressions).values({
    id,
    companyId: ctx.companyId,
    address: address.toLowerCase(),
    reason,
    note: note ?? null,
    mailId: mailId ?? null,
    createdAt: ctx.now(),
  });
  return { id, insert };
}
