import { Temporal } from "temporal-polyfill";
import { timeZone } from "../../core/fields.ts";
import { type Interval, openIntervals } from "../properties/local-day.ts";
import { OfficeHours, weekdays } from "../properties/office-hours.ts";

/** When a company or property works. A change is a new version; what was counted under the old one stays counted. */
export type BusinessCalendar = { version: string; time_zone: string; hours: OfficeHours };

const hourMs = 3_600_000;
const longestClosureDays = 800;
/** More than a century, which is more than ten years of open time in any calendar worth the name. */
const longestSearchDays = 40_000;

/**
 * The first instant at which `durationMs` of open time has passed since `from` (epoch ms). Without a calendar
 * every instant is open.
 *
 * A window runs from its local opening to its local closing and is measured in real time: across a change of
 * the clocks it is an hour longer or shorter. A local time that is skipped counts as the moment of the change,
 * one that comes twice as its first coming. Throws a RangeError where that is out of sight: in a calendar that is
 * closed for years on end, or opens so seldom that it takes a century.
 */
export function addBusinessTime(from: number, durationMs: number, calendar: BusinessCalendar | null): number {
  if (calendar === null || durationMs <= 0) return from + Math.max(0, durationMs);
  let left = durationMs;
  let closedDays = 0;
  let day = dayOf(from, calendar);
  for (let days = 0; closedDays < longestClosureDays && days < longestSearchDays; days += 1) {
    closedDays += 1;
    for (const { startMs, endMs } of openOn(day, calendar)) {
      const start = Math.max(startMs, from);
      if (start >= endMs) continue;
      if (left <= endMs - start) return start + left;
      left -= endMs - start;
      closedDays = 0;
    }
    day = day.add({ days: 1 });
  }
  throw new RangeError(
    closedDays < longestClosureDays
      ? `calendar ${calendar.version} opens too seldom for ${durationMs} ms`
      : `calendar ${calendar.version} is closed for ${longestClosureDays} days on end`,
  );
}

/** Open time between two instants in ms; 0 when `to` is not after `from`. */
export function businessTimeBetween(from: number, to: number, calendar: BusinessCalendar | null): number {
  if (to <= from) return 0;
  if (calendar === null) return to - from;
  let total = 0;
  const last = dayOf(to, calendar);
  for (
    let day = dayOf(from, calendar);
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  ) {
    for (const { startMs, endMs } of openOn(day, calendar))
      total += Math.max(0, Math.min(endMs, to) - Math.max(startMs, from));
  }
  return total;
}

export function addBusinessHours(from: number, hours: number, calendar: BusinessCalendar | null): number {
  return addBusinessTime(from, Math.round(hours * hourMs), calendar);
}

export function businessHoursBetween(from: number, to: number, calendar: BusinessCalendar | null): number {
  return businessTimeBetween(from, to, calendar) / hourMs;
}

/** Everything that is wrong with a calendar, by dotted field; empty when it can be counted with. */
export function validateCalendar(calendar: BusinessCalendar): { field: string; message: string }[] {
  const problems: { field: string; message: string }[] = [];
  if (!timeZone.safeParse(calendar.time_zone).success)
    problems.push({ field: "time_zone", message: `${calendar.time_zone} is not an IANA time zone` });
  const hours = OfficeHours.safeParse(calendar.hours);
  for (const issue of hours.error?.issues ?? [])
    problems.push({ field: ["hours", ...issue.path].join("."), message: issue.message });
  if (hours.success && !weekdays.some((day) => (hours.data[day] ?? []).length > 0))
    problems.push({ field: "hours", message: "at least one weekday needs an open window" });
  return problems;
}

// One decision asks for the same days many times (four warnings, one deadline), and zone arithmetic is dear.
const knownDays = new WeakMap<BusinessCalendar, Map<string, Interval[]>>();

function openOn(day: Temporal.PlainDate, calendar: BusinessCalendar): Interval[] {
  const days = knownDays.get(calendar) ?? new Map<string, Interval[]>();
  knownDays.set(calendar, days);
  const date = day.toString();
  const known = days.get(date) ?? openIntervals(calendar.hours, calendar.time_zone, day, day);
  days.set(date, known);
  return known;
}

function dayOf(instant: number, calendar: BusinessCalendar): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(instant))
    .toZonedDateTimeISO(calendar.time_zone)
    .toPlainDate();
}
