type Windows = { open: string; close: string }[];

/** Weekly opening hours as the API gives them: a missing day is closed, a holiday replaces the whole day. */
export type OfficeHours = Partial<Record<"mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun", Windows>> & {
  holidays?: { date: string; closed?: true; windows?: Windows }[];
};

export type OfficeStatus = { open: true; /** Local HH:MM. */ until: string } | { open: false };

/** Whether people are in the office at `now`, by its own wall clock; `null` when it names no hours. */
export function officeStatus(hours: OfficeHours | null, timeZone: string, now: Date): OfficeStatus | null {
  if (!hours || Object.keys(hours).length === 0) return null;
  const local = wallClock(timeZone, now);
  if (!local) return null;
  const holiday = hours.holidays?.find((day) => day.date === local.date);
  const windows = holiday ? (holiday.windows ?? []) : (hours[local.weekday] ?? []);
  const current = windows.find((window) => window.open <= local.time && local.time < window.close);
  return current ? { open: true, until: current.close } : { open: false };
}

type WallClock = { date: string; time: string; weekday: Exclude<keyof OfficeHours, "holidays"> };

function wallClock(timeZone: string, now: Date): WallClock | null {
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
    return {
      date: `${parts["year"]}-${parts["month"]}-${parts["day"]}`,
      time: `${parts["hour"]}:${parts["minute"]}`,
      weekday: String(parts["weekday"]).toLowerCase() as WallClock["weekday"],
    };
  } catch {
    return null; // A time zone this browser does not know.
  }
}
