import { Chrono, configuration, type ParsedResult } from "chrono-node/en";
import { Temporal } from "temporal-polyfill";
import { leasingParsers, leasingRefiners } from "./date-parsers.ts";

/** A date or time named in a text. `day` is null for a bare time, `time` (HH:MM) null for a bare date. */
export type FoundDate = {
  index: number;
  text: string;
  day: string | null;
  /**
   * "month" where only a month was named: `day` is then its first day not in the past; "week" where only a week
   * was, `day` is its first; "window" for "in the next two weeks", which `day` ends.
   */
  precision: "day" | "week" | "month" | "window";
  time: string | null;
  /** Last day of a range ("the 8th to the 9th"). */
  lastDay: string | null;
};

const base = configuration.createCasualConfiguration();
const reader = new Chrono({
  parsers: [...leasingParsers, ...base.parsers],
  refiners: [...base.refiners, ...leasingRefiners],
});

const SPAN_OF_TIME = /\b(?:minutes?|hours?|days?|weeks?|months?|years?)\b/i;
const AHEAD = /\b(?:in|within|next|this|from|of|later|after|coming)\b/i;
const WHOLE_WEEK = /^(?:this|next|the|in the|later this|sometime next) week$/i;
const WINDOW = /^(?:the )?(?:next|coming) (?:\d+|two|three|four|five|six|few|couple)\b/i;
/** The 12 of "May 1st, 12 month lease" is no year. */
const COUNTED_THING =
  /\b\d+(?=[\s-]*(?:(?:months?|years?)[\s-]*(?:lease|term|contract|rental)|bed|bath|brs?\b|ba\b|bds?\b|people|person|adult|kid|child|cat|dog|pet|occupant|roommate))/gi;
const SHORT_WORDS = /^(?:sun|sat|mon|wed|mar|may|now|second|sec)$/i;
const BEFORE_SHORT_WORD =
  /(?:\b(?:on|this|next|coming|for|by|in|until|or|and|either|is|how about|what about)\s*|[,/:;(-]\s*|^)$/i;

/**
 * Dates and times of a text in the order said, for someone for whom it is `today`: never in the past unless
 * a year or a word such as "last" says so.
 */
export function findDates(text: string, today: Temporal.PlainDate): FoundDate[] {
  // Chrono moves a day ahead when its noon is over; from midnight on, "March 1st" said on March 1st stays today.
  const reference = { instant: new Date(`${today.toString()}T00:00:00Z`), timezone: 0 };
  // Chrono takes "the day to 3rd" of "change the day to 3rd of March" for a day of its own.
  const readable = text
    .replace(/\b(?:the )?(?:day|date|time) to\b/gi, (words) => " ".repeat(words.length))
    .replace(COUNTED_THING, (digits) => "#".repeat(digits.length));
  return reader
    .parse(readable, reference, { forwardDate: true })
    .filter((result) => isMeant(result, text))
    .map((result) => asFound(result, today));
}

function isMeant(result: ParsedResult, text: string): boolean {
  if (SPAN_OF_TIME.test(result.text) && !AHEAD.test(result.text)) return false;
  if (SHORT_WORDS.test(result.text)) return BEFORE_SHORT_WORD.test(text.slice(0, result.index));
  return (
    !/^\d{1,2}\/\d{1,2}$/.test(result.text) ||
    !/^\s*(?:bed|br\b|b\b|house|home|apartment|unit|place|condo)/i.test(
      text.slice(result.index + result.text.length),
    )
  );
}

function asFound(result: ParsedResult, today: Temporal.PlainDate): FoundDate {
  const { start, index, text } = result;
  const hasDay = start.isCertain("day") || start.isCertain("weekday") || /\b(?:weekend|week)\b/i.test(text);
  const isMonth = !hasDay && start.isCertain("month");
  const precision = precisionOf(text.trim(), isMonth);
  const day = hasDay || isMonth ? dayOf(result, today, isMonth) : null;
  return { index, text, precision, day, time: timeOf(result), lastDay: lastDayOf(result) };
}

function precisionOf(text: string, isMonth: boolean): FoundDate["precision"] {
  if (WINDOW.test(text)) return "window";
  if (isMonth) return "month";
  return WHOLE_WEEK.test(text) ? "week" : "day";
}

function dayOf({ start, text }: ParsedResult, today: Temporal.PlainDate, isMonth: boolean): string {
  const month = start.get("month") ?? today.month;
  const said = start.get("year") ?? today.year;
  // Nobody means 2012 by "June 1, 12 months".
  const year = said < today.year && !/\d{4}/.test(text) ? comingYear(start, today) : said;
  if (isMonth && month === today.month && !start.isCertain("year")) return today.toString();
  const day = Temporal.PlainDate.from({ year, month, day: isMonth ? 1 : (start.get("day") ?? 1) });
  const onlyWeekday = start.isCertain("weekday") && !start.isCertain("day");
  // A weekday said on that very day means the coming one; today would be called today.
  if (onlyWeekday && day.equals(today) && !/\bthis\b/i.test(text)) return day.add({ days: 7 }).toString();
  if (WHOLE_WEEK.test(text.trim()))
    return /\bnext\b/i.test(text) ? today.add({ days: 8 - today.dayOfWeek }).toString() : today.toString();
  return day.toString();
}

function comingYear(start: ParsedResult["start"], today: Temporal.PlainDate): number {
  const [month, day] = [start.get("month") ?? 1, start.get("day") ?? 1];
  return month < today.month || (month === today.month && day < today.day) ? today.year + 1 : today.year;
}

function lastDayOf({ end }: ParsedResult): string | null {
  if (!end?.isCertain("day") && !end?.isCertain("weekday")) return null;
  const [year, month, day] = [end.get("year"), end.get("month"), end.get("day")];
  return year && month && day ? Temporal.PlainDate.from({ year, month, day }).toString() : null;
}

/** Hours of a visit: 1 to 7 without a sign are in the afternoon. */
function timeOf({ start, text }: ParsedResult): string | null {
  if (!start.isCertain("hour") || /^(?:now|right now)$/i.test(text.trim())) return null;
  const hour = start.get("hour") ?? 0;
  const afternoon =
    !start.isCertain("meridiem") && hour >= 1 && hour <= 7 && !/\bmorning\b|\b0\d:/i.test(text);
  return `${String(afternoon ? hour + 12 : hour).padStart(2, "0")}:${String(start.get("minute") ?? 0).padStart(2, "0")}`;
}
