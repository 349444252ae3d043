import { Temporal } from "temporal-polyfill";
import { localDay, openIntervals, type Interval } from "../properties/local-day.ts";
import { minuteOfDay, windowsOn, type OfficeHours } from "../properties/office-hours.ts";
import { roomFor, type Taken } from "./slot-room.ts";
import type { SlotRules } from "./tour-rules.ts";

const minuteMs = 60_000;

/** Somebody who gives tours: own hours in the property's zone, and calendar entries that keep them away. */
export type Guide = { id: string; hours: OfficeHours; busy: readonly Interval[] };

/** All that decides which starts of a property are free. */
export type TourDiary = {
  zone: string;
  hours: OfficeHours;
  rules: SlotRules;
  /** Null when no assigned manager has hours: then the property's hours decide alone. */
  guides: readonly Guide[] | null;
  /** Claims and live holds of the property. */
  taken: readonly Taken[];
  /** Calendar entries that close the whole property. */
  busy: readonly Interval[];
  nowMs: number;
};

export type OpenSlot = {
  startMs: number;
  endMs: number;
  /** Guides who could take it; null when the property has none. */
  guideIds: string[] | null;
};

/** Free starts on the local dates `from` to `to`, both included, earliest first. */
export function openSlots(diary: TourDiary, from: string, to: string): OpenSlot[] {
  if (!diary.rules.offered) return [];
  const { first, last } = bookableDates(diary, from, to);
  if (Temporal.PlainDate.compare(first, last) > 0) return [];

  const dayAfter = last.add({ days: 1 });
  const propertyOpen = openIntervals(diary.hours, diary.zone, first, dayAfter);
  const guides = guidesWithOpenTime(diary, first, dayAfter);
  const earliestMs = diary.nowMs + diary.rules.minNoticeMs;

  const slots: OpenSlot[] = [];
  for (let date = first; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    for (const startMs of startsOn(diary, date)) {
      const endMs = startMs + diary.rules.durationMs;
      if (startMs < earliestMs || !within({ startMs, endMs }, propertyOpen)) continue;
      const slot = freeSlot(diary, guides, startMs, endMs);
      if (slot) slots.push(slot);
    }
  }
  return slots;
}

/** The free slot that begins at this very moment, or null. */
export function openSlotAt(diary: TourDiary, startMs: number): OpenSlot | null {
  const date = localDate(startMs, diary.zone).toString();
  return openSlots(diary, date, date).find((slot) => slot.startMs === startMs) ?? null;
}

/** The `count` free slots nearest to a wanted start, in order of time. */
export function nearestSlots(slots: readonly OpenSlot[], wantedMs: number, count: number): OpenSlot[] {
  const distance = (slot: OpenSlot) => Math.abs(slot.startMs - wantedMs);
  return slots
    .toSorted((a, b) => distance(a) - distance(b) || a.startMs - b.startMs)
    .slice(0, count)
    .toSorted((a, b) => a.startMs - b.startMs);
}

export function localDate(atMs: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate();
}

function bookableDates({ nowMs, zone, rules }: TourDiary, from: string, to: string) {
  const today = localDate(nowMs, zone);
  const horizon = today.add({ days: rules.horizonDays });
  const wantedFirst = Temporal.PlainDate.from(from);
  const wantedLast = Temporal.PlainDate.from(to);
  return {
    first: Temporal.PlainDate.compare(wantedFirst, today) < 0 ? today : wantedFirst,
    last: Temporal.PlainDate.compare(wantedLast, horizon) > 0 ? horizon : wantedLast,
  };
}

type GuideTime = { id: string; open: readonly Interval[]; busy: readonly Interval[] };

function guidesWithOpenTime(
  { guides, rules, zone }: TourDiary,
  first: Temporal.PlainDate,
  dayAfter: Temporal.PlainDate,
): GuideTime[] | null {
  if (guides === null || !rules.needsManager) return null;
  return guides.map((guide) => ({
    id: guide.id,
    open: openIntervals(guide.hours, zone, first, dayAfter),
    busy: guide.busy,
  }));
}

/** Wall-clock starts from each opening on; those the clock skips are left out, those it shows twice come once. */
function startsOn({ hours, zone, rules }: TourDiary, date: Temporal.PlainDate): number[] {
  const windows = windowsOn(hours, date);
  if (windows.length === 0) return [];
  const day = localDay(date, zone);
  const step = rules.rasterMs / minuteMs;
  const starts: number[] = [];
  for (const window of windows) {
    const close = minuteOfDay(window.close);
    for (let minute = minuteOfDay(window.open); minute < close; minute += step) {
      const startMs = day.at(minute);
      if (startMs !== null) starts.push(startMs);
    }
  }
  return starts;
}

function freeSlot(
  { rules, taken, busy }: TourDiary,
  guides: readonly GuideTime[] | null,
  startMs: number,
  endMs: number,
): OpenSlot | null {
  const padded = { startMs: startMs - rules.beforeMs, endMs: endMs + rules.afterMs };
  if (touches(padded, busy)) return null;
  const present = guides
    ?.filter((guide) => within({ startMs, endMs }, guide.open) && !touches(padded, guide.busy))
    .map((guide) => guide.id);
  if (present?.length === 0) return null;
  const { beforeMs, afterMs, capacity, needsManager: staffed } = rules;
  const room = roomFor({ startMs, endMs, beforeMs, afterMs, capacity, staffed }, taken, present ?? null);
  if (room.length === 0) return null;
  return { startMs, endMs, guideIds: present ? room.filter((id) => id !== null) : null };
}

function within(inner: Interval, stretches: readonly Interval[]): boolean {
  return stretches.some(({ startMs, endMs }) => startMs <= inner.startMs && inner.endMs <= endMs);
}

function touches(one: Interval, others: readonly Interval[]): boolean {
  return others.some(({ startMs, endMs }) => startMs < one.endMs && one.startMs < endMs);
}
