import type { Slots, Topic } from "./understanding.ts";

type Price = Pick<Slots, "price_min" | "price_max">;

const AMOUNT = String.raw`\$?\s?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(k\b)?`;
const PER_MONTH = String.raw`(?:\s?(?:\/|a|per|each|every)\s?(?:mo(?:nth)?|mth)\b|\s?(?:dollars|bucks|usd|monthly|pm)\b)`;
const RANGE = new RegExp(String.raw`(?:between|from)?\s*${AMOUNT}\s*(?:-|to|and)\s*${AMOUNT}`, "i");
const ATMOST = String.raw`(?:under|below|less than|at most|up to|max(?:imum)?(?: of| is)?|no more than|not (?:more|over|above) (?:than )?|within|cheaper than|(?:can|could|will|would)(?: only)? (?:spend|pay|afford|do)|(?:budget|afford|spend|pay|price)[^.?!$\d]{0,30}|around|about|approximately|roughly|near|close to|<=?|stay(?:ing)? (?:under|below)|for)`;
const ATLEAST = String.raw`(?:over|above|more than|at least|min(?:imum)?(?: of)?|starting (?:at|from)|>=?)`;
const MAXIMUM = new RegExp(String.raw`\b${ATMOST}\s*${AMOUNT}`, "gi");
const MINIMUM = new RegExp(String.raw`\b(?<!not |no )${ATLEAST}\s*${AMOUNT}`, "gi");
const MARKED_AFTER = new RegExp(
  String.raw`${AMOUNT}(?:${PER_MONTH})?\s*(?:or (?:less|under|below|lower|cheaper)|max\b|tops\b|maximum|at most|and under|budget)`,
  "i",
);
const PRICED = new RegExp(
  String.raw`\$\s?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(k\b)?|\b(\d{1,3}(?:,\d{3})+|\d{3,5})\s?(k\b)?${PER_MONTH}|\b(\d(?:\.\d+)?)(k)\b`,
  "i",
);

const YEAR =
  /\b(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?(?:\s+\d{1,2}(?:st|nd|rd|th)?)?,?|in|for|since|during|of|\d{1,2}[/-]\d{1,2}[/-])\s*20\d\d\b(?!\s*(?:\/|a month|per|dollars))/gi;

/** Dollars of a monthly rent, or undefined where the number can hardly be one. */
function rent(digits: string | undefined, thousand: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const amount = Number(digits.replaceAll(",", "")) * (thousand ? 1000 : 1);
  return amount >= 200 && amount <= 50_000 ? amount : undefined;
}

function firstRent(text: string, pattern: RegExp): number | undefined {
  for (const match of text.matchAll(pattern)) {
    const amount = rent(match[1], match[2]);
    if (amount !== undefined) return amount;
  }
  return undefined;
}

/** The rent a visitor can pay, in dollars a month. "Around 1800" is read as the most they would pay. */
export function readBudget(message: string, asked: Set<Topic>): Price {
  const text = message.replace(YEAR, " ");
  const range = RANGE.exec(text);
  const high = range && rent(range[3], range[4]);
  const low = range && rent(range[1], range[2] ?? (Number(range[1]) < 100 ? range[4] : undefined));
  if (low && high && low < high) return { price_min: low, price_max: high };
  const price: Price = {};
  const minimum = firstRent(text, MINIMUM);
  const after = MARKED_AFTER.exec(text);
  const maximum = firstRent(text, MAXIMUM) ?? rent(after?.[1], after?.[2]);
  if (minimum !== undefined && minimum !== maximum) price.price_min = minimum;
  if (maximum !== undefined) price.price_max = maximum;
  if (maximum !== undefined || minimum !== undefined) return price;
  const priced = PRICED.exec(text);
  const single = priced
    ? rent(priced[1] ?? priced[3] ?? priced[5], priced[2] ?? priced[4] ?? priced[6])
    : undefined;
  const bare = asked.has("budget") ? rent(/\b(\d{3,5})\b/.exec(text)?.[1], undefined) : undefined;
  const amount = single ?? bare;
  return amount === undefined ? {} : { price_max: amount };
}
