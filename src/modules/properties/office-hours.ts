import { Temporal } from "temporal-polyfill";
import * as z from "zod";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
type Weekday = (typeof weekdays)[number];

const OpenTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "must be a time of day from 00:00 to 23:59", abort: true });
const CloseTime = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "a time of day as HH:MM, 00:01 to 24:00");

/** One stretch of opening in local wall-clock time, `open` included, `close` not. */
export const HoursWindow = z.strictObject({ open: OpenTime, close: CloseTime });
export type HoursWindow = z.infer<typeof HoursWindow>;

const Windows = z
  .array(HoursWindow)
  .max(12)
  .superRefine((windows, check) => {
    for (const [index, window] of windows.entries()) {
      if (minuteOfDay(window.open) >= minuteOfDay(window.close)) {
        check.addIssue({ code: "custom", path: [index, "close"], message: "must be after open" });
      }
    }
    for (const [index, window] of windows.entries()) {
      const overlaps = windows.slice(0, index).some((earlier) => overlap(earlier, window));
      if (overlaps) {
        check.addIssue({
          code: "custom",
          path: [index, "open"],
          message: "overlaps another window of the day",
        });
      }
    }
  });

const Holiday = z
  .strictObject({
    date: z.iso.date("must be a date such as 2026-12-25"),
    name: z.string().trim().min(1).max(120),
    closed: z.literal(true).optional(),
    windows: Windows.optional(),
  })
  .superRefine((holiday, check) => {
    if (holiday.closed && holiday.windows) {
      check.addIssue({ code: "custom", path: ["windows"], message: "a closed day has no windows" });
    }
    if (!holiday.closed && !holiday.windows) {
      check.addIssue({ code: "custom", path: ["closed"], message: "say closed: true, or give windows" });
    }
  });

const Day = Windows.optional();

/** Weekly hours with exceptions. A day that is absent is closed; a holiday replaces the whole day. */
export const OfficeHours = z
  .strictObject({
    mon: Day,
    tue: Day,
    wed: Day,
    thu: Day,
    fri: Day,
    sat: Day,
    sun: Day,
    holidays: z.array(Holiday).max(400).optional(),
  })
  .superRefine(({ holidays = [] }, check) => {
    const seen = new Set<string>();
    for (const [index, { date }] of holidays.entries()) {
      if (seen.has(date)) {
        check.addIssue({ code: "custom", path: ["holidays", index, "date"], message: "is listed twice" });
      }
      seen.add(date);
    }
  });
export type OfficeHours = z.infer<typeof OfficeHours>;

/** "09:30" to 570; "24:00" to 1440. */
export function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The windows that hold on a date, earliest first: the holiday's when there is one, else the weekday's. */
export function windowsOn(hours: OfficeHours, date: Temporal.PlainDate): HoursWindow[] {
  const holiday = hours.holidays?.find((entry) => entry.date === date.toString());
  const windows = holiday ? (holiday.windows ?? []) : (hours[weekdayOf(date)] ?? []);
  return windows.toSorted((a, b) => minuteOfDay(a.open) - minuteOfDay(b.open));
}

/** Whether any day of the week, or any holiday, has hours at all. */
export function hasAnyHours(hours: OfficeHours | null | undefined): hours is OfficeHours {
  if (!hours) return false;
  const days = [
    ...weekdays.map((day) => hours[day]),
    ...(hours.holidays ?? []).map((entry) => entry.windows),
  ];
  return days.some((windows) => windows !== undefined && windows.length > 0);
}

function weekdayOf(date: Temporal.PlainDate): Weekday {
  return weekdays[date.dayOfWeek - 1] ?? "mon";
}

function overlap(a: HoursWindow, b: HoursWindow): boolean {
  return minuteOfDay(a.open) < minuteOfDay(b.close) && minuteOfDay(b.open) < minuteOfDay(a.close);
}
