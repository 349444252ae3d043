import {
  addBusinessTime,
  type BusinessCalendar,
  businessTimeBetween,
} from "../../modules/status/business-time.ts";

/** A stretch of a clock's life. `calendarVersion` null means that every instant of it counts. */
export type Segment = {
  kind: "running" | "paused";
  reason: string;
  from: number;
  to: number | null;
  calendarVersion: string | null;
};

/**
 * The time an entity may take over one status. Only segments are kept; what has elapsed, what is left and the
 * deadline are derived from them. Times are epoch ms of the company's clock.
 */
export type Clock = {
  id: number;
  /** The status it measures. */
  status: string;
  /** Open time allowed. */
  goalMs: number;
  /** Set when somebody named the date instead: it counts around the clock and moves only with pauses after `setAt`. */
  promise: { dueAt: number; setAt: number } | null;
  /** What set the goal, in words. */
  rule: string;
  segments: Segment[];
  closedAt: number | null;
  /** Whether the deadline was kept; null while open. */
  met: boolean | null;
  /** Warnings and breaches already told, so that each is told once. */
  raised: string[];
};

/** Calendars by version, all that the segments name. */
export type Calendars = Record<string, BusinessCalendar>;

export type Goal = { goalMs: number; promise: Clock["promise"]; rule: string };

export function startClock(
  id: number,
  status: string,
  goal: Goal,
  at: number,
  calendarVersion: string | null,
): Clock {
  const segment = running(`entered ${status}`, at, goal.promise ? null : calendarVersion);
  return { id, status, ...goal, segments: [segment], closedAt: null, met: null, raised: [] };
}

export function pauseClock(clock: Clock, at: number, reason: string): Clock {
  if (isPaused(clock)) return clock;
  return follow(clock, at, { kind: "paused", reason, from: at, to: null, calendarVersion: null });
}

export function resumeClock(clock: Clock, at: number, calendarVersion: string | null, reason: string): Clock {
  return follow(clock, at, running(reason, at, clock.promise ? null : calendarVersion));
}

/** Gives the clock another goal; time already used stays used. */
export function retargetClock(clock: Clock, at: number, goal: Goal, calendarVersion: string | null): Clock {
  const next = { ...clock, ...goal };
  if (isPaused(clock)) return next;
  return follow(next, at, running(goal.rule, at, goal.promise ? null : calendarVersion));
}

/** From `at` on time is counted by another calendar. */
export function recalendarClock(clock: Clock, at: number, calendarVersion: string | null): Clock {
  const open = clock.segments.at(-1);
  if (!open || open.kind === "paused" || clock.promise || open.calendarVersion === calendarVersion)
    return clock;
  return follow(clock, at, running("calendar changed", at, calendarVersion));
}

export function closeClock(clock: Clock, at: number, calendars: Calendars): Clock {
  const met = !isBreached(clock, at, calendars);
  return { ...endLast(clock, at), closedAt: at, met };
}

/** Takes a closed clock up again; the time it was closed counts as paused. */
export function reopenClock(clock: Clock, at: number, calendarVersion: string | null): Clock {
  const away: Segment = {
    kind: "paused",
    reason: "closed",
    from: clock.closedAt ?? at,
    to: at,
    calendarVersion: null,
  };
  const segments = [...clock.segments, away];
  return resumeClock({ ...clock, segments, closedAt: null, met: null }, at, calendarVersion, "reopened");
}

export function isPaused(clock: Clock): boolean {
  return clock.segments.at(-1)?.kind === "paused";
}

/** The calendar the clock last ran by. */
export function lastCalendarOf(clock: Clock): string | null {
  return clock.segments.findLast((segment) => segment.kind === "running")?.calendarVersion ?? null;
}

/** Time counted in one segment up to `now`. */
export function countedMs(segment: Segment, now: number, calendars: Calendars): number {
  if (segment.kind === "paused") return 0;
  return businessTimeBetween(segment.from, segment.to ?? now, calendarOf(segment, calendars));
}

export function elapsedMs(clock: Clock, now: number, calendars: Calendars): number {
  return clock.segments.reduce((sum, segment) => sum + countedMs(segment, now, calendars), 0);
}

/** Null while the clock stands still, once it is closed, and where no opening hours are in sight. */
export function deadlineOf(clock: Clock, calendars: Calendars): number | null {
  if (clock.closedAt !== null || isPaused(clock)) return null;
  return reachedAt(clock, 100, calendars);
}

/** Whether the allowed time had run out by `at`, on a clock that may be standing still. */
export function isBreached(clock: Clock, at: number, calendars: Calendars): boolean {
  const reached = reachedAt(clock, 100, calendars);
  return reached !== null && reached <= at;
}

/**
 * When the given share of the allowed time is used up; null when a clock that stands still had not got there, and
 * when no calendar says that the time will ever come.
 * The answer lies in the past for a share already used.
 */
export function reachedAt(clock: Clock, percent: number, calendars: Calendars): number | null {
  if (clock.promise) return promisedAt(clock, clock.promise, percent);
  const first = clock.segments[0];
  let left = Math.ceil((clock.goalMs * percent) / 100);
  if (!first || left <= 0) return (first?.from ?? 0) + left;
  for (const segment of clock.segments) {
    if (segment.kind === "paused") continue;
    const counted = segment.to === null ? Infinity : countedMs(segment, segment.to, calendars);
    if (left <= counted) return foreseen(segment, left, calendars);
    left -= counted;
  }
  return null;
}

// A company may close for good, or for longer than anybody looks ahead: it still can work on, without a deadline.
function foreseen(segment: Segment, ms: number, calendars: Calendars): number | null {
  try {
    return addBusinessTime(segment.from, ms, calendarOf(segment, calendars));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function promisedAt(clock: Clock, promise: { dueAt: number; setAt: number }, percent: number): number | null {
  const start = clock.segments[0]?.from ?? promise.setAt;
  const due = Math.ceil(promise.dueAt - ((promise.dueAt - start) * (100 - percent)) / 100);
  const pauses = clock.segments.filter((segment) => segment.kind === "paused");
  let moved = 0;
  for (const pause of pauses) {
    const from = Math.max(pause.from, promise.setAt);
    if (pause.to !== null && pause.to <= from) continue;
    if (due + moved <= from) return due + moved;
    if (pause.to === null) return null;
    moved += pause.to - from;
  }
  return due + moved;
}

function calendarOf(segment: Segment, calendars: Calendars): BusinessCalendar | null {
  return segment.calendarVersion === null ? null : (calendars[segment.calendarVersion] ?? null);
}

function running(reason: string, from: number, calendarVersion: string | null): Segment {
  return { kind: "running", reason, from, to: null, calendarVersion };
}

function follow(clock: Clock, at: number, next: Segment): Clock {
  const ended = endLast(clock, at);
  return { ...ended, segments: [...ended.segments, next] };
}

// A company's clock may be set back; a segment then has no length rather than a negative one.
function endLast(clock: Clock, at: number): Clock {
  const segments = clock.segments.map((segment) =>
    segment.to === null ? { ...segment, to: Math.max(at, segment.from) } : segment,
  );
  return { ...clock, segments };
}
