import { iso } from "../../core/fields.ts";
import { bucketOf } from "../status/analytics-period.ts";
import { hoursOf } from "../status/present.ts";
import { statusLabel } from "../status-templates/change-words.ts";
import { leadStatuses } from "./schemas.ts";
import type { Span, Sums } from "./lead-sums.ts";
import { localDays } from "./property-period.ts";
import type { getStatusMetrics, getStatusPerformance, getStatusTrends } from "./status-metrics.ts";

type Metrics = Awaited<ReturnType<typeof getStatusMetrics>>;
type Trends = Awaited<ReturnType<typeof getStatusTrends>>;
type Performance = Awaited<ReturnType<typeof getStatusPerformance>>;

/** The way to a lease, in order; who is lost has left it. */
export const leadWay = leadStatuses.filter((status) => status !== "lost");

const none: Sums = { entries: 0, exits: 0, durationMs: 0, met: 0, missed: 0, breaches: 0 };

export function presentMetrics({ span, byStatus, standing, overdue, furthest, lost }: Metrics) {
  const names = namesIn([...byStatus, ...standing]);
  const sumsOf = (status: string) => byStatus.find((row) => row.status === status) ?? { ...none, status };
  const all = byStatus.reduce<Sums>(plus, none);
  return {
    ...presentSpan(span),
    total_leads: standing.reduce((sum, { leads }) => sum + leads, 0),
    overdue_leads: overdue,
    counts: names.map((status) => ({
      status,
      label: statusLabel(status),
      now: standing.find((row) => row.status === status)?.leads ?? 0,
      entered: sumsOf(status).entries,
      left: sumsOf(status).exits,
    })),
    conversion: conversionOf(furthest),
    lost,
    time_in_status: names.map((status) => ({
      status,
      stays: sumsOf(status).exits,
      average_hours: averageHours(sumsOf(status)),
    })),
    sla: { met: all.met, missed: all.missed, compliance_rate: complianceRate(all), breaches: all.breaches },
  };
}

/**
 * How many leads reached each step of the way, and which share of those before them that is. `furthest` counts leads
 * by the furthest step they came to; one that came further has reached all the steps before.
 */
export function conversionOf(furthest: { step: number; leads: number }[]) {
  const reached = leadWay.map((_, index) =>
    furthest.filter(({ step }) => step >= index).reduce((sum, { leads }) => sum + leads, 0),
  );
  return leadWay.map((status, index) => ({
    status,
    reached: reached[index] ?? 0,
    from_previous: index === 0 ? null : percent(reached[index], reached[index - 1]),
    from_first: percent(reached[index], reached[0]),
  }));
}

export function presentTrends({ span, interval, rows }: Trends) {
  const byBucket = Map.groupBy(rows, ({ day }) => bucketOf(day, interval));
  const days = [...localDays(span.period, span.now), ...rows.map(({ day }) => day)];
  const dates = new Set(days.map((day) => bucketOf(day, interval)));
  return {
    ...presentSpan(span),
    interval,
    points: [...dates].toSorted().map((date) => {
      const own = byBucket.get(date) ?? [];
      const sums = own.reduce<Sums>(plus, none);
      const entriesAt = (status: string) =>
        own.filter((row) => row.status === status).reduce((sum, row) => sum + row.entries, 0);
      return {
        date,
        entered: Object.fromEntries(namesIn(own).map((status) => [status, entriesAt(status)])),
        total: sums.entries,
        sla_compliance_rate: complianceRate(sums),
        breaches: sums.breaches,
      };
    }),
  };
}

export function presentPerformance({ span, byStatus, people, milestones, runs }: Performance) {
  const ran = (matches: (row: (typeof runs)[number]) => boolean) =>
    runs.filter(matches).reduce((sum, row) => sum + row.runs, 0);
  return {
    ...presentSpan(span),
    statuses: namesIn(byStatus).map((status) => {
      const sums = byStatus.find((row) => row.status === status) ?? none;
      return {
        status,
        label: statusLabel(status),
        stays: sums.exits,
        average_hours: averageHours(sums),
        sla_met: sums.met,
        sla_missed: sums.missed,
        sla_compliance_rate: complianceRate(sums),
        breaches: sums.breaches,
      };
    }),
    milestones: namesIn(milestones)
      .filter((status) => status !== "new")
      .map((status) => {
        const { leads, tookMs } = milestones.find((row) => row.status === status) ?? { leads: 0, tookMs: 0 };
        return { status, leads, average_hours_from_start: leads === 0 ? null : hoursOf(tookMs / leads) };
      }),
    people: people
      .toSorted((x, y) => y.entries - x.entries || x.actor.localeCompare(y.actor))
      .map((row) => ({
        id: row.actor,
        name: row.actorName,
        changes: row.entries,
        average_hours: averageHours(row),
        sla_compliance_rate: complianceRate(row),
      })),
    automation: {
      runs: ran(() => true),
      done: ran(({ status }) => status === "done"),
      failed: ran(({ status }) => status === "failed"),
      stopped: ran(({ status }) => status === "stopped"),
      moved: ran(({ move }) => move === "moved"),
      refused: ran(({ move }) => move === "refused"),
    },
  };
}

/** The usual statuses in their order, and a company's own that occur behind them. */
function namesIn(rows: { status: string }[]): string[] {
  const own = rows.map(({ status }) => status).filter((status) => !isKnown(status));
  return [...leadStatuses, ...new Set(own.toSorted())];
}

function isKnown(status: string): boolean {
  return (leadStatuses as readonly string[]).includes(status);
}

function presentSpan({ propertyId, period }: Span) {
  const { from, to, timeZone } = period;
  return {
    property_id: propertyId,
    period: { from: iso(new Date(from)), to: iso(new Date(to)) },
    time_zone: timeZone,
  };
}

function plus(x: Sums, y: Sums): Sums {
  return {
    entries: x.entries + y.entries,
    exits: x.exits + y.exits,
    durationMs: x.durationMs + y.durationMs,
    met: x.met + y.met,
    missed: x.missed + y.missed,
    breaches: x.breaches + y.breaches,
  };
}

function averageHours({ exits, durationMs }: Pick<Sums, "exits" | "durationMs">): number | null {
  return exits === 0 ? null : hoursOf(durationMs / exits);
}

function complianceRate({ met, missed }: Pick<Sums, "met" | "missed">): number | null {
  return percent(met, met + missed);
}

/** Null where there is nothing to take a share of. */
function percent(part = 0, whole = 0): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1000) / 10;
}
