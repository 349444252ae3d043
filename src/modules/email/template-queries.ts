import { and, count, eq, isNull, or } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { emailTemplates } from "../../db/schema/email.ts";
import type { TemplateQuery } from "./templates.schemas.ts";

export type TemplateRow = typeof emailTemplates.$inferSelect;

/** The company's own, and those of the properties the caller may see. */
export function visible(ctx: Context) {
  const t = emailTemplates;
  const assigned = inProperties(ctx, t.propertyId);
  return and(
    inCompany(ctx, t.companyId),
    assigned ? or(isNull(t.propertyId), assigned) : undefined,
    isNull(t.deletedAt),
  );
}

export async function getTemplate(ctx: Context, id: string): Promise<TemplateRow> {
  const rows = await ctx.db
    .select()
    .from(emailTemplates)
    .where(and(visible(ctx), eq(emailTemplates.id, id)));
  return only(rows, "E-mail template");
}

export async function listTemplates(ctx: Context, query: TemplateQuery): Promise<Paged<TemplateRow>> {
  return pageOf(query, await ctx.db.batch(templatePage(ctx, query)));
}

/** The statements of the list: the page and the count of all that match. */
export function templatePage(ctx: Context, query: TemplateQuery) {
  const t = emailTemplates;
  const where = and(
    visible(ctx),
    query.property_id ? or(isNull(t.propertyId), eq(t.propertyId, query.property_id)) : undefined,
    query.q ? contains(query.q, t.name, t.subject) : undefined,
  );
  const page = ctx.db
    .select()
    .from(t)
    .where(where)
    .orderBy(...orderBy(query.sort, "name", { name: t.name, created_at: t.createdAt }, t.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(t).where(where)] as const;
}
