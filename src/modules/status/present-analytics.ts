import { bucketOf, bucketsOf, type Bucket } from "./analytics-period.ts";
import type { AnalyticsQuery } from "./analytics.schemas.ts";
import type { Analysis, Sums } from "./analyze-status.ts";
import { hoursOf } from "./present.ts";

type StatusRow = Analysis["byStatus"][number];
type GroupBy = AnalyticsQuery["group_by"];

const none: Sums = { entries: 0, exits: 0, durationMs: 0, met: 0, missed: 0, breaches: 0 };

export function presentAnalytics(analysis: Analysis, groupBy: GroupBy) {
  const { period, byStatus, uniqueEntities, finals } = analysis;
  const isFinal = ({ entityType, status }: StatusRow) => finals.has(`${entityType}:${status}`);
  const peersOf = ({ entityType }: StatusRow) =>
    byStatus.filter((row) => row.entityType === entityType && !isFinal(row));
  const all = byStatus.reduce(plus, none);
  const bucket = groupBy === "week" || groupBy === "month" ? groupBy : "day";
  return {
    period: { from: `${period.from}T00:00:00.000Z`, to: `${period.to}T00:00:00.000Z` },
    metrics: {
      total_transitions: all.entries,
      unique_entities_affected: uniqueEntities,
      average_status_duration_hours: averageHours(all),
      sla_compliance_rate: complianceRate(all),
      overdue_incidents: all.breaches,
    },
    status_performance: byStatus
      .map((row) => ({
        entity_type: row.entityType,
        status_name: row.status,
        total_entries: row.entries,
        average_duration_hours: averageHours(row),
        sla_compliance_rate: complianceRate(row),
        bottleneck_score: isFinal(row) ? 0 : bottleneckScore(row, peersOf(row)),
      }))
      .toSorted((x, y) => y.bottleneck_score - x.bottleneck_score || y.total_entries - x.total_entries),
    trend_data: trend(analysis, bucket),
    groups: groups(analysis, groupBy),
  };
}

/**
 * How much a status holds work up, from 0 to 10: five points for how long stays there last beside the slowest
 * status of the same type (`peers`), five for the share of its deadlines that were missed. A status that nobody
 * has left yet, and one without deadlines, gets none of the points in question. Final statuses hold up nothing and
 * are no peers.
 */
export function bottleneckScore(status: Omit<Sums, "breaches">, peers: Omit<Sums, "breaches">[]): number {
  const slowest = Math.max(...peers.map(averageMs), 0);
  const slowness = slowest === 0 ? 0 : averageMs(status) / slowest;
  const ended = status.met + status.missed;
  const lateness = ended === 0 ? 0 : status.missed / ended;
  return Math.round((5 * slowness + 5 * lateness) * 10) / 10;
}

function trend({ period, now, byDay }: Analysis, bucket: Bucket) {
  const byBucket = Map.groupBy(byDay, ({ day }) => bucketOf(day, bucket));
  const dates = new Set([...bucketsOf(period, bucket, now), ...byBucket.keys()]);
  return [...dates].toSorted().map((date) => {
    const sums = (byBucket.get(date) ?? []).reduce<Sums>(plus, none);
    return {
      date,
      transitions: sums.entries,
      overdue_count: sums.breaches,
      sla_compliance_rate: complianceRate(sums),
    };
  });
}

function groups(analysis: Analysis, groupBy: GroupBy) {
  const { byStatus, byDay, byActor } = analysis;
  switch (groupBy) {
    case "user":
      return byActor.map((row) => ({ ...presentGroup(row.actor, row.actorName, row), overdue_count: null }));
    case "status":
      return grouped(byStatus, ({ status }) => status);
    case "entity_type":
      return grouped(byStatus, ({ entityType }) => entityType);
    case "day":
    case "week":
    case "month":
      return grouped(byDay, ({ day }) => bucketOf(day, groupBy));
  }
}

function grouped<Row extends Sums>(rows: Row[], keyOf: (row: Row) => string) {
  const byKey = [...Map.groupBy(rows, keyOf)].toSorted(([x], [y]) => x.localeCompare(y));
  return byKey.map(([key, own]) => {
    const sums = own.reduce<Sums>(plus, none);
    return { ...presentGroup(key, key, sums), overdue_count: sums.breaches };
  });
}

function presentGroup(key: string, label: string, sums: Omit<Sums, "breaches">) {
  return {
    key,
    label,
    transitions: sums.entries,
    average_duration_hours: averageHours(sums),
    sla_compliance_rate: complianceRate(sums),
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

function averageMs({ exits, durationMs }: Pick<Sums, "exits" | "durationMs">): number {
  return exits === 0 ? 0 : durationMs / exits;
}

function averageHours(sums: Pick<Sums, "exits" | "durationMs">): number | null {
  return sums.exits === 0 ? null : hoursOf(averageMs(sums));
}

function complianceRate({ met, missed }: Pick<Sums, "met" | "missed">): number | null {
  return met + missed === 0 ? null : Math.round((met / (met + missed)) * 1000) / 10;
}
