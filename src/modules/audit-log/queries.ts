import { and, asc, count, desc, eq, gte, lt } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, type Paged, pageOf } from "../../core/page.ts";
import { inCompany } from "../../core/scope.ts";
import { auditLog } from "../../db/schema/ledger.ts";
import type { AuditRow } from "./present.ts";
import type { AuditQuery } from "./schemas.ts";

export async function listAuditLog(ctx: Context, query: AuditQuery): Promise<Paged<AuditRow>> {
  return pageOf(query, await ctx.db.batch(auditPage(ctx, query)));
}

/** The statements of the list. Ids tell the time of writing, so they serve as the sort and as the span of time. */
export function auditPage(ctx: Context, query: AuditQuery) {
  const { id, companyId, recordType, recordId, actorId, action } = auditLog;
  const where = and(
    inCompany(ctx, companyId),
    query.record_type ? eq(recordType, query.record_type) : undefined,
    query.record_id ? eq(recordId, query.record_id) : undefined,
    query.actor_id ? eq(actorId, query.actor_id) : undefined,
    query.action ? eq(action, query.action) : undefined,
    query.from ? gte(id, firstIdAt(query.from)) : undefined,
    query.to ? lt(id, firstIdAt(query.to)) : undefined,
  );
  const page = ctx.db
    .select()
    .from(auditLog)
    .where(where)
    .orderBy(query.sort === "created_at" ? asc(id) : desc(id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(auditLog).where(where)] as const;
}

/** What every UUIDv7 of that millisecond begins with: it sorts before all of them and after all earlier ones. */
function firstIdAt(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
