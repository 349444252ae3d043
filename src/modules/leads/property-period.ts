import { Temporal } from "temporal-polyfill";
import { invalidFields } from "../../core/errors.ts";

/** A stretch of a property's time, epoch ms; `to` is not included. */
export type PropertyPeriod = { timeZone: string; from: number; to: number };

type Ends = { from?: string | undefined; to?: string | undefined };

const usualDays = 30;
const longestDays = 731;
const isDate = /^\d{4}-\d\d-\d\d$/;

/**
 * The period that is asked for. A date is a whole day by the property's clock, on days of 23 and 25 hours too; a time
 * is taken as it is. The last thirty days, today's among them, unless said.
 */
export function propertyPeriod({ from, to }: Ends, timeZone: string, now: Date): PropertyPeriod {
  const today = zoned(now.getTime(), timeZone).toPlainDate();
  const end = to === undefined ? startOf(today.add({ days: 1 }), timeZone) : endOf(to, timeZone);
  const start = from === undefined ? end.subtract({ days: usualDays }) : beginOf(from, timeZone);
  if (Temporal.ZonedDateTime.compare(start, end) >= 0)
    throw invalidFields([{ field: "to", message: "must be after from" }]);
  if (Temporal.ZonedDateTime.compare(start.add({ days: longestDays }), end) < 0)
    throw invalidFields([{ field: "from", message: `must be at most ${longestDays} days before to` }]);
  return { timeZone, from: start.epochMilliseconds, to: end.epochMilliseconds };
}

/** The property's days in a period, up to now, in order, as YYYY-MM-DD. */
export function localDays({ timeZone, from, to }: PropertyPeriod, now: Date): string[] {
  const last = zoned(Math.min(to - 1, now.getTime()), timeZone).toPlainDate();
  const days: string[] = [];
  for (
    let day = zoned(from, timeZone).toPlainDate();
    Temporal.PlainDate.compare(day, last) <= 0;
    day = day.add({ days: 1 })
  )
    days.push(day.toString());
  return days;
}

/** SQL of the property's day in which the moment in a column (epoch ms, within the period) falls. */
export function localDay(period: PropertyPeriod): (column: string) => string {
  const [last, ...earlier] = offsetsOf(period).toReversed();
  return (column) => {
    const cases = earlier.toReversed().map(({ until, ms }) => `when ${column} < ${until} then ${ms}`);
    const offset = cases.length === 0 ? `${last?.ms}` : `case ${cases.join(" ")} else ${last?.ms} end`;
    return `date((${column} + ${offset}) / 1000, 'unixepoch')`;
  };
}

/** How far the property's clocks are ahead of UTC, and until when (epoch ms). */
function offsetsOf({ timeZone, from, to }: PropertyPeriod): { until: number; ms: number }[] {
  const offsets: { until: number; ms: number }[] = [];
  let at: Temporal.ZonedDateTime | null = zoned(from, timeZone);
  while (at !== null && at.epochMilliseconds < to) {
    const next: Temporal.ZonedDateTime | null = at.getTimeZoneTransition("next");
    offsets.push({ until: next?.epochMilliseconds ?? to, ms: at.offsetNanoseconds / 1e6 });
    at = next;
  }
  return offsets;
}

function beginOf(said: string, timeZone: string): Temporal.ZonedDateTime {
  return isDate.test(said)
    ? startOf(Temporal.PlainDate.from(said), timeZone)
    : zoned(Date.parse(said), timeZone);
}

function endOf(said: string, timeZone: string): Temporal.ZonedDateTime {
  if (!isDate.test(said)) return zoned(Date.parse(said), timeZone);
  return startOf(Temporal.PlainDate.from(said).add({ days: 1 }), timeZone);
}

function startOf(day: Temporal.PlainDate, timeZone: string): Temporal.ZonedDateTime {
  return day.toZonedDateTime({ timeZone });
}

function zoned(at: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}
