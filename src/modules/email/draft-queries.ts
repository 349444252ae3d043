import { and, count, eq, getTableColumns, gte, isNull, lt } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { leads } from "../../db/schema/conversations.ts";
import { emailDrafts } from "../../db/schema/email.ts";
import { mails } from "../../db/schema/outgoing.ts";
import type { DraftQuery } from "./drafts.schemas.ts";

export type DraftRow = typeof emailDrafts.$inferSelect;

const withMail = {
  draft: getTableColumns(emailDrafts),
  lead: { firstName: leads.firstName, lastName: leads.lastName, email: leads.email },
  mail: {
    id: mails.id,
    toAddress: mails.toAddress,
    status: mails.status,
    deliveredAt: mails.deliveredAt,
    openedAt: mails.openedAt,
    clickedAt: mails.clickedAt,
    bouncedAt: mails.bouncedAt,
    bounceReason: mails.bounceReason,
    complainedAt: mails.complainedAt,
  },
};

export type DraftWithMail = {
  draft: DraftRow;
  lead: Pick<typeof leads.$inferSelect, "firstName" | "lastName" | "email"> | null;
  mail: Pick<typeof mails.$inferSelect, keyof typeof withMail.mail> | null;
};

export function visible(ctx: Context) {
  return and(
    inCompany(ctx, emailDrafts.companyId),
    inProperties(ctx, emailDrafts.propertyId),
    isNull(emailDrafts.deletedAt),
  );
}

/** Whether it has been handed over for sending; nobody can take it back or change it then. */
export function isOnItsWay({ status, mailId }: Pick<DraftRow, "status" | "mailId">): boolean {
  return status === "scheduled" && mailId !== null;
}

export async function getDraft(ctx: Context, id: string): Promise<DraftWithMail> {
  const rows = await withJoins(ctx).where(and(visible(ctx), eq(emailDrafts.id, id)));
  return only(rows, "E-mail draft");
}

/** The row as it is, archived or not; for work behind the scenes. */
export async function findDraft(ctx: Context, id: string): Promise<DraftRow | null> {
  const [draft] = await ctx.db
    .select()
    .from(emailDrafts)
    .where(and(eq(emailDrafts.companyId, ctx.companyId), eq(emailDrafts.id, id)));
  return draft ?? null;
}

export async function listDrafts(ctx: Context, query: DraftQuery): Promise<Paged<DraftWithMail>> {
  // Not a batch: there the drafts' and the mails' columns of one name would be one.
  const [rows, counted] = await Promise.all(draftPage(ctx, query));
  return pageOf(query, [rows, counted]);
}

/** The statements of the list: the page and the count of all that match. */
export function draftPage(ctx: Context, query: DraftQuery) {
  const d = emailDrafts;
  const where = and(
    visible(ctx),
    query.property_id ? eq(d.propertyId, query.property_id) : undefined,
    query.lead_id ? eq(d.leadId, query.lead_id) : undefined,
    query.conversation_id ? eq(d.conversationId, query.conversation_id) : undefined,
    query.status ? eq(d.status, query.status) : undefined,
    query.priority ? eq(d.priority, query.priority) : undefined,
    query.q ? contains(query.q, d.subject) : undefined,
    query.from ? gte(d.createdAt, query.from) : undefined,
    query.to ? lt(d.createdAt, query.to) : undefined,
  );
  const sorts = { created_at: d.createdAt, scheduled_for: d.scheduledFor, sent_at: d.sentAt };
  const page = withJoins(ctx)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", sorts, d.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(d).where(where)] as const;
}

function withJoins(ctx: Context) {
  return ctx.db
    .select(withMail)
    .from(emailDrafts)
    .leftJoin(leads, and(eq(leads.companyId, emailDrafts.companyId), eq(leads.id, emailDrafts.leadId)))
    .leftJoin(mails, and(eq(mails.companyId, emailDrafts.companyId), eq(mails.id, emailDrafts.mailId)));
}
