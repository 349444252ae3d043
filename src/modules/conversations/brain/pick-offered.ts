import { Temporal } from "temporal-polyfill";
import { readNumber } from "./read-number.ts";
import type { TourTime } from "./understanding.ts";

type Choice = { tour_date?: string; tour_time?: string; dayPart: "morning" | "afternoon" | "evening" | null };

const ORDER = ["first", "second", "third", "fourth", "fifth", "sixth"];

/** `startsAt` of the offered time that a message picks: by its label, its place in the list, its hour or its day. */
export function pickOffered(
  text: string,
  choice: Choice,
  offered: TourTime[],
  timeZone: string,
): string | null {
  const said = text.toLowerCase();
  const labelled = offered.find(
    (slot) => said.includes(slot.label.toLowerCase()) || text.includes(slot.startsAt),
  );
  if (labelled) return labelled.startsAt;
  const times = offered.map((slot) => {
    const at = Temporal.Instant.from(slot.startsAt).toZonedDateTimeISO(timeZone);
    return {
      startsAt: slot.startsAt,
      day: at.toPlainDate().toString(),
      time: at.toPlainTime().toString().slice(0, 5),
      hour: at.hour,
    };
  });
  const onDay = times.filter((slot) => choice.tour_date === undefined || slot.day === choice.tour_date);
  if (choice.tour_time !== undefined)
    return onDay.find((slot) => slot.time === choice.tour_time)?.startsAt ?? null;
  if (choice.tour_date === undefined) {
    const placed = placeInList(said, times.length);
    if (placed !== null) return times[placed]?.startsAt ?? null;
    const hour = bareHour(said);
    const atHour = hour === null ? undefined : times.find((slot) => slot.hour % 12 === hour % 12);
    if (atHour) return atHour.startsAt;
  }
  if (choice.dayPart === null) return null;
  const [from, to] = { morning: [0, 12], afternoon: [12, 17], evening: [17, 24] }[choice.dayPart] as [
    number,
    number,
  ];
  const inPart = onDay.filter((slot) => slot.hour >= from && slot.hour < to);
  return inPart.length === 1 ? (inPart[0]?.startsAt ?? null) : null;
}

function placeInList(said: string, length: number): number | null {
  if (/\b(?:earliest|soonest|first available)\b/.test(said)) return 0;
  if (/\b(?:last one|the last|latest)\b/.test(said)) return length - 1;
  const word =
    /\b(first|second|third|fourth|fifth|sixth|1st|2nd|3rd|4th|5th|6th)\s+(?:one|option|slot|time|choice|works|is|please)\b|\bthe (first|second|third|fourth|fifth|sixth)\b\W*$/.exec(
      said,
    );
  const ordinal = word?.[1] ?? word?.[2];
  if (ordinal !== undefined)
    return /^\d/.test(ordinal) ? Number.parseInt(ordinal, 10) - 1 : ORDER.indexOf(ordinal);
  const number = /\b(?:option|number|choice|slot|#)\s*(\d|one|two|three|four|five|six)\b/.exec(said)?.[1];
  return number === undefined ? null : (readNumber(number) ?? 1) - 1;
}

function bareHour(said: string): number | null {
  const match =
    /^\W*(?:let's do|lets do|i'll take|i will take|how about|what about|maybe|yes|ok|okay|sure|make it|the|at|\W)*\b(\d{1,2}|one|two|three|four|five|nine|ten|eleven|twelve)\b(?:\s*(?:works|is (?:good|fine|great|perfect)|please|o'clock|sounds good|for me|then|would be great|\W)*)$/.exec(
      said,
    );
  const hour = match?.[1] === undefined ? undefined : readNumber(match[1]);
  return hour !== undefined && hour >= 1 && hour <= 20 ? hour : null;
}
