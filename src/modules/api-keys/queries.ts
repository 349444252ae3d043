import { and, count, eq, getTableColumns, isNotNull, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, only } from "../../core/scope.ts";
import { apiKeys } from "../../db/schema/access.ts";
import type { ApiKeyRow } from "./present.ts";
import type { ApiKeyQuery } from "./schemas.ts";

const { hash: _secret, ...open } = getTableColumns(apiKeys);
export const openColumns = open;

export async function listApiKeys(ctx: Context, query: ApiKeyQuery): Promise<Paged<ApiKeyRow>> {
  const { companyId, createdAt, name, revokedAt, id } = apiKeys;
  const where = and(
    inCompany(ctx, companyId),
    query.revoked === undefined ? undefined : query.revoked ? isNotNull(revokedAt) : isNull(revokedAt),
  );
  const found = await ctx.db.batch([
    ctx.db
      .select(openColumns)
      .from(apiKeys)
      .where(where)
      .orderBy(...orderBy(query.sort, "-created_at", { created_at: createdAt, name }, id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(apiKeys).where(where),
  ]);
  return pageOf(query, found);
}

export async function getApiKey(ctx: Context, id: string): Promise<ApiKeyRow> {
  const rows = await ctx.db
    .select(openColumns)
    .from(apiKeys)
    .where(and(inCompany(ctx, apiKeys.companyId), eq(apiKeys.id, id)));
  return only(rows, "API key");
}

/** A key that was not taken back; one that was answers like a missing one. */
export function isInForce(ctx: Context, id: string) {
  return and(inCompany(ctx, apiKeys.companyId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt));
}
