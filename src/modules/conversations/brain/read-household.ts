import { COUNT, readNumber } from "./read-number.ts";
import type { Topic } from "./understanding.ts";

const EVERYONE = String.raw`(?:people|persons?|occupants?|tenants?|residents?|of us)`;
const PEOPLE = String.raw`(?:adults?|kids?|children|child|babies|baby|toddlers?)`;
const COUNTED = new RegExp(String.raw`\b(${COUNT}|an?)\s+(?:\w+\s+)?${PEOPLE}\b`, "gi");
const TOTAL = new RegExp(String.raw`\b(${COUNT})\s+${EVERYONE}\b`, "i");
const GROUP = new RegExp(String.raw`\b(?:family|household|group|party) of (${COUNT})\b`, "i");
const MATES = new RegExp(
  String.raw`\b(${COUNT}|an?|my)\s+(?:\w+\s+)?(?:roommates?|flatmates?|housemates?)\b`,
  "i",
);
const ALONE =
  /\b(?:just|only) (?:me|myself)\b|\bby myself\b|\bliving alone\b|\bit'?s me\b$|\bjust one person\b|\b(?:myself|alone)[.!]?$/i;
const PARTNER =
  /\b(?:my|me and my|with my|and my) (?:wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?|spouse|friend|brother|sister|mother|mom|dad|father|son|daughter)\b|\bcouple\b(?! of)/i;

/** How many people would live in the home; undefined when the message does not say. */
export function readOccupants(text: string, asked: Set<Topic>): number | undefined {
  const group = GROUP.exec(text)?.[1] ?? TOTAL.exec(text)?.[1];
  if (group !== undefined) return readNumber(group);
  const counted = [...text.matchAll(COUNTED)].map((match) =>
    /^an?$/i.test(match[1] ?? "") ? 1 : readNumber(match[1] ?? ""),
  );
  const sum = counted.reduce<number>((total, count) => total + (count ?? 0), 0);
  const partner =
    PARTNER.test(text) &&
    (asked.has("occupants") ||
      /\b(?:me and|and i|and me|for|with|couple|live|living|mov(?:e|ing))\b/i.test(text));
  const mates = MATES.exec(text)?.[1];
  if (mates !== undefined) return 1 + (/^(?:an?|my)$/i.test(mates) ? 1 : (readNumber(mates) ?? 0));
  if (partner) return 2 + (/\b(?:kids?|children|child|baby)\b/i.test(text) ? sum : 0);
  if (sum > 0) return /\badults?\b/i.test(text) ? sum : sum + speakers(text);
  if (ALONE.test(text) && (asked.has("occupants") || !/\bquestion\b/i.test(text))) return 1;
  const bare = new RegExp(String.raw`\b(${COUNT})\b`, "i").exec(text)?.[1];
  return asked.has("occupants") && bare !== undefined ? readNumber(bare) : undefined;
}

/** "I have two kids" tells of three people. */
function speakers(text: string): number {
  if (/\b(?:we|our|us)\b/i.test(text)) return 2;
  return /\b(?:i|i've|I'm|my|me)\b/i.test(text) ? 1 : 0;
}
