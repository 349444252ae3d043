import { and, count, eq, getTableColumns } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { users, userSessions } from "../../db/schema/users.ts";
import { listConversations } from "../conversations/queries.ts";
import type { SessionRow } from "./present.ts";
import { visible } from "./queries.ts";
import type { SessionQuery } from "./schemas.ts";

const s = userSessions;

/** When a user was on which property's site, as far as the caller may see. */
export async function listSessions(
  ctx: Context,
  userId: string,
  query: SessionQuery,
): Promise<Paged<SessionRow>> {
  const where = and(
    inCompany(ctx, s.companyId),
    inProperties(ctx, s.propertyId),
    eq(s.userId, userId),
    query.property_id ? eq(s.propertyId, query.property_id) : undefined,
  );
  const [found, rows, counted] = await ctx.db.batch([
    known(ctx, userId),
    ctx.db
      .select(getTableColumns(s))
      .from(s)
      .where(where)
      .orderBy(...orderBy(query.sort, "-started_at", { started_at: s.startedAt }, s.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(s).where(where),
  ]);
  only(found, "User");
  return pageOf(query, [rows, counted]);
}

export async function listUserConversations(
  ctx: Context,
  userId: string,
  query: Omit<Parameters<typeof listConversations>[1], "user_id">,
): ReturnType<typeof listConversations> {
  only(await known(ctx, userId), "User");
  return listConversations(ctx, { ...query, user_id: userId });
}

function known(ctx: Context, userId: string) {
  return ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(visible(ctx), eq(users.id, userId)));
}
