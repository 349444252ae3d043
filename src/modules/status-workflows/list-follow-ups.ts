import { and, count, eq, inArray } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { followUps } from "../../db/schema/automation.ts";
import { getLead } from "../leads/queries.ts";
import type { FollowUpRow } from "./fire-follow-up.ts";
import type { FollowUpQuery } from "./schemas.ts";

const f = followUps;

/** The reminders that workflows have set for a lead, those to come and those that were. */
export async function listFollowUps(
  ctx: Context,
  leadId: string,
  query: FollowUpQuery,
): Promise<Paged<FollowUpRow>> {
  const { lead } = await getLead(ctx, leadId);
  const where = and(
    eq(f.companyId, lead.companyId),
    eq(f.leadId, leadId),
    query.status ? inArray(f.status, storedAs(query.status)) : undefined,
  );
  const found = await ctx.db.batch([
    ctx.db
      .select()
      .from(f)
      .where(where)
      .orderBy(...orderBy(query.sort, "-due_at", { due_at: f.dueAt }, f.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(f).where(where),
  ]);
  return pageOf(query, found);
}

/** One that a worker has just taken is still to come for everybody else. */
function storedAs(status: NonNullable<FollowUpQuery["status"]>): FollowUpRow["status"][] {
  return status === "scheduled" ? ["scheduled", "firing"] : [status];
}
