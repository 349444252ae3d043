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

/** A clock with its proof: the counted times of the segments add up to `elapsedMs`, and that and what remains to the goal. */
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
  archivedAt: number | null;
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
    archivedAt: entity.archivedAt,
    status: entity.status,
    now,
    workflow: { id: definition.id, version: definition.version, name: definition.name },
    clock: clock && tell(clock),
    former: former.map(tell),
    calendars: Object.fromEntries(
      Object.entries(calendars).filter(([version]) => isNamed(version, clock ? [...former, clock] : former)),
    ),
  };
}

function isNamed(version: string, clocks: Clock[]): boolean {
  return clocks.some(({ segments }) => segments.some(({ calendarVersion }) => calendarVersion === version));
}

/** A closed clock as it stood when it was closed: with the deadline it had, kept or not. */
function unclosed(clock: Clock): Clock {
  const [last, ...before] = clock.segments.toReversed();
  if (clock.closedAt === null || !last) return clock;
  return { ...clock, closedAt: null, segments: [...before.toReversed(), { ...last, to: null }] };
}

function explainClock(clock: Clock, calendars: Calendars, now: number, percents: number[]): ExplainedClock {
  const segments = clock.segments.map((segment) => ({
    ...segment,
    countedMs: countedMs(segment, now, calendars),
  }));
  const elapsed = elapsedMs(clock, now, calendars);
  const standing = unclosed(clock);
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
    remainingMs: clock.goalMs - elapsed,
    deadline: deadlineOf(standing, calendars),
    segments,
    warnings: percents.map((percent) => ({ percent, at: reachedAt(standing, percent, calendars) })),
  };
}
