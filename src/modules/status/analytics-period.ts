import { invalidFields } from "../../core/errors.ts";
import type { AnalyticsQuery } from "./analytics.schemas.ts";

/** Whole UTC days as YYYY-MM-DD, `to` not included. */
export type Period = { from: string; to: string };

export type Bucket = "day" | "week" | "month";

const dayMs = 86_400_000;
const usualDays = 30;
const longestDays = 731;

/** The days that are asked for: both ends widened to whole days, the last thirty unless said. */
export function periodOf({ date_from, date_to }: AnalyticsQuery, now: Date): Period {
  const to = date_to === undefined ? dayAfter(dayOf(now)) : endOf(date_to);
  const from = date_from === undefined ? addDays(to, -usualDays) : dayOf(new Date(date_from));
  const days = (Date.parse(to) - Date.parse(from)) / dayMs;
  if (days <= 0) throw invalidFields([{ field: "date_to", message: "must be after date_from" }]);
  if (days > longestDays)
    throw invalidFields([
      { field: "date_from", message: `must be at most ${longestDays} days before date_to` },
    ]);
  return { from, to };
}

/** The buckets of a period up to now, in order; weeks begin on Monday. */
export function bucketsOf({ from, to }: Period, bucket: Bucket, now: Date): string[] {
  const end = [to, dayAfter(dayOf(now))].toSorted()[0] ?? to;
  const buckets = new Set<string>();
  for (let day = from; day < end; day = dayAfter(day)) buckets.add(bucketOf(day, bucket));
  return [...buckets];
}

export function bucketOf(day: string, bucket: Bucket): string {
  if (bucket === "month") return `${day.slice(0, 7)}-01`;
  if (bucket === "day") return day;
  const daysSinceMonday = (new Date(day).getUTCDay() + 6) % 7;
  return addDays(day, -daysSinceMonday);
}

function endOf(date: string): string {
  if (date.length === 10) return dayAfter(date);
  const at = new Date(date);
  const day = dayOf(at);
  return at.getTime() === Date.parse(day) ? day : dayAfter(day);
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function dayAfter(day: string): string {
  return addDays(day, 1);
}

function addDays(day: string, days: number): string {
  return dayOf(new Date(Date.parse(day) + days * dayMs));
}
