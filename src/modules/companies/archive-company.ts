import { and, count, eq, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { accounts, companies } from "../../db/schema/companies.ts";
import { properties } from "../../db/schema/properties.ts";
import { auditOf, getCompany } from "./queries.ts";

/** Archives a company that has no live properties; its accounts can sign in no more. */
export async function archiveCompany(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const { company } = await getCompany(ctx, id);
  const [left] = await ctx.db
    .select({ properties: count() })
    .from(properties)
    .where(and(eq(properties.companyId, id), isNull(properties.deletedAt)));
  if (left && left.properties > 0)
    throw new AppError("CONFLICT", "The company still has live properties", { properties: left.properties });
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(companies)
        .set({ deletedAt, updatedAt: deletedAt })
        .where(and(eq(companies.id, id), isNull(companies.deletedAt))),
      ctx.db
        .update(accounts)
        .set({ deletedAt })
        .where(and(eq(accounts.companyId, id), isNull(accounts.deletedAt))),
      audit(ctx, { ...auditOf(company), action: "archive" }),
    ],
    [],
    () => notFound("Company"),
  );
  return { id, deletedAt };
}
