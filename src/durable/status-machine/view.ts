import { isPaused, type Calendars, deadlineOf } from "./clock.ts";
import { stepOf } from "./machine.ts";
import type { Entity, StatusView } from "./protocol.ts";

/** The status as a caller is told it at `now`. */
export function viewOf(entity: Entity, calendars: Calendars, now: number): StatusView {
  const step = stepOf(entity);
  const { definition } = entity;
  const slaDeadline = liveDeadline(entity, calendars);
  return {
    entityType: entity.entityType,
    entityId: entity.entityId,
    status: entity.status,
    statusLabel: step.status_label,
    statusColor: step.status_color,
    stepOrder: step.step_order,
    isFinal: step.is_final,
    since: entity.since,
    slaDeadline,
    isOverdue: slaDeadline !== null && slaDeadline <= now,
    paused: entity.clock !== null && isPaused(entity.clock),
    allowedTransitions: step.allowed_transitions,
    priority: entity.priority,
    propertyId: entity.propertyId,
    ownerId: entity.ownerId,
    entityDetails: entity.entityDetails,
    workflow: { id: definition.id, version: definition.version, name: definition.name },
    version: entity.version,
    seq: entity.seq,
    archivedAt: entity.archivedAt,
  };
}

export function liveDeadline(entity: Entity, calendars: Calendars): number | null {
  return entity.clock && entity.archivedAt === null ? deadlineOf(entity.clock, calendars) : null;
}
