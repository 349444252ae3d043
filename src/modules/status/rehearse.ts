import { type Calendars, type Clock, isBreached, reachedAt } from "../../durable/status-machine/clock.ts";
import { checkMove } from "../../durable/status-machine/guards.ts";
import { decideChange, type Moved } from "../../durable/status-machine/machine.ts";
import type { ChangeRequest, Entity, Json } from "../../durable/status-machine/protocol.ts";
import type { BusinessCalendar } from "./business-time.ts";
import { stepNamed, type WorkflowDefinition } from "./workflow-schema.ts";

/** A transition as it was recorded. */
export type Recorded = {
  kind: "change" | "migration";
  to: string;
  at: number;
  reason: string | null;
  component: string | null;
  businessContext: Json;
  isApproved: boolean;
  /** Whether it ended a clock too late. */
  endedLate: boolean;
  /** Fields the definition of the time asked for; that it was made says that they were given. */
  given: string[];
};

export type RecordedEntity = {
  entityType: string;
  entityId: string | number;
  transitions: Recorded[];
  /** Whether it is late now, as recorded. */
  isLate: boolean;
};

export type Late = {
  status: string;
  enteredAt: number;
  deadline: number;
  leftAt: number | null;
  lateMs: number;
  wasLate: boolean;
};

export type Refused = { from: string | null; to: string; at: number; code: string; message: string };

export type Rehearsed = { late: Late[]; noLongerLate: number; refused: Refused[]; approvals: number };

/**
 * One entity's history lived again under a changed definition. A change that would have been refused is noted and
 * made all the same, so that one refusal does not hide what came after. Who held which permission is not
 * recorded: everybody is taken to hold what a step requires.
 */
export function rehearse(
  definition: WorkflowDefinition,
  { transitions, isLate, ...ref }: RecordedEntity,
  calendar: BusinessCalendar | null,
  period: { from: number; to: number },
): Rehearsed {
  const calendars: Calendars = calendar ? { [calendar.version]: calendar } : {};
  const told: Rehearsed = { late: [], noLongerLate: 0, refused: [], approvals: 0 };
  const closed: Clock[] = [];
  let entity: Entity | null = null;
  for (const recorded of transitions) {
    const request = requestOf(ref, recorded, definition, calendar);
    const counts = recorded.at >= period.from;
    const problem = problemWith(entity, request, recorded);
    if (counts && problem) told.refused.push({ from: entity?.status ?? null, ...problem });
    if (counts && needsApproval(definition, recorded)) told.approvals += 1;
    if (!stepNamed(definition, recorded.to)) continue;
    const moved = place(entity, request, closed, calendars);
    if (moved.ended) closed.push(moved.ended);
    entity = { ...moved.entity, definition };
    if (counts) noteLate(told, lateOf(moved.ended, recorded.at, calendars), recorded.endedLate);
  }
  const open = entity?.clock ?? null;
  noteLate(told, open && stillLate(open, period.to, calendars), isLate);
  return told;
}

function requestOf(
  ref: { entityType: string; entityId: string | number },
  recorded: Recorded,
  definition: WorkflowDefinition,
  calendar: BusinessCalendar | null,
): ChangeRequest {
  return {
    companyId: "",
    ...ref,
    toStatus: recorded.to,
    changeId: "",
    transitionReason: recorded.reason,
    businessContext: recorded.businessContext,
    metadata: {},
    facts: Object.fromEntries(recorded.given.map((field) => [field, true])),
    definition,
    calendar,
    actor: { id: "", name: "", role: "", permissions: ["*"], component: recorded.component },
    now: recorded.at,
    clockOffsetMs: 0,
  };
}

function problemWith(entity: Entity | null, request: ChangeRequest, { kind, to, at }: Recorded) {
  if (kind === "migration") return null;
  const step = checkMove(entity, request);
  return "outcome" in step ? { to, at, code: step.code, message: step.message } : null;
}

function needsApproval(definition: WorkflowDefinition, { kind, to, isApproved }: Recorded): boolean {
  return kind === "change" && !isApproved && Boolean(stepNamed(definition, to)?.requires_approval);
}

/** Puts the entity where history put it, with the clocks of the changed definition. */
function place(entity: Entity | null, request: ChangeRequest, closed: Clock[], calendars: Calendars): Moved {
  const definition = withoutGuards(request.definition);
  const decision = decideChange(
    {
      entity: entity && { ...entity, definition },
      calendars,
      pending: [],
      nextClockId: closed.length + 1,
      formerClock: (status) => closed.findLast((clock) => clock.status === status) ?? null,
      newId: () => "",
    },
    { ...request, definition },
  );
  if (decision.outcome === "refused") throw new Error(`history cannot be lived again: ${decision.message}`);
  return decision;
}

const unguarded = new WeakMap<WorkflowDefinition, WorkflowDefinition>();

/** The same steps and limits with every way open. */
function withoutGuards(definition: WorkflowDefinition): WorkflowDefinition {
  const known = unguarded.get(definition);
  if (known) return known;
  const names = definition.steps.map((step) => step.status_name);
  const open = {
    ...definition,
    steps: definition.steps.map((step) => ({
      ...step,
      is_initial: true,
      requires_approval: false,
      allowed_transitions: names,
      required_fields: [],
      required_permission: null,
      refused_components: [],
    })),
  };
  unguarded.set(definition, open);
  return open;
}

type Lateness = Omit<Late, "wasLate">;

function lateOf(ended: Clock | null, at: number, calendars: Calendars): Lateness | null {
  if (!ended || ended.met !== false) return null;
  return lateness(ended, at, at, calendars);
}

function stillLate(clock: Clock, now: number, calendars: Calendars): Lateness | null {
  return isBreached(clock, now, calendars) ? lateness(clock, null, now, calendars) : null;
}

function lateness(clock: Clock, leftAt: number | null, at: number, calendars: Calendars): Lateness {
  const deadline = reachedAt(clock, 100, calendars) ?? at;
  const enteredAt = clock.segments[0]?.from ?? at;
  return { status: clock.status, enteredAt, deadline, leftAt, lateMs: at - deadline };
}

function noteLate(told: Rehearsed, late: Lateness | null, wasLate: boolean): void {
  if (late) told.late.push({ ...late, wasLate });
  else if (wasLate) told.noLongerLate += 1;
}
