import { and, count, eq, getTableColumns, isNotNull, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { accounts } from "../../db/schema/companies.ts";
import type { AccountRow } from "./present.ts";
import type { AccountQuery } from "./schemas.ts";

const { passwordHash: _secret, ...open } = getTableColumns(accounts);
/** Everything of an account but its password's hash. */
export const openColumns = open;

export function isLive(ctx: Context) {
  return and(inCompany(ctx, accounts.companyId), isNull(accounts.deletedAt));
}

export async function getAccount(ctx: Context, id: string): Promise<AccountRow> {
  const rows = await ctx.db
    .select(openColumns)
    .from(accounts)
    .where(and(isLive(ctx), eq(accounts.id, id)));
  return only(rows, "Account");
}

export async function listAccounts(ctx: Context, query: AccountQuery): Promise<Paged<AccountRow>> {
  const { name, email, createdAt, lastLoginAt, disabledAt, role } = accounts;
  const where = and(
    isLive(ctx),
    query.q ? contains(query.q, name, email) : undefined,
    query.role ? eq(role, query.role) : undefined,
    query.disabled === undefined ? undefined : query.disabled ? isNotNull(disabledAt) : isNull(disabledAt),
  );
  const sorts = { name, email, created_at: createdAt, last_login_at: lastLoginAt };
  const found = await ctx.db.batch([
    ctx.db
      .select(openColumns)
      .from(accounts)
      .where(where)
      .orderBy(...orderBy(query.sort, "name", sorts, accounts.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(accounts).where(where),
  ]);
  return pageOf(query, found);
}
