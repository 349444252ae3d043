import { and, eq, inArray } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { companyExports } from "../../db/schema/access.ts";
import { getCompany } from "../companies/queries.ts";
import type { ExportRow } from "./queries.ts";

const keptMs = 7 * 24 * 60 * 60 * 1000;

/** Has everything the company owns written down by the queue; one export at a time. */
export async function beginExport(ctx: Context, companyId: string): Promise<ExportRow> {
  await getCompany(ctx, companyId);
  const id = ctx.newId();
  const now = new Date();
  const row = {
    id,
    companyId,
    status: "pending" as const,
    place: { table: 0, after: 0 },
    counts: {},
    requestedBy: ctx.actor.id,
    requestedByName: ctx.actor.name,
    createdAt: now,
    expiresAt: new Date(now.getTime() + keptMs),
  };
  const name = `export:${id}`;
  try {
    const [created] = await commit(
      ctx,
      [
        ctx.db.insert(companyExports).values(row).returning(),
        audit(ctx, {
          action: "export",
          recordType: "company",
          recordId: companyId,
          companyId,
          after: { export_id: id },
        }),
      ],
      [
        {
          topic: "projections",
          key: name,
          payload: { kind: "export_company", export_id: id },
          dedupeKey: name,
          companyId,
        },
      ],
    );
    return only(created, "Export");
  } catch (error) {
    if (!isDuplicate(error, "company_exports.company_id")) throw error;
    throw new AppError("CONFLICT", "An export of this company is being written", {
      export_id: await findAtWork(ctx, companyId),
    });
  }
}

async function findAtWork(ctx: Context, companyId: string): Promise<string | null> {
  const [row] = await ctx.db
    .select({ id: companyExports.id })
    .from(companyExports)
    .where(
      and(eq(companyExports.companyId, companyId), inArray(companyExports.status, ["pending", "running"])),
    );
  return row?.id ?? null;
}
