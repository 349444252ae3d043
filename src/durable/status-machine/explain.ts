import {
  type Calendars,
  type Clock,
  countedMs,
  deadlineOf,
  elapsedMs,
  isPaused,
  reachedAt,
  type Segment,
} from "./clock.ts";
import type { Entity } from "./protocol.ts";

export type ExplainedSegment = Segment & { countedMs: number };

/** A clock with its proof: the counted times of the segments add up to `elapsedMs`. */
export type ExplainedClock = {
  id: number;
  status: string;
  rule: string;
  goalMs: number;
  /** The date that was named in place of a number of hours. */
  promisedFor: number | null;
  startedAt: number | null;
  closedAt: number | null;
  met: boolean | null;
  paused: boolean;
  elapsedMs: number;
  remainingMs: number;
  deadline: number | null;
  segments: ExplainedSegment[];
  warnings: { percent: number; at: number | null }[];
};

export type Explanation = {
  entityType: string;
  entityId: string | number;
  propertyId: string | null;
  status: string;
  now: number;
  workflow: { id: string; version: number; name: string };
  clock: ExplainedClock | null;
  former: ExplainedClock[];
  calendars: Calendars;
};

export function explain(entity: Entity, former: Clock[], calendars: Calendars, now: number): Explanation {
  const { definition, clock } = entity;
  const tell = (told: Clock) => explainClock(told, calendars, now, definition.warn_at_percent);
  return {
    entityType: entity.entityType,
    entityId: entity.entityId,
    propertyId: entity.propertyId,
    status: entity.status,
    now,
    workflow: { id: definition.id, version: definition.version, name: definition.name },
    clock: clock && tell(clock),
    former: former.map(tell),
    calendars,
  };
}

function explainClock(clock: Clock, calendars: Calendars, now: number, percents: number[]): ExplainedClock {
  const segments = clock.segments.map((segment) => ({
    ...segment,
    countedMs: countedMs(segment, now, calendars),
  }));
  const elapsed = elapsedMs(clock, now, calendars);
  const deadline = deadlineOf(clock, calendars);
  return {
    id: clock.id,
    status: clock.status,
    rule: clock.rule,
    goalMs: clock.goalMs,
    promisedFor: clock.promise?.dueAt ?? null,
    startedAt: clock.segments[0]?.from ?? null,
    closedAt: clock.closedAt,
    met: clock.met,
    paused: isPaused(clock),
    elapsedMs: elapsed,
    remainingMs: clock.promise && deadline !== null ? deadline - now : clock.goalMs - elapsed,
    deadline: deadline ?? (clock.closedAt === null ? null : reachedAt(clock, 100, calendars)),
    segments,
    warnings: percents.map((percent) => ({ percent, at: reachedAt(clock, percent, calendars) })),
  };
}
