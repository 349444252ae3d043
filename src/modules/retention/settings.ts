import { eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { iso } from "../../core/fields.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { changes, staleVersion } from "../../core/scope.ts";
import { companyRetention } from "../../db/schema/access.ts";
import { getCompany } from "../companies/queries.ts";
import type { RetentionChanges } from "./schemas.ts";

export type RetentionRow = typeof companyRetention.$inferSelect;

/** A company that never said how long keeps everything; its version is 0. */
export async function getRetention(ctx: Context, companyId: string): Promise<RetentionRow> {
  await getCompany(ctx, companyId);
  const [row] = await ctx.db.select().from(companyRetention).where(eq(companyRetention.companyId, companyId));
  return row ?? { ...forGood, companyId, version: 0, updatedAt: new Date(0) };
}

const forGood = {
  conversationsDays: null,
  mailsDays: null,
  notificationsDays: null,
  visitorSessionsDays: null,
  auditLogDays: null,
};

export async function setRetention(
  ctx: Context,
  companyId: string,
  wanted: RetentionChanges,
  seenVersion?: number,
): Promise<RetentionRow> {
  const before = await getRetention(ctx, companyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  const after = {
    ...before,
    ...changes(columnsOf(wanted)),
    version: before.version + 1,
    updatedAt: new Date(),
  };
  await commitChange(ctx, [
    ctx.db
      .insert(companyRetention)
      .values(after)
      .onConflictDoUpdate({
        target: companyRetention.companyId,
        set: after,
        setWhere: eq(companyRetention.version, before.version),
      }),
    audit(ctx, {
      action: "set_retention",
      recordType: "company",
      recordId: companyId,
      companyId,
      before: presentRetention(before),
      after: wanted,
    }),
  ]);
  return after;
}

function columnsOf(wanted: RetentionChanges) {
  return {
    conversationsDays: wanted.conversations_days,
    mailsDays: wanted.mails_days,
    notificationsDays: wanted.notifications_days,
    visitorSessionsDays: wanted.visitor_sessions_days,
    auditLogDays: wanted.audit_log_days,
  };
}

export function presentRetention(row: RetentionRow) {
  return {
    conversations_days: row.conversationsDays,
    mails_days: row.mailsDays,
    notifications_days: row.notificationsDays,
    visitor_sessions_days: row.visitorSessionsDays,
    audit_log_days: row.auditLogDays,
    updated_at: row.version === 0 ? null : iso(row.updatedAt),
  };
}
