import { and, count, eq, getTableColumns, gte, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { faqAskers, faqs } from "../../db/schema/knowledge.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { getManager } from "../property-managers/queries.ts";
import { byDeadline, overdueIs, statusOf } from "../status/status-join.ts";
import type { FaqRow, FaqWithStatus } from "./present.ts";
import type { FaqQuery } from "./schemas.ts";

/** FAQs of the properties the caller may see. */
export function visible(ctx: Context): SQL | undefined {
  return and(inCompany(ctx, faqs.companyId), inProperties(ctx, faqs.propertyId), isNull(faqs.deletedAt));
}

const itsStatus = statusOf("faq", faqs);

const askedCount = sql<number>`(select count(*) from ${faqAskers}
  where ${faqAskers.companyId} = ${faqs.companyId} and ${faqAskers.faqId} = ${faqs.id})`;

const withStatus = { faq: getTableColumns(faqs), slaDeadline: statusEntities.slaDeadline, askedCount };

/** The row alone, as far as the caller may see it. */
export async function findFaq(ctx: Context, id: string): Promise<FaqRow> {
  const rows = await ctx.db
    .select()
    .from(faqs)
    .where(and(visible(ctx), eq(faqs.id, id)));
  return only(rows, "FAQ");
}

export async function getFaq(ctx: Context, id: string): Promise<FaqWithStatus> {
  const rows = await ctx.db
    .select(withStatus)
    .from(faqs)
    .leftJoin(statusEntities, itsStatus)
    .where(and(visible(ctx), eq(faqs.id, id)));
  return { ...only(rows, "FAQ"), now: ctx.now() };
}

export async function listFaqs(ctx: Context, query: FaqQuery): Promise<Paged<FaqWithStatus>> {
  const [rows, counted] = await ctx.db.batch(faqPage(ctx, query));
  const now = ctx.now();
  return pageOf(query, [rows.map((row) => ({ ...row, now })), counted]);
}

export async function listAssignedFaqs(
  ctx: Context,
  managerId: string,
  query: Omit<FaqQuery, "assigned_to">,
): Promise<Paged<FaqWithStatus>> {
  await getManager(ctx, managerId);
  return listFaqs(ctx, { ...query, assigned_to: managerId });
}

/** The statements of the list: the page and the count of all that match. */
export function faqPage(ctx: Context, query: FaqQuery) {
  const where = and(
    visible(ctx),
    query.property_id ? eq(faqs.propertyId, query.property_id) : undefined,
    query.status ? eq(faqs.status, query.status) : undefined,
    query.assigned_to ? eq(faqs.assignedTo, query.assigned_to) : undefined,
    query.category ? eq(faqs.category, query.category) : undefined,
    query.source_type ? eq(faqs.sourceType, query.source_type) : undefined,
    query.conversation_id ? eq(faqs.conversationId, query.conversation_id) : undefined,
    query.q ? contains(query.q, faqs.question, faqs.answer) : undefined,
    query.from ? gte(faqs.createdAt, query.from) : undefined,
    query.to ? lt(faqs.createdAt, query.to) : undefined,
    overdueIs(ctx, query.overdue),
  );
  const sorts = {
    created_at: faqs.createdAt,
    updated_at: faqs.updatedAt,
    asked_count: askedCount,
    sla_deadline: byDeadline,
  };
  const page = ctx.db
    .select(withStatus)
    .from(faqs)
    .leftJoin(statusEntities, itsStatus)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", sorts, faqs.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  const counted = ctx.db
    .select({ total: count() })
    .from(faqs)
    .leftJoin(statusEntities, itsStatus)
    .where(where);
  return [page, counted] as const;
}
