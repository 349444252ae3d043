import { and, count, eq, exists, gte, inArray, isNull, lt, not, or, type SQL, sql } from "drizzle-orm";
import { union } from "drizzle-orm/sqlite-core";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { users, userSessions } from "../../db/schema/users.ts";
import type { UserRow } from "./present.ts";
import type { UserQuery } from "./schemas.ts";

const u = users;

/** What ties a visitor to a property. */
const ties = [userSessions, conversations, leads];

/**
 * The users a caller may see: a visitor himself; an account that is assigned to single properties those who were
 * there, and those who were nowhere yet.
 */
export function visible(ctx: Context): SQL | undefined {
  const { actor } = ctx;
  const restricted = actor.kind === "staff" && actor.properties !== "all";
  return and(
    inCompany(ctx, u.companyId),
    isNull(u.deletedAt),
    actor.kind === "visitor" ? eq(u.id, actor.id) : undefined,
    restricted
      ? or(
          tied(ctx, (tie) => inProperties(ctx, tie.propertyId)),
          not(tied(ctx, () => undefined)),
        )
      : undefined,
  );
}

type Tie = (typeof ties)[number];

function tied(ctx: Context, where: (tie: Tie) => SQL | undefined): SQL {
  const some = ties.map((tie) =>
    exists(
      ctx.db
        .select({ one: sql`1` })
        .from(tie)
        .where(and(eq(tie.companyId, u.companyId), eq(tie.userId, u.id), where(tie))),
    ),
  );
  return sql`(${sql.join(some, sql` or `)})`;
}

export async function getUser(ctx: Context, id: string): Promise<UserRow> {
  return only(
    await ctx.db
      .select()
      .from(u)
      .where(and(visible(ctx), eq(u.id, id))),
    "User",
  );
}

export async function getUserByBrowser(ctx: Context, browserId: string): Promise<UserRow> {
  return only(
    await ctx.db
      .select()
      .from(u)
      .where(and(visible(ctx), eq(u.browserId, browserId))),
    "User",
  );
}

export async function listUsers(ctx: Context, query: UserQuery): Promise<Paged<UserRow>> {
  return pageOf(query, await ctx.db.batch(userPage(ctx, query)));
}

/** The statements of the list: the page and the count of all that match. */
export function userPage(ctx: Context, query: UserQuery) {
  const where = and(
    visible(ctx),
    query.q ? contains(query.q, u.firstName, u.lastName, u.email, u.phone) : undefined,
    query.email ? eq(u.email, query.email) : undefined,
    query.phone ? eq(u.phone, query.phone) : undefined,
    query.from ? gte(u.createdAt, query.from) : undefined,
    query.to ? lt(u.createdAt, query.to) : undefined,
    query.property_id ? wasAt(ctx, query.property_id) : undefined,
  );
  const sorts = { created_at: u.createdAt, last_seen: u.lastSeen, last_name: u.lastName };
  const page = ctx.db
    .select()
    .from(u)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", sorts, u.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(u).where(where)] as const;
}

/** Users with a session or a conversation at the property. */
function wasAt(ctx: Context, propertyId: string): SQL {
  const there = (tie: Tie) =>
    ctx.db
      .select({ userId: sql<string>`${tie.userId}` })
      .from(tie)
      .where(
        and(inCompany(ctx, tie.companyId), eq(tie.propertyId, propertyId), inProperties(ctx, tie.propertyId)),
      );
  return inArray(u.id, union(there(userSessions), there(conversations)));
}

/** The statement that tells at which properties a user is known. */
export function placesOf(ctx: Context, userId: string) {
  const at = (tie: Tie) =>
    ctx.db
      .select({ propertyId: sql<string>`${tie.propertyId}` })
      .from(tie)
      .where(and(inCompany(ctx, tie.companyId), eq(tie.userId, userId)));
  return union(at(userSessions), at(conversations), at(leads));
}
