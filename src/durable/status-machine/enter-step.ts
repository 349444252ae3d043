import { stepNamed, type WorkflowStep } from "../../modules/status/workflow-schema.ts";
import {
  type Calendars,
  type Clock,
  closeClock,
  type Goal,
  isPaused,
  pauseClock,
  reopenClock,
  resumeClock,
  retargetClock,
  startClock,
} from "./clock.ts";
import type { Entity } from "./protocol.ts";

const hourMs = 3_600_000;

export type Entering = {
  at: number;
  step: WorkflowStep;
  priority: string | null;
  /** A date promised for this stay, epoch ms. */
  dueAt: number | null;
  calendarVersion: string | null;
  calendars: Calendars;
  nextClockId: number;
  /** The last closed clock of a status. */
  formerClock: (status: string) => Clock | null;
};

/**
 * What becomes of the clock when an entity enters a step. Final steps have none. A pausing step stops the clock
 * of the step that was left; back in that step it goes on with what was left of it. Any other step ends it and
 * starts its own.
 */
export function enterStep(
  entity: Entity | null,
  entering: Entering,
): { clock: Clock | null; ended: Clock | null } {
  const { at, step, calendars, calendarVersion, dueAt } = entering;
  const clock = entity?.clock ?? null;
  if (step.pauses_sla && !step.is_final && dueAt === null)
    return { clock: clock && pauseClock(clock, at, `${step.status_name} stops the clock`), ended: null };
  const goal = goalOf(entering);
  if (goal && clock && dueAt === null && isPaused(clock) && clock.status === step.status_name) {
    const resumed = resumeClock(clock, at, calendarVersion, `back in ${step.status_name}`);
    return { clock: withGoal(resumed, at, goal, calendarVersion), ended: null };
  }
  const ended = clock && closeClock(clock, at, calendars);
  return { clock: goal && beginClock(entity, entering, goal), ended };
}

function beginClock(entity: Entity | null, entering: Entering, goal: Goal): Clock {
  const { at, step, calendarVersion, nextClockId } = entering;
  if (entity && goal.promise === null && isReopening(entity, step)) {
    const former =
      entity.definition.reopen_policy === "resume" ? entering.formerClock(step.status_name) : null;
    if (former) return withGoal(reopenClock(former, at, calendarVersion), at, goal, calendarVersion);
  }
  return startClock(nextClockId, step.status_name, goal, at, calendarVersion);
}

function isReopening({ definition, status }: Entity, step: WorkflowStep): boolean {
  return Boolean(stepNamed(definition, status)?.is_final) && !step.is_final;
}

/** Another goal than the clock has, with the elapsed time carried over; a promised date stays promised. */
export function withGoal(clock: Clock, at: number, goal: Goal, calendarVersion: string | null): Clock {
  if (clock.promise && !goal.promise) return clock;
  if (clock.goalMs === goal.goalMs && clock.promise?.dueAt === goal.promise?.dueAt) return clock;
  return retargetClock(clock, at, goal, calendarVersion);
}

function goalOf(entering: Entering): Goal | null {
  const { step, dueAt, at } = entering;
  if (step.is_final) return null;
  return dueAt === null ? stepGoal(step, entering.priority) : promiseGoal(dueAt, at, 0);
}

/** The time a step allows at a priority; null where it allows any. */
export function stepGoal(step: WorkflowStep, priority: string | null): Goal | null {
  const special = priority === null ? undefined : step.sla_hours_by_priority[priority];
  const hours = special ?? step.sla_hours;
  if (hours === null || step.is_final || step.pauses_sla) return null;
  const rule = `${hours} h of ${step.status_name}${special === undefined ? "" : ` at priority ${priority}`}`;
  return { goalMs: Math.round(hours * hourMs), promise: null, rule };
}

/** A named date in place of the step's hours: what was used when it was named, and the time from then on. */
export function promiseGoal(dueAt: number, setAt: number, usedMs: number): Goal {
  const rule = `promised for ${new Date(dueAt).toISOString()}`;
  return { goalMs: usedMs + dueAt - setAt, promise: { dueAt, setAt }, rule };
}
