import type { EventRow } from "../../modules/status/project-status.ts";
import type { Alert } from "./alerts.ts";
import type { StatusEvent } from "./events.ts";
import type { Approval, EntityRef, Json, Transition } from "./protocol.ts";

/** What webhooks tell of an event beside whom it is about. `status` is what status filters are compared with. */
export type Told = { status: string; data: Json };

export function tellChange(transition: Transition): Told {
  const { id, component } = transition.actor;
  const data = {
    transition_id: transition.id,
    from_status: transition.from,
    to_status: transition.to,
    triggered_by_user: component === null ? id : null,
    triggered_by_component: component,
    sla_deadline: iso(transition.slaDeadline),
    is_milestone: transition.isMilestone,
    business_context: transition.businessContext,
  };
  return { status: transition.to, data };
}

export function tellAlert(status: string, alert: Alert): Told {
  const more = alert.kind === "sla_warning" ? { percent: alert.percent } : { severity: "info" };
  return { status, data: { status, sla_deadline: iso(alert.deadline), ...more } };
}

export function tellApproval(approval: Approval): Told {
  const { request } = approval;
  const data = {
    approval_id: approval.id,
    from_status: approval.from,
    to_status: approval.to,
    requested_by: request.actor.id,
    decided_by: approval.decidedBy?.id ?? null,
    decision_reason: approval.decisionReason,
    business_context: request.businessContext,
  };
  return { status: approval.to, data };
}

/** An event as the row that is kept and told; a change goes by the id of its transition. */
export function eventRow(
  { companyId, entityType, entityId }: EntityRef,
  { kind, at, transitionId, propertyId, told }: StatusEvent,
  sequence: number,
  id: string,
): EventRow {
  return {
    company_id: companyId,
    entity_type: entityType,
    entity_id: String(entityId),
    sequence,
    id: transitionId ?? id,
    event: kind,
    property_id: propertyId,
    status: told.status,
    at,
    data: { entity_type: entityType, entity_id: entityId, sequence, property_id: propertyId, ...told.data },
  };
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
