import { and, type AnyColumn, count, desc, eq, gte, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { invalidHeader } from "../../core/errors.ts";
import { orderBy } from "../../core/page.ts";
import { inCompany, only } from "../../core/scope.ts";
import { contactInteractions, contacts } from "../../db/schema/contacts.ts";
import { fold, type KeyKind } from "./contact-keys.ts";
import { foundBy, heldBy } from "./key-rows.ts";
import type { ContactRow, InteractionRow, Sliced } from "./present.ts";
import type { ContactQuery, SearchQuery, Slice } from "./schemas.ts";
import { theseRows } from "./these-rows.ts";

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
  const where = and(scopeOf(ctx, query), ...filters(query));
  const page = ctx.db
    .select()
    .from(c)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", sortsOf(query), c.id))
    .limit(query.limit)
    .offset(query.skip);
  return [page, ctx.db.select({ total: count() }).from(c).where(where)] as const;
}

/** Everybody, or those who hold the keys that are asked for. */
function scopeOf(ctx: Context, query: ContactQuery): SQL | undefined {
  const found = keysIn(query);
  if (found.length === 0) return live(ctx);
  const companyId = requireCompany(ctx);
  return and(...found.map((ids) => theseRows(c, companyId, ids(companyId))), isNull(c.deletedAt));
}

function keysIn({ q, email, phone, tag }: ContactQuery): ((companyId: string) => SQL)[] {
  const held = (kind: KeyKind, key: string) => (companyId: string) => heldBy(companyId, { kind, key });
  return [
    ...(q === undefined ? [] : foundBy(q)),
    ...(email === undefined ? [] : [held("email", email)]),
    ...(phone === undefined ? [] : [held("phone", phone)]),
    ...(tag === undefined ? [] : [held("tag", fold(tag))]),
  ];
}

/** What a filter leaves is put in order afterwards: the plus keeps the planner from walking everybody in that order. */
function sortsOf(query: ContactQuery) {
  const { relationship_status, lifecycle_stage, assigned_to } = query;
  const isFound = keysIn(query).length > 0;
  const isFiltered = isFound || Boolean(relationship_status ?? lifecycle_stage ?? assigned_to);
  const column = (of: AnyColumn, apart: boolean) => (apart ? sql`+${of}` : of);
  return {
    created_at: column(c.createdAt, isFound),
    updated_at: column(c.updatedAt, isFiltered),
    display_name: column(c.displayName, isFiltered),
    last_contacted: column(c.lastContacted, isFiltered),
  };
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

/** What people are found by is kept company by company. */
export function requireCompany({ companyId }: Context): string {
  if (companyId === "")
    throw invalidHeader("x-company-id", "Name the company to look in with the X-Company-Id header");
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
