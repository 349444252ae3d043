import { stepNamed, type WorkflowStep } from "../../modules/status/workflow-schema.ts";
import { raiseAlerts, type Alert } from "./alerts.ts";
import { type Calendars, type Clock, deadlineOf } from "./clock.ts";
import { enterStep } from "./enter-step.ts";
import { checkMove, promisedDate, refuse } from "./guards.ts";
import type { Approval, ChangeRequest, Entity, Json, Person, Refusal, Transition } from "./protocol.ts";

/** All a decision may look at. */
export type Memory = {
  entity: Entity | null;
  calendars: Calendars;
  pending: Approval[];
  nextClockId: number;
  formerClock: (status: string) => Clock | null;
  newId: () => string;
};

export type Moved = {
  outcome: "changed";
  entity: Entity;
  transition: Transition;
  /** The clock that was closed by it. */
  ended: Clock | null;
  /** Approvals asked for in the status that was left. */
  superseded: Approval[];
};

export type Decision = Moved | (Refusal & { opened?: Approval });

/**
 * Whether an entity may go where a change asks, and what it is then. `approvedBy` stands for the approval that
 * the target step may require; without it an approval is opened, once for each target.
 */
export function decideChange(
  memory: Memory,
  request: ChangeRequest,
  approvedBy: Person | null = null,
): Decision {
  const step = checkMove(memory.entity, request);
  if ("outcome" in step) return step;
  if (step.requires_approval && !approvedBy) return askApproval(memory, request);
  return move(memory, request, step, approvedBy);
}

/** Tells what has come due by `now`. */
export function ring(entity: Entity, now: number, calendars: Calendars): { entity: Entity; alerts: Alert[] } {
  if (!entity.clock || entity.archivedAt !== null) return { entity, alerts: [] };
  const { clock, alerts } = raiseAlerts(entity.clock, now, calendars, entity.definition.warn_at_percent);
  if (alerts.length === 0) return { entity, alerts };
  return { entity: { ...entity, clock, version: entity.version + 1, updatedAt: now }, alerts };
}

function askApproval(memory: Memory, request: ChangeRequest): Decision {
  const asked = memory.pending.find((approval) => approval.to === request.toStatus);
  const approval = asked ?? newApproval(memory, request);
  return { ...approvalRequired(approval), ...(asked ? {} : { opened: approval }) };
}

export function approvalRequired(approval: Approval): Refusal {
  return refuse("APPROVAL_REQUIRED", `${approval.to} requires approval`, {
    approval_id: approval.id,
    approval_status: approval.status,
    current_status: approval.from,
    requested_status: approval.to,
  });
}

function newApproval({ entity, newId }: Memory, request: ChangeRequest): Approval {
  return {
    id: newId(),
    changeId: request.changeId,
    status: "pending",
    from: entity?.status ?? null,
    to: request.toStatus,
    // Whoever decides must be of the property the entity belongs to, said or known.
    request: { propertyId: entity?.propertyId ?? null, ...request },
    requestedAt: request.now,
    decidedAt: null,
    decidedBy: null,
    decisionReason: null,
    transitionId: null,
  };
}

function move(memory: Memory, request: ChangeRequest, step: WorkflowStep, approvedBy: Person | null): Moved {
  const { entity: before, calendars } = memory;
  const at = request.now;
  const priority = priorityIn(request.businessContext) ?? before?.priority ?? null;
  const { clock, ended } = enterStep(before, {
    at,
    step,
    priority,
    dueAt: promisedDate(request.businessContext),
    calendarVersion: request.calendar?.version ?? null,
    calendars,
    nextClockId: memory.nextClockId,
    formerClock: memory.formerClock,
  });
  const entity: Entity = {
    ...(before ?? born(request)),
    status: step.status_name,
    since: at,
    seq: (before?.seq ?? 0) + 1,
    version: (before?.version ?? 0) + 1,
    priority,
    updatedAt: at,
    clock,
    ...described(before, request),
  };
  const transition = record(memory, request, { before, entity, step, ended, approvedBy });
  const others = memory.pending.filter((approval) => approval.changeId !== request.changeId);
  return { outcome: "changed", entity, transition, ended, superseded: supersede(others, at) };
}

/** Approvals that are void because the entity has gone elsewhere. */
export function supersede(approvals: Approval[], at: number): Approval[] {
  return approvals.map((approval) => ({ ...approval, status: "superseded", decidedAt: at }));
}

function born(request: ChangeRequest): Entity {
  const { companyId, entityType, entityId, definition, now } = request;
  return {
    companyId,
    entityType,
    entityId,
    definition,
    status: "",
    since: now,
    seq: 0,
    version: 0,
    priority: null,
    propertyId: null,
    ownerId: null,
    entityDetails: {},
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
    clock: null,
  };
}

type Described = Pick<Entity, "propertyId" | "ownerId" | "entityDetails">;
type Description = {
  propertyId?: string | null;
  ownerId?: string | null;
  entityDetails?: Json;
  businessContext?: Json;
};

/** What lists show beside the status: what was known, overlaid by what is said now. */
export function described(before: Described | null, said: Description): Described {
  return {
    propertyId: said.propertyId === undefined ? (before?.propertyId ?? null) : said.propertyId,
    ownerId: said.ownerId === undefined ? (before?.ownerId ?? null) : said.ownerId,
    entityDetails: overlaid(before?.entityDetails ?? {}, {
      ...plainValues(said.businessContext),
      ...said.entityDetails,
    }),
  };
}

const mostDetails = 16_384;

/** The later goes over the earlier; what was said longest ago gives way where there is too much. */
function overlaid(earlier: Json, later: Json): Json {
  const kept = Object.entries(earlier).filter(([name]) => !Object.hasOwn(later, name));
  const all = [...kept, ...Object.entries(later)];
  let size = JSON.stringify(Object.fromEntries(all)).length;
  const first = all.findIndex(([name, value]) => {
    if (size <= mostDetails) return true;
    size -= JSON.stringify({ [name]: value ?? null }).length - 1;
    return false;
  });
  return Object.fromEntries(first < 0 ? [] : all.slice(first));
}

function plainValues(context: Json = {}): Json {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => typeof value !== "object"));
}

function priorityIn({ priority }: Json): string | null {
  return typeof priority === "string" && priority !== "" ? priority : null;
}

type Step = {
  before: Entity | null;
  entity: Entity;
  step: WorkflowStep;
  ended: Clock | null;
  approvedBy: Person | null;
};

function record(
  { newId, calendars }: Memory,
  request: ChangeRequest,
  { before, entity, step, ended, approvedBy }: Step,
): Transition {
  const { permissions: _held, ...actor } = request.actor;
  return {
    id: newId(),
    seq: entity.seq,
    changeId: request.changeId,
    kind: "change",
    from: before?.status ?? null,
    to: entity.status,
    at: request.now,
    reason: request.transitionReason,
    actor,
    approvedBy,
    workflow: { id: entity.definition.id, version: entity.definition.version },
    priority: entity.priority,
    propertyId: entity.propertyId,
    durationMs: before ? Math.max(0, request.now - before.since) : null,
    isMilestone: step.is_milestone,
    slaDeadline: entity.clock && deadlineOf(entity.clock, calendars),
    ended:
      before?.clock && ended
        ? { status: ended.status, deadline: deadlineOf(before.clock, calendars), met: ended.met ?? true }
        : null,
    businessContext: request.businessContext,
    metadata: request.metadata,
  };
}

/** The step an entity stands on. Its own definition always has it: machines move along definitions only. */
export function stepOf(entity: Entity): WorkflowStep {
  const step = stepNamed(entity.definition, entity.status);
  if (!step) throw new Error(`${entity.definition.id} v${entity.definition.version} has no ${entity.status}`);
  return step;
}
