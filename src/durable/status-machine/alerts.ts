import { type Calendars, type Clock, deadlineOf, reachedAt } from "./clock.ts";

export type Alert =
  | { kind: "sla_warning"; percent: number; at: number; deadline: number }
  | { kind: "sla_overdue"; at: number; deadline: number };

/**
 * What must be told by `now` and was not told yet, and the clock that remembers having told it. Old news is left
 * out: of several warnings only the latest is told, and none beside a breach.
 */
export function raiseAlerts(clock: Clock, now: number, calendars: Calendars, percents: number[]) {
  const due = untold(clock, calendars, percents).filter((alert) => alert.at <= now);
  const last = due.at(-1);
  if (!last) return { clock, alerts: [] };
  const raised = [...clock.raised, ...due.map((alert) => nameOf(alert, clock))];
  return { clock: { ...clock, raised }, alerts: [last] };
}

/** When the clock next has something to tell; null when it stands still or has told everything. */
export function nextAlertAt(clock: Clock, calendars: Calendars, percents: number[]): number | null {
  return untold(clock, calendars, percents)[0]?.at ?? null;
}

/** Whether the breach of the present deadline has been told. */
export function isOverdueTold(clock: Clock, calendars: Calendars): boolean {
  const deadline = deadlineOf(clock, calendars);
  return deadline !== null && clock.raised.includes(breachOf(deadline));
}

/** The deadlines whose breach has been told, in the order in which that was. */
export function breachesTold(clock: Clock): number[] {
  return clock.raised
    .filter((name) => name.startsWith(breachOf("")))
    .map((name) => Number(name.slice(breachOf("").length)));
}

function untold(clock: Clock, calendars: Calendars, percents: number[]): Alert[] {
  const deadline = deadlineOf(clock, calendars);
  if (deadline === null || clock.raised.includes(breachOf(deadline))) return [];
  const warnings = percents
    .toSorted((a, b) => a - b)
    .flatMap((percent): Alert[] => {
      const at = reachedAt(clock, percent, calendars);
      return at === null ? [] : [{ kind: "sla_warning", percent, at, deadline }];
    });
  const alerts: Alert[] = [...warnings, { kind: "sla_overdue", at: deadline, deadline }];
  return alerts.filter((alert) => !clock.raised.includes(nameOf(alert, clock)));
}

// A warning belongs to its goal: moved by a pause it is the same warning, under another goal it is a new one.
function nameOf(alert: Alert, clock: Clock): string {
  if (alert.kind === "sla_overdue") return breachOf(alert.deadline);
  return `${alert.percent}% of ${clock.promise ? `promise ${clock.promise.dueAt}` : clock.goalMs}`;
}

function breachOf(deadline: number | ""): string {
  return `overdue at ${deadline}`;
}
