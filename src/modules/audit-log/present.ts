import { iso } from "../../core/fields.ts";
import type { auditLog } from "../../db/schema/ledger.ts";

export type AuditRow = typeof auditLog.$inferSelect;

export function presentAuditEntry(row: AuditRow) {
  return {
    id: row.id,
    company_id: row.companyId,
    actor_kind: row.actorKind,
    actor_id: row.actorId,
    actor_name: row.actorName,
    action: row.action,
    record_type: row.recordType,
    record_id: row.recordId,
    before: row.before ?? null,
    after: row.after ?? null,
    request_id: row.requestId,
    created_at: iso(row.createdAt),
  };
}
