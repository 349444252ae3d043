import { and, count, desc, eq, gte, isNull, lt, type SQL } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { orderBy } from "../../core/page.ts";
import { inCompany, only } from "../../core/scope.ts";
import { contactInteractions, contacts } from "../../db/schema/contacts.ts";
import { fold } from "./contact-keys.ts";
import { foundBy, heldBy } from "./key-rows.ts";
import type { ContactRow, InteractionRow, Sliced } from "./present.ts";
import type { ContactQuery, SearchQuery, Slice } from "./schemas.ts";

const c = contacts;

/** Live contacts of the caller's company; whoever may see contacts sees all of them. */
export function live(ctx: Context): SQL | undefined {
  return and(inCompany(ctx, c.companyId), isNull(c.deletedAt));
}

export async function getContact(ctx: Context, id: string): Promise<ContactRow> {
  const rows = await ctx.db
    .select()
    .from(c)
    .where(and(live(ctx), eq(c.id, id)));
  return only(rows, "Contact");
}

export async function listContacts(ctx: Context, query: ContactQuery): Promise<Sliced<ContactRow>> {
  return slice(query, await ctx.db.batch(contactPage(ctx, query)));
}

/** People by any part of their name, address or number, in alphabetical order. */
export async function searchContacts(ctx: Context, query: SearchQuery): Promise<Sliced<ContactRow>> {
  return slice(query, await ctx.db.batch(contactPage(ctx, { ...query, sort: "display_name" })));
}

/** The statements of the list: the page and the count of all that match. */
export function contactPage(ctx: Context, query: ContactQuery) {
  const where = and(live(ctx), ...filters(query), byKeys(ctx, query));
  const sorts = {
    created_at: c.createdAt,
    updated_at: c.updatedAt,
    display_name: c.displayName,
    last_contacted: c.lastContacted,
  };
  const page = ctx.db
    .select()
    .from(c)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", sorts, c.id))
    .limit(query.limit)
    .offset(query.skip);
  return [page, ctx.db.select({ total: count() }).from(c).where(where)] as const;
}

function filters(query: ContactQuery): (SQL | undefined)[] {
  return [
    query.relationship_status && eq(c.relationshipStatus, query.relationship_status),
    query.lifecycle_stage && eq(c.lifecycleStage, query.lifecycle_stage),
    query.assigned_to ? eq(c.assignedTo, query.assigned_to) : undefined,
    query.from && gte(c.createdAt, query.from),
    query.to && lt(c.createdAt, query.to),
  ];
}

function byKeys(ctx: Context, { q, email, phone, tag }: ContactQuery): SQL | undefined {
  if (!q && !email && !phone && !tag) return undefined;
  const companyId = requireCompany(ctx);
  return and(
    q ? foundBy(companyId, q) : undefined,
    email ? heldBy(companyId, { kind: "email", key: email }) : undefined,
    phone ? heldBy(companyId, { kind: "phone", key: phone }) : undefined,
    tag ? heldBy(companyId, { kind: "tag", key: fold(tag) }) : undefined,
  );
}

/** What people are found by is kept company by company. */
export function requireCompany({ companyId }: Context): string {
  if (companyId === "")
    throw new AppError("VALIDATION_ERROR", "Name the company to look in with the X-Company-Id header");
  return companyId;
}

export async function listInteractions(
  ctx: Context,
  contactId: string,
  query: Slice,
): Promise<Sliced<InteractionRow>> {
  const { companyId } = await getContact(ctx, contactId);
  const i = contactInteractions;
  const its = and(eq(i.companyId, companyId), eq(i.contactId, contactId));
  const found = await ctx.db.batch([
    ctx.db.select().from(i).where(its).orderBy(desc(i.at), desc(i.id)).limit(query.limit).offset(query.skip),
    ctx.db.select({ total: count() }).from(i).where(its),
  ]);
  return slice(query, found);
}

export function slice<Row>(
  { skip, limit }: Slice,
  [rows, counted]: readonly [Row[], { total: number }[]],
): Sliced<Row> {
  return { rows, total: counted[0]?.total ?? 0, skip, limit };
}
