import type { statusEventKinds } from "../../db/schema/status.ts";
import { stepNamed, type WorkflowStep } from "../../modules/status/workflow-schema.ts";
import type { Alert } from "./alerts.ts";
import { stepOf } from "./machine.ts";
import type { Approval, Entity, Json, Transition } from "./protocol.ts";
import { iso, tellAlert, tellApproval, tellChange, type Told } from "./tell-receivers.ts";

/** A happening others act on. `dedupeKey` names it, so that telling it twice is telling it once. */
export type StatusEvent = {
  kind: StatusEventKind;
  dedupeKey: string;
  at: number;
  /** Of a change: by its id it goes out to webhooks too. */
  transitionId: string | null;
  propertyId: string | null;
  /** For those who act on it inside the company. */
  payload: Json;
  told: Told;
};

export type StatusEventKind = (typeof statusEventKinds)[number];

/** What one write of a machine did. `entity` is null while the first status waits for approval. */
export type Change = {
  entity: Entity | null;
  transition?: Transition;
  approval?: Approval | null;
  alerts?: Alert[];
};

/** The events of a change, in the order in which they are to be told. */
export function eventsOf({ entity, transition, approval, alerts = [] }: Change): StatusEvent[] {
  const events: StatusEvent[] = [];
  if (entity && transition) events.push(changeEvent(entity, transition));
  if (approval?.status === "pending") events.push(approvalEvent(entity, approval, "approval_requested"));
  if (approval?.status === "rejected") events.push(approvalEvent(entity, approval, "approval_rejected"));
  if (entity) events.push(...alerts.map((alert) => alertEvent(entity, alert)));
  return events;
}

function changeEvent(entity: Entity, transition: Transition): StatusEvent {
  const step = stepOf(entity);
  const from = transition.from === null ? undefined : stepNamed(entity.definition, transition.from);
  const kind = transition.kind === "change" ? "status_changed" : "status_migrated";
  const told = tellChange(transition);
  const named = { kind, key: transition.id, at: transition.at, transitionId: transition.id, told } as const;
  return event(entity, named, {
    transition_id: transition.id,
    seq: transition.seq,
    from_status: transition.from,
    from_label: from?.status_label ?? transition.from,
    to_status: transition.to,
    to_label: step.status_label,
    transition_reason: transition.reason,
    triggered_by: {
      user_id: transition.actor.component === null ? transition.actor.id : null,
      user_name: transition.actor.component === null ? transition.actor.name : null,
      system_component: transition.actor.component,
    },
    approved_by: transition.approvedBy,
    sla_deadline: iso(transition.slaDeadline),
    is_milestone: transition.isMilestone,
    is_final: step.is_final,
    business_context: transition.businessContext,
    metadata: transition.metadata,
    notification_settings: step.notification_settings,
  });
}

function alertEvent(entity: Entity, alert: Alert): StatusEvent {
  const step = clockStep(entity);
  const name = `${entity.entityType}:${entity.entityId}:clock ${entity.clock?.id}`;
  const common = {
    status: entity.status,
    status_label: stepOf(entity).status_label,
    sla_deadline: iso(alert.deadline),
  };
  const notification_settings = step.notification_settings;
  const told = tellAlert(entity.status, alert);
  if (alert.kind === "sla_warning") {
    const key = `${name}:${alert.percent}% before ${alert.deadline}`;
    const more = { ...common, percent: alert.percent, notification_settings };
    return event(entity, { kind: "sla_warning", key, at: alert.at, told }, more);
  }
  const key = `${name}:overdue at ${alert.deadline}`;
  const more = { ...common, severity: "info", notification_settings };
  return event(entity, { kind: "sla_overdue", key, at: alert.at, told }, more);
}

function clockStep(entity: Entity): WorkflowStep {
  return (entity.clock && stepNamed(entity.definition, entity.clock.status)) ?? stepOf(entity);
}

function approvalEvent(
  entity: Entity | null,
  approval: Approval,
  kind: "approval_requested" | "approval_rejected",
) {
  const { request } = approval;
  const at = approval.decidedAt ?? approval.requestedAt;
  const key = `${approval.id}:${approval.status}`;
  return event(
    entity ?? { ...request, priority: null },
    { kind, key, at, told: tellApproval(approval) },
    {
      approval_id: approval.id,
      from_status: approval.from,
      to_status: approval.to,
      transition_reason: request.transitionReason,
      requested_by: { id: request.actor.id, name: request.actor.name },
      decided_by: approval.decidedBy,
      decision_reason: approval.decisionReason,
      business_context: request.businessContext,
    },
  );
}

type Subject = Pick<Entity, "companyId" | "entityType" | "entityId" | "definition"> & {
  propertyId?: string | null;
  ownerId?: string | null;
  priority: string | null;
  seq?: number;
  entityDetails?: Json;
};

type Named = Pick<StatusEvent, "kind" | "at" | "told"> & { key: string; transitionId?: string };

function event(subject: Subject, named: Named, more: Json): StatusEvent {
  const { id, version, name } = subject.definition;
  const { kind, key, at, transitionId = null, told } = named;
  const propertyId = subject.propertyId ?? null;
  const payload = {
    kind,
    event_id: key,
    occurred_at: iso(at),
    company_id: subject.companyId,
    property_id: propertyId,
    entity_type: subject.entityType,
    entity_id: subject.entityId,
    seq: subject.seq ?? 0,
    owner_id: subject.ownerId ?? null,
    priority: subject.priority,
    entity_details: subject.entityDetails ?? {},
    workflow: { id, version, name },
    ...more,
  };
  return { kind, dedupeKey: `${kind}:${key}`, at, transitionId, propertyId, payload, told };
}
