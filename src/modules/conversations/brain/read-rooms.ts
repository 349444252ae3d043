import { COUNT, readNumber } from "./read-number.ts";
import type { Slots, Topic } from "./understanding.ts";

const BED = String.raw`(?:bedrooms?|beds?|bdrms?|bdr|bds?|brs?|b\/r|rooms?(?!\s*mates?))`;
const BATH = String.raw`(?:bathrooms?|baths?|bths?|bas?)`;
const TOGETHER = new RegExp(String.raw`\b(${COUNT})[\s-]*${BED}\s*(?:and|&|,|\/|\+)\s*${BATH}\b`, "i");
const PAIR = new RegExp(String.raw`\b(\d)\s*(?:x|b|\/)\s*(\d)(?:\s*b)?\b(?!\s*\/|\/|\d)`, "i");

const before = (noun: string) =>
  new RegExp(
    String.raw`(?<![\d./$])\b(${COUNT})\s*(?:-|to|or|\/)?\s*(?:${COUNT})?[\s-]*(?:(?:full|large|big|small|spacious|separate|private|extra|more|total)\s+)?${noun}\b`,
    "i",
  );
const after = (noun: string) =>
  new RegExp(
    String.raw`\b${noun}\s*(?:[:=-]|are|is|should be|must be|to be|count)\s*(?:just |only |at least )?(${COUNT})\b(?!\s*(?:bed|bath|room))`,
    "i",
  );

const READERS = {
  bedrooms: [before(BED), after("bedrooms?")],
  bathrooms: [before(BATH), after("bathrooms?|baths?")],
};

function countOf(text: string, readers: RegExp[]): number | undefined {
  for (const reader of readers) {
    const found = reader.exec(text)?.[1];
    if (found !== undefined) return readNumber(found);
  }
  return undefined;
}

/** Numbers standing alone, in the order said; dates, money and times are not among them. */
function bareCounts(text: string): number[] {
  const bare = new RegExp(
    String.raw`(?<![\d$:/.-])\b(${COUNT})\b(?!\s*(?:st|nd|rd|th|am|pm|%|\/|:|k\b|people|person|cats?|dogs?|pets?|months?|years?|weeks?|days?|of (?:us|march)))(?!\d|,\d)`,
    "gi",
  );
  const lone = text.replace(
    /\b(?:this|that|which|the|another|an? (?:\w+)|any|each|every|no|some) one\b/gi,
    " ",
  );
  return [...lone.matchAll(bare)].flatMap((match) => {
    const isPronoun =
      /^one$/i.test(match[1] ?? "") &&
      /^\s+(?:with|in|that|which|near|located|at|for|by|has)\b/i.test(lone.slice(match.index + 3));
    const value = isPronoun ? undefined : readNumber(match[1] ?? "");
    return value === undefined || value > 12 ? [] : [value];
  });
}

/** Bedrooms and bathrooms said in a clean message; 0 bedrooms is a studio. */
export function readRooms(text: string, asked: Set<Topic>): Pick<Slots, "bedrooms" | "bathrooms"> {
  const rooms: Pick<Slots, "bedrooms" | "bathrooms"> = {};
  const together = TOGETHER.exec(text)?.[1];
  const pair = PAIR.exec(text);
  const bedrooms = countOf(text, READERS.bedrooms) ?? (/\bstudios?\b/i.test(text) ? 0 : undefined);
  const bathrooms = countOf(text, READERS.bathrooms) ?? (together ? readNumber(together) : undefined);
  if (bedrooms !== undefined) rooms.bedrooms = bedrooms;
  if (bathrooms !== undefined) rooms.bathrooms = bathrooms;
  if (
    pair &&
    bedrooms === undefined &&
    bathrooms === undefined &&
    /\bx\b|\dx\d|b\d|bed|home|apartment|unit/i.test(text)
  ) {
    return { bedrooms: Number(pair[1]), bathrooms: Number(pair[2]) };
  }
  if (bedrooms === undefined && bathrooms === undefined) return bareRooms(text, asked);
  return rooms;
}

function bareRooms(text: string, asked: Set<Topic>): Pick<Slots, "bedrooms" | "bathrooms"> {
  const topics = (["bedrooms", "bathrooms"] as const).filter((topic) => asked.has(topic));
  if (topics.length === 0) return {};
  const counts = bareCounts(text);
  const rooms: Pick<Slots, "bedrooms" | "bathrooms"> = {};
  topics.forEach((topic, index) => {
    const count = counts[index];
    if (count !== undefined) rooms[topic] = count;
  });
  return rooms;
}
