import { iso } from "../../core/fields.ts";
import type { ExplainedClock, Explanation } from "../../durable/status-machine/explain.ts";
import type { MachineActor, StatusView, Transition } from "../../durable/status-machine/protocol.ts";
import type { StatusChanged } from "./change-status.ts";
import type { EntityHistory } from "./entity-history.ts";
import type { OverdueItems, OverdueRow } from "./list-overdue.ts";
import type { HistoryQuery } from "./schemas.ts";
import { type CurrentStatus, entityIdOf } from "./status-of.ts";

const hourMs = 3_600_000;

export function instantOf(at: number): string;
export function instantOf(at: number | null): string | null;
export function instantOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Hours to the hundredth. */
export function hoursOf(ms: number): number {
  return Math.round((ms / hourMs) * 100) / 100;
}

/** A change sent twice is answered with its one transition, and with where the entity stands now. */
export function presentChange({ transition, status }: StatusChanged, entityId: string | number) {
  return {
    transition_id: transition.id,
    entity_type: status.entityType,
    entity_id: entityId,
    from_status: transition.from,
    to_status: transition.to,
    transition_timestamp: instantOf(transition.at),
    sla_deadline: instantOf(status.slaDeadline),
    is_overdue: status.isOverdue,
    workflow_step: {
      step_order: status.stepOrder,
      status_label: status.statusLabel,
      status_color: status.statusColor,
      allowed_next_transitions: status.allowedTransitions,
    },
  };
}

export function pagination(total: number, { limit, offset }: { limit: number; offset: number }) {
  return { total_count: total, limit, offset, has_more: offset + limit < total };
}

export function presentHistory({ history, businessEntity }: EntityHistory, query: HistoryQuery) {
  const { status, transitions, total } = history;
  return {
    entity_type: status.entityType,
    entity_id: status.entityId,
    current_status: status.status,
    status_since: instantOf(status.since),
    sla_deadline: instantOf(status.slaDeadline),
    is_overdue: status.isOverdue,
    workflow: { ...status.workflow, business_entity: businessEntity },
    history: transitions.map((transition) => presentTransition(transition, query.include_metadata)),
    pagination: pagination(total, query),
  };
}

function presentTransition(transition: Transition, withMetadata: boolean) {
  const { durationMs, businessContext, metadata } = transition;
  return {
    transition_id: transition.id,
    from_status: transition.from,
    to_status: transition.to,
    transition_timestamp: instantOf(transition.at),
    transition_reason: transition.reason,
    triggered_by: triggeredBy(transition.actor),
    approved_by: transition.approvedBy,
    duration_in_previous_status_hours: durationMs === null ? null : hoursOf(durationMs),
    is_milestone: transition.isMilestone,
    ...(withMetadata ? { business_context: businessContext, metadata } : {}),
  };
}

/** A part of the system that acts in somebody's name is what is told. */
function triggeredBy({ id, name, component }: Omit<MachineActor, "permissions">) {
  const isPerson = component === null;
  return {
    user_id: isPerson ? id : null,
    user_name: isPerson ? name : null,
    system_component: component,
  };
}

export function presentCurrent(row: CurrentStatus, entityId: string | number, withSla: boolean) {
  const { hoursUntilOverdue } = row;
  const hours = hoursUntilOverdue === null ? null : Math.round(hoursUntilOverdue * 100) / 100;
  return {
    entity_type: row.entityType,
    entity_id: entityId,
    current_status: row.currentStatus,
    status_label: row.statusLabel,
    status_color: row.statusColor,
    status_since: iso(row.statusSince),
    sla_deadline: iso(row.slaDeadline),
    is_overdue: row.isOverdue,
    ...(withSla ? { hours_until_overdue: hours } : {}),
  };
}

export function presentAdjusted(view: StatusView, now: Date) {
  const { slaDeadline } = view;
  return {
    entity_type: view.entityType,
    entity_id: view.entityId,
    current_status: view.status,
    status_label: view.statusLabel,
    status_color: view.statusColor,
    status_since: instantOf(view.since),
    sla_deadline: instantOf(slaDeadline),
    is_overdue: view.isOverdue,
    hours_until_overdue: slaDeadline === null ? null : hoursOf(slaDeadline - now.getTime()),
    priority: view.priority,
  };
}

export function presentOverdue({ counts, rows, now }: OverdueItems) {
  const sum = (of: typeof counts) => of.reduce((total, { n }) => total + n, 0);
  const bySeverity = (severity: string) => sum(counts.filter((count) => count.severity === severity));
  const types = [...new Set(counts.map(({ entityType }) => entityType))].toSorted();
  return {
    summary: {
      total_overdue: sum(counts),
      critical_overdue: bySeverity("critical"),
      by_entity_type: Object.fromEntries(
        types.map((type) => [type, sum(counts.filter(({ entityType }) => entityType === type))]),
      ),
      by_severity: {
        info: bySeverity("info"),
        warning: bySeverity("warning"),
        critical: bySeverity("critical"),
      },
    },
    overdue_items: rows.map((row) => presentOverdueItem(row, now)),
  };
}

function presentOverdueItem({ entity, severity }: OverdueRow, now: Date) {
  const deadline = entity.slaDeadline ?? now;
  return {
    entity_type: entity.entityType,
    entity_id: entityIdOf(entity),
    current_status: entity.currentStatus,
    status_label: entity.statusLabel,
    status_color: entity.statusColor,
    status_since: iso(entity.statusSince),
    sla_deadline: iso(deadline),
    hours_overdue: hoursOf(now.getTime() - deadline.getTime()),
    severity,
    property_id: entity.propertyId,
    entity_details: entity.entityDetails,
  };
}

export function presentExplanation(told: Explanation) {
  const calendars = Object.values(told.calendars);
  return {
    entity_type: told.entityType,
    entity_id: told.entityId,
    current_status: told.status,
    as_of: instantOf(told.now),
    workflow: told.workflow,
    clock: told.clock && presentClock(told.clock),
    former_clocks: told.former.map(presentClock),
    calendars: Object.fromEntries(
      calendars.map(({ version, time_zone, hours }) => [version, { time_zone, hours }]),
    ),
  };
}

function presentClock(clock: ExplainedClock) {
  return {
    status: clock.status,
    rule: clock.rule,
    goal_ms: clock.goalMs,
    promised_for: instantOf(clock.promisedFor),
    started_at: instantOf(clock.startedAt),
    closed_at: instantOf(clock.closedAt),
    met: clock.met,
    paused: clock.paused,
    elapsed_ms: clock.elapsedMs,
    remaining_ms: clock.remainingMs,
    sla_deadline: instantOf(clock.deadline),
    segments: clock.segments.map((segment) => ({
      kind: segment.kind,
      reason: segment.reason,
      from: instantOf(segment.from),
      to: instantOf(segment.to),
      calendar_version: segment.calendarVersion,
      counted_ms: segment.countedMs,
    })),
    warnings: clock.warnings.map(({ percent, at }) => ({ percent, at: instantOf(at) })),
  };
}
