import { stepNamed } from "../../modules/status/workflow-schema.ts";
import {
  type Calendars,
  type Clock,
  elapsedMs,
  lastCalendarOf,
  recalendarClock,
  startClock,
} from "./clock.ts";
import { promiseGoal, stepGoal, withGoal } from "./enter-step.ts";
import { described, stepOf } from "./machine.ts";
import type { AdjustRequest, Entity } from "./protocol.ts";

type Known = { nextClockId: number; calendars: Calendars };

/**
 * The entity with another priority, promised date, calendar, owner or property. Time already used stays used:
 * three hours begun at ten and cut to two at eleven end at twelve.
 */
export function adjustEntity(
  entity: Entity,
  request: AdjustRequest,
  { nextClockId, calendars }: Known,
): Entity {
  const { now } = request;
  const priority = request.priority === undefined ? entity.priority : request.priority;
  const said: Entity = { ...entity, priority, ...described(entity, request) };
  const recounted = withCalendar(said, request);
  const clock = withTarget(recounted, request, { nextClockId, calendars });
  return { ...recounted, clock, version: entity.version + 1, updatedAt: now };
}

function withCalendar(entity: Entity, { calendar, now }: AdjustRequest): Entity {
  if (calendar === undefined || !entity.clock) return entity;
  return { ...entity, clock: recalendarClock(entity.clock, now, calendar?.version ?? null) };
}

function withTarget(
  entity: Entity,
  { now, dueAt, calendar }: AdjustRequest,
  { nextClockId, calendars }: Known,
): Clock | null {
  const { clock } = entity;
  const version = calendar === undefined ? clock && lastCalendarOf(clock) : (calendar?.version ?? null);
  if (dueAt !== undefined && !stepOf(entity).is_final) {
    const goal = promiseGoal(dueAt, now, clock ? elapsedMs(clock, now, calendars) : 0);
    return clock
      ? withGoal(clock, now, goal, version)
      : startClock(nextClockId, entity.status, goal, now, null);
  }
  const step = clock ? stepNamed(entity.definition, clock.status) : stepOf(entity);
  const goal = step && stepGoal(step, entity.priority);
  if (!goal) return clock;
  if (clock) return withGoal(clock, now, goal, version);
  return startClock(nextClockId, entity.status, goal, entity.since, version);
}

/** Stops everything: an archived entity is in nobody's way. */
export function archiveEntity(entity: Entity, now: number): Entity {
  return { ...entity, archivedAt: now, updatedAt: now, version: entity.version + 1 };
}

/** Takes an archived entity up again as it was; its clock has gone on meanwhile. */
export function restoreEntity(entity: Entity, now: number): Entity {
  return { ...entity, archivedAt: null, updatedAt: now, version: entity.version + 1 };
}
