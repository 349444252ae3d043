import { Temporal } from "temporal-polyfill";
import { minuteOfDay, windowsOn, type OfficeHours } from "./office-hours.ts";

const minuteMs = 60_000;
const plainDayMs = 24 * 60 * minuteMs;

/** A stretch of real time in epoch milliseconds, end not included. */
export type Interval = { startMs: number; endMs: number };

export type LocalDay = {
  /** Epoch ms at which the wall clock shows this minute for the first time; null when it never does (spring gap). */
  at(minute: number): number | null;
  /** The same for an edge of opening hours: an edge inside a spring gap is the moment of the change. */
  edge(minute: number): number;
};

/** Turns minutes of a local date into instants. Days without a clock change cost two zone look-ups in all. */
export function localDay(date: Temporal.PlainDate, zone: string): LocalDay {
  const startMs = date.toZonedDateTime(zone).epochMilliseconds;
  const endMs = date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  if (endMs - startMs === plainDayMs) {
    const plain = (minute: number) => startMs + minute * minuteMs;
    return { at: plain, edge: plain };
  }
  return {
    at: (minute) => firstShown(date, minute, zone).exact,
    edge: (minute) => firstShown(date, minute, zone).edge,
  };
}

/** When a place with these hours is open between two local dates, both included; touching stretches are joined. */
export function openIntervals(
  hours: OfficeHours,
  zone: string,
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
): Interval[] {
  const intervals: Interval[] = [];
  for (let date = from; Temporal.PlainDate.compare(date, to) <= 0; date = date.add({ days: 1 })) {
    const windows = windowsOn(hours, date);
    if (windows.length === 0) continue;
    const day = localDay(date, zone);
    for (const window of windows) {
      const startMs = day.edge(minuteOfDay(window.open));
      const endMs = day.edge(minuteOfDay(window.close));
      const last = intervals.at(-1);
      if (endMs <= startMs) continue;
      if (last && last.endMs === startMs) last.endMs = endMs;
      else intervals.push({ startMs, endMs });
    }
  }
  return intervals;
}

function firstShown(date: Temporal.PlainDate, minute: number, zone: string) {
  const local = date.toPlainDateTime().add({ minutes: minute });
  const zoned = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (zoned.toPlainDateTime().equals(local)) {
    return { exact: zoned.epochMilliseconds, edge: zoned.epochMilliseconds };
  }
  const change = zoned.getTimeZoneTransition("next");
  return { exact: null, edge: (change ?? zoned).epochMilliseconds };
}
