import { COUNT, readNumber } from "./read-number.ts";
import type { Topic } from "./understanding.ts";

const TERM = String.raw`(${COUNT}|\d{2}|an?)[\s-]*(months?|mos?|years?|yrs?)`;
const NAMED = new RegExp(
  String.raw`\b${TERM}[\s-]*(?:lease|term|rental|contract|stay|commitment)\b|\b(?:lease|sign|contract|term|rent(?:ing)?|stay(?:ing)?|live there|commit)\b[^.?!]{0,25}?\b(?:for|of|is|about)?\s*${TERM}\b`,
  "i",
);
const ANSWER = new RegExp(String.raw`\b${TERM}\b`, "i");
const MONTHLY = /\bmonth[\s-]*(?:to|by|2)[\s-]*month\b/i;

/** Months of the lease a visitor wants; month-to-month is 1. */
export function readLeaseMonths(text: string, asked: Set<Topic>): number | undefined {
  if (MONTHLY.test(text)) return 1;
  const named = NAMED.exec(text);
  const found = named ?? (asked.has("lease") ? ANSWER.exec(text) : null);
  const [count, unit] = found ? [found[1] ?? found[3], found[2] ?? found[4]] : [];
  if (count === undefined || unit === undefined) return undefined;
  const months = (/^an?$/i.test(count) ? 1 : (readNumber(count) ?? 0)) * (/^y/i.test(unit) ? 12 : 1);
  return months > 0 && months <= 60 ? months : undefined;
}
