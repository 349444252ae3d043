import { iso } from "../../core/fields.ts";
import type { ApprovalQuery } from "./approvals.schemas.ts";
import type { ApprovalRow, Decided, listApprovals } from "./decide-approval.ts";
import { pagination, presentChange } from "./present.ts";
import { entityIdOf } from "./status-of.ts";

export function presentApprovals(
  { rows, total }: Awaited<ReturnType<typeof listApprovals>>,
  query: ApprovalQuery,
) {
  return { approvals: rows.map(presentApproval), pagination: pagination(total, query) };
}

function presentApproval(row: ApprovalRow) {
  return {
    approval_id: row.id,
    entity_type: row.entityType,
    entity_id: entityIdOf(row),
    property_id: row.propertyId,
    from_status: row.fromStatus,
    to_status: row.toStatus,
    status: row.status,
    transition_reason: row.reason,
    business_context: row.businessContext,
    requested_by: { id: row.requestedBy, name: row.requestedByName },
    requested_at: iso(row.requestedAt),
    decided_by: row.decidedBy === null ? null : { id: row.decidedBy, name: row.decidedByName ?? "" },
    decided_at: iso(row.decidedAt),
    decision_reason: row.decisionReason,
    transition_id: row.transitionId,
  };
}

export function presentDecided({ approvalId, verdict, entityId, changed }: Decided) {
  return {
    approval_id: approvalId,
    status: verdict,
    change: changed && presentChange(changed, entityId),
  };
}
