import { and, count, desc, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { only } from "../../core/scope.ts";
import { statusApprovals } from "../../db/schema/status.ts";
import { machineOf } from "./adjust-status.ts";
import type { ApprovalQuery, Verdict } from "./approvals.schemas.ts";
import { calendarIn, calendarQueries } from "./calendars-in-force.ts";
import type { StatusChanged } from "./change-status.ts";
import { carried, momentOf, refusalError } from "./machine-request.ts";
import { companyOf, requireChangeable, withinReach } from "./reach.ts";
import { factsOf } from "./records.ts";
import { entityIdOf } from "./status-of.ts";

export type ApprovalRow = typeof statusApprovals.$inferSelect;

export type Decided = {
  approvalId: string;
  verdict: "approved" | "rejected";
  entityId: string | number;
  changed: StatusChanged | null;
};

const a = statusApprovals;

export async function listApprovals(ctx: Context, query: ApprovalQuery) {
  const [rows, [counted]] = await ctx.db.batch(approvalPage(ctx, query));
  return { rows, total: counted?.total ?? 0 };
}

export function approvalPage(ctx: Context, query: ApprovalQuery) {
  const where = and(
    eq(a.companyId, companyOf(ctx)),
    withinReach(ctx, a.propertyId),
    query.status ? eq(a.status, query.status) : undefined,
    query.entity_type ? eq(a.entityType, query.entity_type) : undefined,
    query.property_id ? eq(a.propertyId, query.property_id) : undefined,
  );
  return [
    ctx.db
      .select()
      .from(a)
      .where(where)
      .orderBy(desc(a.requestedAt), desc(a.id))
      .limit(query.limit)
      .offset(query.offset),
    ctx.db.select({ total: count() }).from(a).where(where),
  ] as const;
}

/**
 * Approves, which makes the change that was asked for, or rejects. The facts that its step asks for are those of
 * now. Throws 403 for one's own request, CONFLICT for one that is decided otherwise, and what refuses a change.
 */
export async function decideApproval(
  ctx: Context,
  id: string,
  verdict: Decided["verdict"],
  { reason = null }: Verdict,
): Promise<Decided> {
  const rows = await ctx.db
    .select()
    .from(a)
    .where(and(eq(a.companyId, ctx.companyId), eq(a.id, id), withinReach(ctx, a.propertyId)));
  const approval = only(rows, "Approval");
  requireChangeable(ctx, approval.propertyId);
  const entityId = entityIdOf(approval);
  const outcome = await machineOf(ctx, { entityType: approval.entityType, entityId }).decide({
    ...momentOf(ctx),
    requestId: ctx.requestId,
    approvalId: id,
    verdict,
    reason,
    ...(verdict === "approved" ? await presentSituation(ctx, approval) : {}),
  });
  if (outcome.outcome === "refused") throw refusalError(outcome);
  const { changed } = outcome;
  if (changed?.outcome === "refused") throw refusalError(changed);
  return { approvalId: id, verdict, entityId, changed };
}

/** What may have changed since the approval was asked for. */
async function presentSituation(ctx: Context, { entityType, entityId, propertyId }: ApprovalRow) {
  const [facts, [kept, places]] = await Promise.all([
    factsOf(ctx, { entityType, entityId }),
    ctx.db.batch(calendarQueries(ctx, ctx.companyId, [propertyId ?? ""])),
  ]);
  return { calendar: await calendarIn({ kept, places }, propertyId), facts: carried(facts) };
}
