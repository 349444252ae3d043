import type { ParsingContext } from "chrono-node";
import type { Parser, Refiner } from "chrono-node/en";

type Day = { year: number; month: number; day: number };

const ORDINALS = [
  "first",
  "second",
  "third",
  "fourth",
  "fifth",
  "sixth",
  "seventh",
  "eighth",
  "ninth",
  "tenth",
  "eleventh",
  "twelfth",
  "thirteenth",
  "fourteenth",
  "fifteenth",
  "sixteenth",
  "seventeenth",
  "eighteenth",
  "nineteenth",
  "twentieth",
  "twenty[- ]first",
  "twenty[- ]second",
  "twenty[- ]third",
  "twenty[- ]fourth",
  "twenty[- ]fifth",
  "twenty[- ]sixth",
  "twenty[- ]seventh",
  "twenty[- ]eighth",
  "twenty[- ]ninth",
  "thirtieth",
  "thirty[- ]first",
];
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH = String.raw`(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:this|next|the) month)\b\.?`;
const NOT_A_DAY = String.raw`(?!\s*(?:floor|street|st\b|ave|avenue|time|bed|bath|room|one|unit|building|person|option|apartment|place|choice|thing|lease|grade|of all))`;

function today(context: ParsingContext): Day {
  const date = context.reference.getDateWithAdjustedTimezone();
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

function addMonths({ year, month, day }: Day, count: number): Day {
  const months = year * 12 + month - 1 + count;
  return { year: Math.floor(months / 12), month: (months % 12) + 1, day };
}

function addDays({ year, month, day }: Day, count: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day + count));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function lastDayOf({ year, month }: Day): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The first month not before today's in which the day exists and is not over. */
function comingDay(from: Day, day: number): Day | null {
  for (let ahead = day < from.day ? 1 : 0; ahead < 4; ahead++) {
    const month = addMonths(from, ahead);
    if (day >= 1 && day <= lastDayOf(month)) return { ...month, day };
  }
  return null;
}

function monthNamed(words: string, from: Day): Day {
  if (/^(?:this|the)\b/i.test(words)) return from;
  if (/^next\b/i.test(words)) return { ...addMonths(from, 1), day: 1 };
  const month = MONTHS.indexOf(words.slice(0, 3).toLowerCase()) + 1;
  return { year: month < from.month ? from.year + 1 : from.year, month, day: 1 };
}

function ordinal(words: string): number {
  const digits = /\d+/.exec(words)?.[0];
  if (digits !== undefined) return Number(digits);
  return ORDINALS.findIndex((word) => new RegExp(`^${word}$`, "i").test(words)) + 1;
}

const DAY = String.raw`(\d{1,2}(?:st|nd|rd|th)|${ORDINALS.join("|")})`;

/** "the 10th", "4th of this month", "the fifth". */
const dayOfMonth: Parser = {
  pattern: () =>
    new RegExp(
      String.raw`\b(?:the\s+)?${DAY}\b(?:\s+(?:of\s+)?((?:this|next|the) month))?${NOT_A_DAY}|\b(?:on|for|by|until|till|from) the (\d{1,2})\b(?![\d:/.%-]|\s*(?:st|nd|rd|th|am|pm|bed|bath|br|month|day|week))`,
      "i",
    ),
  extract: (context, match) => {
    const words = match[1] ?? match[3] ?? "";
    const isWord = /^[a-z]/i.test(words);
    // "first" and its like are days only behind an article, or before a month
    if (isWord && match[2] === undefined && !/^the\s+(?!first\b|second\b|third\b)/i.test(match[0]))
      return null;
    const day = ordinal(words);
    if (match[2] === undefined) return comingDay(today(context), day);
    const month = monthNamed(match[2], today(context));
    return day <= lastDayOf(month) ? { ...month, day } : null;
  },
};

/** "mid march", "early April", "the beginning of next month", "late June". */
const partOfMonth: Parser = {
  pattern: () =>
    new RegExp(
      String.raw`\b(?:the\s+)?(early|mid(?:dle)?|late|beginning|start|first|end|last|1st|2nd|3rd|second|third|fourth)(?:\s+(week|half|part|weekend))?[\s-]*(?:of\s+|in\s+)?${MONTH}`,
      "i",
    ),
  extract: (context, match) => {
    const [, part = "", unit, name = ""] = match;
    const month = monthNamed(name, today(context));
    const last = lastDayOf(month);
    const days: Record<string, number> = { mid: 15, middle: 15, late: 25, end: last, last: last - 6 };
    const week = ["first", "second", "third", "fourth"].indexOf(
      part.toLowerCase().replace("1st", "first").replace("2nd", "second").replace("3rd", "third"),
    );
    if (week >= 0 && unit === undefined) return null;
    const day = week > 0 ? 1 + 7 * week : (days[part.toLowerCase()] ?? 1);
    const start = today(context);
    const past = month.year === start.year && month.month === start.month && day < start.day;
    return past ? start : { year: month.year, month: month.month, day };
  },
};

/** "day after tomorrow", with or without its article. */
const dayAfterTomorrow: Parser = {
  pattern: () => /\b(?:the\s+)?day after (?:tomorrow|tmrw)\b/i,
  extract: (context) => addDays(today(context), 2),
};

/** "a week from Monday", "two weeks from today". */
const weeksFrom: Parser = {
  pattern: () =>
    /\b(a|one|two|three|\d)\s+weeks?\s+from\s+(?:this\s+|next\s+)?(today|tomorrow|now|sun(?:day)?|mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?)\b/i,
  extract: (context, match) => {
    const [, count = "a", from = ""] = match;
    const weeks = { a: 1, one: 1, two: 2, three: 3 }[count.toLowerCase()] ?? Number(count);
    const start = today(context);
    const weekday = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"].indexOf(from.slice(0, 3).toLowerCase());
    const current = new Date(Date.UTC(start.year, start.month - 1, start.day)).getUTCDay();
    const ahead = weekday < 0 ? Number(from.toLowerCase() === "tomorrow") : (weekday - current + 7) % 7;
    return addDays(start, ahead + 7 * weeks);
  },
};

/** "around 2", "after 5", "between 3 and 4": an hour with no sign of the half of the day. */
const loneHour: Parser = {
  pattern: () =>
    /\b(?:around|about|after|before|by|between|from|past|like|maybe|@)\s+(\d{1,2})(?::(\d{2}))?(?:ish)?\b(?![\d,/$%.-]*\d|\s*(?:a\.?m|p\.?m|bed|bath|br\b|ba\b|bd|people|person|cats?|dogs?|pets?|months?|weeks?|days?|years?|k\b|th|st|nd|rd|hundred|thousand|dollars|adults|kids|of us))|\b(\d{1,2})ish\b/i,
  extract: (_context, match) => {
    const hour = Number(match[1] ?? match[3]);
    return hour >= 1 && hour <= 23 ? { hour, minute: Number(match[2] ?? 0) } : null;
  },
};

/** In "Friday the 8th" the weekday only decorates the day. */
const weekdayBesideDay: Refiner = {
  refine: (context, results) =>
    results.filter((result, index) => {
      const next = results[index + 1];
      if (!next || !result.start.isOnlyWeekdayComponent() || !next.start.isCertain("day")) return true;
      const between = context.text.slice(result.index + result.text.length, next.index);
      return !/^[\s,.(]*(?:the\s*)?$/i.test(between);
    }),
};

export const leasingParsers: Parser[] = [dayOfMonth, partOfMonth, dayAfterTomorrow, weeksFrom, loneHour];
export const leasingRefiners: Refiner[] = [weekdayBesideDay];
