import type { BusinessCalendar } from "../../modules/status/business-time.ts";
import {
  stepNamed,
  type WorkflowDefinition,
  type WorkflowStep,
} from "../../modules/status/workflow-schema.ts";
import {
  type Calendars,
  type Clock,
  closeClock,
  deadlineOf,
  isPaused,
  lastCalendarOf,
  pauseClock,
  resumeClock,
  startClock,
} from "./clock.ts";
import { stepGoal, withGoal } from "./enter-step.ts";
import { refuse } from "./guards.ts";
import type { Memory } from "./machine.ts";
import type { Approval, Entity, Moment, Refusal, Transition } from "./protocol.ts";

export type MigrateRequest = Moment & {
  definition: WorkflowDefinition;
  /** Old status to new one; a status that is not named keeps its name. */
  mapping: Record<string, string>;
  /** Names this migration, so that it happens once. */
  changeId: string;
  /** The calendar in force now; absent keeps the one the clock last ran by. */
  calendar?: BusinessCalendar | null;
};

type Place = { workflowId: string; version: number; status: string; slaDeadline: number | null };

/** What a migration does to one entity; the same for a rehearsal and for the act. */
export type MigrationPlan = {
  from: Place;
  to: Place;
  approvalsKept: string[];
  approvalsSuperseded: string[];
};

export type Migrated = {
  outcome: "migrated";
  plan: MigrationPlan;
  entity: Entity;
  ended: Clock | null;
  /** Only where the status has another name now. */
  transition: Transition | null;
  approvals: Approval[];
};

/** Puts an entity under another definition, with its clock and its pending approvals; once there, it stays. */
export function migrateEntity(memory: Memory, before: Entity, asked: MigrateRequest): Migrated | Refusal {
  const { definition, now } = asked;
  const isThere = before.definition.id === definition.id && before.definition.version === definition.version;
  const mapping = isThere ? {} : asked.mapping;
  const request = { ...asked, mapping };
  const status = mapping[before.status] ?? before.status;
  const step = stepNamed(definition, status);
  if (!step) {
    const message = `${definition.name} has no ${status}; map ${before.status} to one of its statuses`;
    return refuse("VALIDATION_ERROR", message, { unmapped_status: before.status });
  }
  const { clock, ended } = carryClock(memory, before, request, step);
  const isRenamed = status !== before.status;
  const seq = before.seq + (isRenamed ? 1 : 0);
  const entity: Entity = {
    ...before,
    definition,
    status,
    clock,
    seq,
    version: before.version + 1,
    updatedAt: now,
  };
  const approvals = memory.pending.map((approval) => carryApproval(approval, step, request));
  return {
    outcome: "migrated",
    plan: {
      from: placeOf(before, memory.calendars),
      to: placeOf(entity, memory.calendars),
      approvalsKept: idsOf(approvals, "pending"),
      approvalsSuperseded: idsOf(approvals, "superseded"),
    },
    entity,
    ended,
    transition: isRenamed ? renaming(memory, before, entity, request) : null,
    approvals,
  };
}

function placeOf({ definition, status, clock }: Entity, calendars: Calendars): Place {
  const { id: workflowId, version } = definition;
  return { workflowId, version, status, slaDeadline: clock && deadlineOf(clock, calendars) };
}

function idsOf(approvals: Approval[], status: Approval["status"]): string[] {
  return approvals.filter((approval) => approval.status === status).map((approval) => approval.id);
}

// A clock goes along with the status it measures and keeps what has elapsed; one whose status lost its limit ends.
function carryClock(
  memory: Memory,
  before: Entity,
  { definition, mapping, now, calendar }: MigrateRequest,
  onto: WorkflowStep,
) {
  const kept = before.clock && {
    ...before.clock,
    status: mapping[before.clock.status] ?? before.clock.status,
  };
  const version = calendar === undefined ? kept && lastCalendarOf(kept) : (calendar?.version ?? null);
  const measured = kept && onto.pauses_sla ? stepNamed(definition, kept.status) : onto;
  const goal = measured ? stepGoal(measured, before.priority) : null;
  if (kept && kept.status === measured?.status_name && (goal || kept.promise)) {
    const paced = setPace(kept, now, onto, version);
    return { clock: goal ? withGoal(paced, now, goal, version) : paced, ended: null };
  }
  const ended = kept && closeClock(kept, now, memory.calendars);
  if (!goal || onto.pauses_sla) return { clock: null, ended };
  return { clock: startClock(memory.nextClockId, onto.status_name, goal, before.since, version), ended };
}

function setPace(clock: Clock, now: number, onto: WorkflowStep, calendarVersion: string | null): Clock {
  if (onto.pauses_sla && !clock.promise) return pauseClock(clock, now, `${onto.status_name} stops the clock`);
  return isPaused(clock) ? resumeClock(clock, now, calendarVersion, "migrated") : clock;
}

// An approval goes along when the new definition asks for it too and knows the way.
function carryApproval(
  approval: Approval,
  step: WorkflowStep,
  { definition, mapping, now }: MigrateRequest,
): Approval {
  const to = mapping[approval.to] ?? approval.to;
  const target = stepNamed(definition, to);
  if (!target?.requires_approval || !step.allowed_transitions.includes(to))
    return { ...approval, status: "superseded", decidedAt: now };
  return { ...approval, from: step.status_name, to, request: { ...approval.request, toStatus: to } };
}

function renaming({ newId }: Memory, before: Entity, entity: Entity, request: MigrateRequest): Transition {
  const { permissions: _held, ...actor } = request.actor;
  const { id, version, name } = entity.definition;
  return {
    id: newId(),
    seq: entity.seq,
    changeId: request.changeId,
    kind: "migration",
    from: before.status,
    to: entity.status,
    at: request.now,
    reason: `migrated to ${name}, version ${version}`,
    actor,
    approvedBy: null,
    workflow: { id, version },
    priority: entity.priority,
    propertyId: entity.propertyId,
    durationMs: null,
    isMilestone: false,
    slaDeadline: null,
    ended: null,
    businessContext: {},
    metadata: {},
  };
}
