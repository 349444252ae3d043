import type { StatusPage } from "../../modules/status/project-status.ts";
import { breachesTold, isOverdueTold } from "./alerts.ts";
import type { Calendars, Clock } from "./clock.ts";
import type { StatusEvent } from "./events.ts";
import { stepOf } from "./machine.ts";
import type { Approval, Entity, EntityRef, Json, Moment, Transition } from "./protocol.ts";
import { viewOf } from "./view.ts";

/** Hours overdue from which a step that says nothing is a warning, and critical. */
const usualSeverity = { warning: 24, critical: 72 };

export function entityRow(entity: Entity, calendars: Calendars): StatusPage["entities"][number] {
  const view = viewOf(entity, calendars, entity.updatedAt);
  const severity = stepOf(entity).severity_hours ?? usualSeverity;
  const { clock, archivedAt } = entity;
  return {
    ...identity(entity),
    ...idKind(entity),
    property_id: entity.propertyId,
    owner_id: entity.ownerId,
    workflow_id: view.workflow.id,
    workflow_version: view.workflow.version,
    workflow_name: view.workflow.name,
    current_status: view.status,
    status_label: view.statusLabel,
    status_color: view.statusColor,
    is_final: view.isFinal,
    status_since: entity.since,
    sla_deadline: view.slaDeadline,
    is_overdue: clock !== null && archivedAt === null && isOverdueTold(clock, calendars),
    paused: view.paused,
    warning_hours: severity.warning,
    critical_hours: severity.critical,
    priority: entity.priority,
    entity_details: entity.entityDetails,
    version: entity.version,
    seq: entity.seq,
    created_at: entity.createdAt,
    updated_at: entity.updatedAt,
    archived_at: archivedAt,
  };
}

export function transitionRow(entity: Entity, told: Transition): StatusPage["transitions"][number] {
  return {
    ...identity(entity),
    seq: told.seq,
    transition_id: told.id,
    property_id: told.propertyId,
    workflow_id: told.workflow.id,
    workflow_version: told.workflow.version,
    kind: told.kind,
    from_status: told.from,
    to_status: told.to,
    at: told.at,
    reason: told.reason,
    actor_id: told.actor.id,
    actor_name: told.actor.name,
    component: told.actor.component,
    approved_by: told.approvedBy?.id ?? null,
    priority: told.priority,
    duration_ms: told.durationMs,
    is_milestone: told.isMilestone,
    sla_deadline: told.slaDeadline,
    ended_deadline: told.ended?.deadline ?? null,
    ended_met: told.ended?.met ?? null,
    ended_status: told.ended?.status ?? null,
    business_context: told.businessContext,
    metadata: told.metadata,
  };
}

export function approvalRow(approval: Approval): StatusPage["approvals"][number] {
  const { request, decidedBy } = approval;
  return {
    ...identity(request),
    ...idKind(request),
    id: approval.id,
    property_id: request.propertyId ?? null,
    from_status: approval.from,
    to_status: approval.to,
    status: approval.status,
    reason: request.transitionReason,
    business_context: request.businessContext,
    requested_by: request.actor.id,
    requested_by_name: request.actor.name,
    requested_at: approval.requestedAt,
    decided_by: decidedBy?.id ?? null,
    decided_by_name: decidedBy?.name ?? null,
    decided_at: approval.decidedAt,
    decision_reason: approval.decisionReason,
    transition_id: approval.transitionId,
  };
}

export function breachesOf(entity: Entity, clock: Clock): StatusPage["breaches"] {
  return breachesTold(clock).map((deadline) => ({
    ...identity(entity),
    clock_id: clock.id,
    deadline,
    property_id: entity.propertyId ?? "",
    status: clock.status,
  }));
}

export type Audited = { action: string; before: Json; after: Json };

/** The audit row of what a request did to an entity. */
export function auditRow(
  ref: EntityRef,
  { actor, requestId = "" }: Moment,
  { action, before, after }: Audited,
  id: string,
  realNow: number,
): StatusPage["audits"][number] {
  return {
    id,
    company_id: ref.companyId,
    actor_kind: actor.role === "system" || actor.role === "visitor" ? actor.role : "staff",
    actor_id: actor.id,
    actor_name: actor.name,
    action,
    record_type: ref.entityType,
    record_id: String(ref.entityId),
    before,
    after,
    request_id: requestId,
    created_at: realNow,
  };
}

/** The outbox row of an event. It waits in real time; a clock that is moved moves what waits. */
export function workRow(
  ref: EntityRef,
  event: StatusEvent,
  id: string,
  realNow: number,
): StatusPage["work"][number] {
  return {
    id,
    company_id: ref.companyId,
    topic: "notifications",
    key: `${ref.entityType}:${ref.entityId}`,
    payload: event.payload,
    dedupe_key: event.dedupeKey,
    status: "pending",
    attempts: 0,
    next_attempt_at: realNow,
    created_at: realNow,
  };
}

function identity({ companyId, entityType, entityId }: EntityRef) {
  return { company_id: companyId, entity_type: entityType, entity_id: String(entityId) };
}

function idKind({ entityId }: EntityRef) {
  return { entity_id_kind: typeof entityId === "number" ? "number" : "string" };
}
