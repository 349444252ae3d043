import { and, count, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { only } from "../../core/scope.ts";
import { companyExports } from "../../db/schema/access.ts";
import { getCompany } from "../companies/queries.ts";
import type { ExportQuery } from "./schemas.ts";

export type ExportRow = typeof companyExports.$inferSelect;

export async function getExport(ctx: Context, companyId: string, exportId: string): Promise<ExportRow> {
  await getCompany(ctx, companyId);
  const rows = await ctx.db
    .select()
    .from(companyExports)
    .where(and(eq(companyExports.companyId, companyId), eq(companyExports.id, exportId)));
  return only(rows, "Export");
}

export async function listExports(
  ctx: Context,
  companyId: string,
  query: ExportQuery,
): Promise<Paged<ExportRow>> {
  await getCompany(ctx, companyId);
  const { createdAt, id } = companyExports;
  const where = eq(companyExports.companyId, companyId);
  const found = await ctx.db.batch([
    ctx.db
      .select()
      .from(companyExports)
      .where(where)
      .orderBy(...orderBy(query.sort, "-created_at", { created_at: createdAt }, id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(companyExports).where(where),
  ]);
  return pageOf(query, found);
}
