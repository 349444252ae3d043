import { and, desc, eq, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { only } from "../../core/scope.ts";
import { users, userSessions } from "../../db/schema/users.ts";
import type { UserRow } from "./present.ts";
import { visible } from "./queries.ts";

/**
 * Notes that the visitor is still there, on the user and on the latest session. Not audited and not a new version:
 * it says that a page is open, and a page says so every minute.
 */
export async function touchLastSeen(ctx: Context, browserId: string): Promise<UserRow> {
  const now = ctx.now();
  const its = and(visible(ctx), eq(users.browserId, browserId));
  const latest = ctx.db
    .select({ id: userSessions.id })
    .from(userSessions)
    .innerJoin(users, and(eq(users.companyId, userSessions.companyId), eq(users.id, userSessions.userId)))
    .where(its)
    .orderBy(desc(userSessions.startedAt), desc(userSessions.id))
    .limit(1);
  const [rows] = await ctx.db.batch([
    ctx.db.update(users).set({ lastSeen: now }).where(its).returning(),
    ctx.db
      .update(userSessions)
      .set({ lastSeenAt: now })
      .where(eq(userSessions.id, sql`(${latest})`)),
  ]);
  return only(rows, "User");
}
