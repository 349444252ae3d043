import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { offsetOf, type Paged } from "../../core/page.ts";
import { refreshTokens } from "../../db/schema/companies.ts";
import { ownAccount } from "./own-account.ts";
import type { SessionQuery } from "./schemas.ts";

export type OwnSession = {
  id: string;
  userAgent: string | null;
  createdAt: number;
  lastUsedAt: number;
  expiresAt: number;
  isCurrent: boolean;
};

type Row = Omit<OwnSession, "isCurrent"> & { total: number };

const orders = {
  last_used_at: sql`lastUsedAt, id`,
  "-last_used_at": sql`lastUsedAt desc, id desc`,
  created_at: sql`createdAt, id`,
  "-created_at": sql`createdAt desc, id desc`,
};

/** Where the caller is signed in. A session is last used when its tokens were last renewed. */
export async function listOwnSessions(ctx: Context, query: SessionQuery): Promise<Paged<OwnSession>> {
  const { account, sessionId } = ownAccount(ctx);
  const order = orders[(query.sort ?? "-last_used_at") as keyof typeof orders];
  const rows = await ctx.db.all<Row>(sql`
    select family_id as id, begun_at as createdAt, used_at as lastUsedAt, expires_at as expiresAt,
      user_agent as userAgent, count(*) over () as total
    from (
      select family_id, expires_at, user_agent,
        min(created_at) over family as begun_at,
        max(coalesce(used_at, created_at)) over family as used_at,
        max(revoked_at) over family as ended_at,
        row_number() over (partition by family_id order by created_at desc) as nth
      from refresh_tokens where account_id = ${account.id}
      window family as (partition by family_id)
    ) where nth = 1 and ended_at is null and expires_at > ${Date.now()}
    order by ${order} limit ${query.limit} offset ${offsetOf(query)}`);
  return {
    rows: rows.map(({ total: _total, ...row }) => ({ ...row, isCurrent: row.id === sessionId })),
    total: rows[0]?.total ?? 0,
    page: query.page,
    limit: query.limit,
  };
}

export async function endOwnSession(ctx: Context, id: string): Promise<{ id: string; endedAt: Date }> {
  const { account } = ownAccount(ctx);
  const endedAt = new Date();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(refreshTokens)
        .set({ revokedAt: endedAt })
        .where(
          and(
            eq(refreshTokens.accountId, account.id),
            eq(refreshTokens.familyId, id),
            isNull(refreshTokens.revokedAt),
          ),
        ),
      audit(ctx, {
        action: "end_session",
        recordType: "account",
        recordId: account.id,
        after: { session: id },
      }),
    ],
    [],
    () => notFound("Session"),
  );
  return { id, endedAt };
}
