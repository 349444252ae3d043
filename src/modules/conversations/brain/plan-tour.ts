import { Temporal } from "temporal-polyfill";
import { contactAsk, hasContact } from "./plan-contact.ts";
import { concernsTimes, dayMeant, localDay, localTime } from "./needs.ts";
import type { Part, PlanInput } from "./plan.ts";
import type { TourTime } from "./understanding.ts";

const SHOWN = 5;
const DAY_PARTS = {
  morning: ["00:00", "12:00"],
  afternoon: ["12:00", "17:00"],
  evening: ["17:00", "24:00"],
} as const;

/** Booking, moving, cancelling and offering tour times. Null when the message is about none of these. */
export function planTour(input: PlanInput): Part | null {
  const { understanding, state } = input;
  if (understanding.intent === "cancel_tour") return cancel(input);
  const start = chosenTime(input);
  if (start !== null) return settle(input, start);
  if (concernsTimes(understanding, state)) return offer(input);
  return state.chosen !== null && gaveContact(input) ? contactAsk(input, state.chosen) : null;
}

function gaveContact({ understanding }: PlanInput): boolean {
  const { name, email, phone } = understanding.slots;
  return name !== undefined || email !== undefined || phone !== undefined;
}

/** The time this message settles on: picked, named and free, or agreed to without naming one. */
function chosenTime(input: PlanInput): TourTime | null {
  const { understanding, state, times } = input;
  const { tour_date, tour_time } = understanding.slots;
  const choices = [...state.offered, ...times];
  if (understanding.picked !== null)
    return choices.find((time) => time.startsAt === understanding.picked) ?? null;
  if (tour_time !== undefined) return timeNamed(input, choices);
  if (
    tour_date !== undefined ||
    understanding.earliestDay !== null ||
    understanding.dayPart !== null ||
    understanding.denies
  )
    return null;
  if (state.chosen !== null && gaveContact(input) && hasContact(input)) return state.chosen;
  return understanding.affirms && state.awaiting === "tour_time" ? (state.offered[0] ?? null) : null;
}

function timeNamed(input: PlanInput, choices: TourTime[]): TourTime | null {
  const { understanding, known, state, timeZone } = input;
  const day = dayMeant(understanding, state, known, timeZone);
  const fits = ({ startsAt }: TourTime) =>
    localTime(startsAt, timeZone) === understanding.slots.tour_time && localDay(startsAt, timeZone) === day;
  return day === undefined ? null : (choices.find(fits) ?? null);
}

function settle(input: PlanInput, start: TourTime): Part {
  const { tour, propertyName } = input;
  const done = { awaiting: "anything_else" as const, offered: [], chosen: null, invited: true };
  if (tour?.startsAt === start.startsAt) {
    return {
      text: [`You already have your tour of ${propertyName} on ${start.label}.`],
      actions: [],
      state: done,
    };
  }
  if (tour) {
    const text = `Your tour of ${propertyName} is moved from ${tour.label} to ${start.label}. Anything else I can help with?`;
    return { text: [text], actions: [{ type: "reschedule_tour", startsAt: start.startsAt }], state: done };
  }
  if (!hasContact(input)) return contactAsk(input, start);
  const text = `You are booked: a tour of ${propertyName} on ${start.label}. Anything else I can help with?`;
  return { text: [text], actions: [{ type: "book_tour", startsAt: start.startsAt }], state: done };
}

function cancel({ tour, propertyName }: PlanInput): Part {
  const state = { awaiting: "tour" as const, offered: [], chosen: null };
  if (!tour)
    return { text: ["There is no tour booked in this chat. Would you like one?"], actions: [], state };
  const text = `Your tour of ${propertyName} on ${tour.label} is cancelled. Would you like another time?`;
  return { text: [text], actions: [{ type: "cancel_tour" }], state };
}

function offer(input: PlanInput): Part {
  const { understanding, timeZone, known, state } = input;
  const day = dayMeant(understanding, state, known, timeZone);
  const onDay =
    day === undefined ? [] : input.times.filter(({ startsAt }) => localDay(startsAt, timeZone) === day);
  const all = onDay.length > 0 ? onDay : input.times;
  const preferred = all.filter((time) => isInDayPart(time, input));
  const shown = (preferred.length > 0 ? preferred : all).slice(0, SHOWN);
  if (shown.length === 0) return noTimes(input, day);
  const why = reason(input, day, onDay.length > 0, preferred.length > 0);
  return offered(why, shown, day ?? null);
}

function offered(why: string, shown: TourTime[], date: string | null): Part {
  const list = shown.map(({ label }) => label).join("; ");
  return {
    text: [`${why} ${list}. Which one suits you?`],
    actions: [{ type: "offer_times", date, times: shown }],
    payload: { kind: "slots", slots: shown.map(({ startsAt, label }) => ({ starts_at: startsAt, label })) },
    state: { awaiting: "tour_time", offered: shown, chosen: null, invited: true },
  };
}

/** Why these times are shown: those asked for, or the nearest to what is not free. */
function reason(
  { understanding }: PlanInput,
  day: string | undefined,
  dayHasTimes: boolean,
  partHasTimes: boolean,
): string {
  const { tour_time } = understanding.slots;
  const part = understanding.dayPart;
  if (day === undefined) {
    if (tour_time !== undefined)
      return `On which day would ${clock(tour_time)} be? The next free tour times are`;
    return part && !partHasTimes
      ? `No ${part} time is free in the next days. These are:`
      : "The next free tour times are";
  }
  if (!dayHasTimes) return `There is no free tour time on ${dayWords(day)}. The nearest are`;
  if (tour_time !== undefined) return `${clock(tour_time)} on ${dayWords(day)} is not free. These times are:`;
  if (part && !partHasTimes) return `No ${part} time is free on ${dayWords(day)}. These are:`;
  return `These tour times are free on ${dayWords(day)}:`;
}

function noTimes({ propertyName }: PlanInput, day: string | undefined): Part {
  const when = day === undefined ? "in the next days" : `on ${dayWords(day)} or the days after it`;
  return {
    text: [
      `I have no free tour time at ${propertyName} ${when}. Would you like a person from the leasing team to arrange one with you?`,
    ],
    actions: [],
    payload: { kind: "handoff" },
    state: { awaiting: "person", offered: [] },
  };
}

function isInDayPart({ startsAt }: TourTime, { understanding, timeZone }: PlanInput): boolean {
  if (understanding.dayPart === null) return true;
  const [from, to] = DAY_PARTS[understanding.dayPart];
  const time = localTime(startsAt, timeZone);
  return time >= from && time < to;
}

/** "Saturday, March 9". */
function dayWords(day: string): string {
  return Temporal.PlainDate.from(day).toLocaleString("en-US", {
    weekday: "long",
    month: "long",
    day: "numeric",
  });
}

/** "2:00 PM". */
function clock(time: string): string {
  return Temporal.PlainTime.from(time).toLocaleString("en-US", { hour: "numeric", minute: "2-digit" });
}
