import { and, eq, isNull } from "drizzle-orm";
import { commitArchive } from "../../core/archive.ts";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { accounts, companies } from "../../db/schema/companies.ts";
import { properties } from "../../db/schema/properties.ts";
import { auditOf, getCompany } from "./queries.ts";

/** Archives a company that has no live properties; its accounts can sign in no more. */
export async function archiveCompany(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const { company } = await getCompany(ctx, id);
  const itself = and(eq(companies.id, id), isNull(companies.deletedAt));
  const its = and(eq(properties.companyId, id), isNull(properties.deletedAt));
  const deletedAt = ctx.now();
  await commitArchive(
    ctx,
    {
      what: "Company",
      live: ctx.db.$count(companies, itself),
      children: { properties: ctx.db.$count(properties, its) },
    },
    [
      ctx.db.update(companies).set({ deletedAt, updatedAt: deletedAt }).where(itself),
      ctx.db
        .update(accounts)
        .set({ deletedAt })
        .where(and(eq(accounts.companyId, id), isNull(accounts.deletedAt))),
      audit(ctx, { ...auditOf(company), action: "archive" }),
    ],
  );
  return { id, deletedAt };
}
