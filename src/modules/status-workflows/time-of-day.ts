import { Temporal } from "temporal-polyfill";
import { openIntervals } from "../properties/local-day.ts";
import { minuteOfDay, type OfficeHours } from "../properties/office-hours.ts";

export type Place = { timeZone: string; officeHours: OfficeHours | null };

const range = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** What is wrong with a `time_of_day`; null when it can be told whether it is that time. */
export function timeOfDayProblem(text: string): string | null {
  if (text === "business_hours" || text === "after_hours") return null;
  const [, start, end] = range.exec(text) ?? [];
  if (start === undefined || end === undefined)
    return 'must be "business_hours", "after_hours" or a range such as "09:00-18:00"';
  return start === end ? "must not begin and end at the same time" : null;
}

/**
 * Whether an instant (epoch ms) falls into a `time_of_day` by the property's own clock. A range takes in its first
 * minute and not its last, and may pass midnight; on the day the clocks change it follows what they show. Without
 * office hours a property counts as always open.
 */
export function isTimeOfDay(text: string, at: number, { timeZone, officeHours }: Place): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  if (text === "business_hours") return isOpen(at, local.toPlainDate(), { timeZone, officeHours });
  if (text === "after_hours") return !isOpen(at, local.toPlainDate(), { timeZone, officeHours });
  const [, start, end] = range.exec(text) ?? [];
  if (start === undefined || end === undefined) return false;
  const [from, to, minute] = [minuteOfDay(start), minuteOfDay(end), local.hour * 60 + local.minute];
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function isOpen(at: number, today: Temporal.PlainDate, { timeZone, officeHours }: Place): boolean {
  if (officeHours === null) return true;
  return openIntervals(officeHours, timeZone, today, today).some(
    ({ startMs, endMs }) => at >= startMs && at < endMs,
  );
}
