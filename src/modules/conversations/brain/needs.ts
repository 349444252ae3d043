import { Temporal } from "temporal-polyfill";
import type { PlanState } from "./plan.ts";
import type { Slots, Understanding } from "./understanding.ts";

export type Needs = {
  /** Questions to look up among the approved FAQs. */
  faqs: string[];
  /** Free tour times to look up; with no `date`, from `from` (or now) on. */
  times: { date: string | null; from: string | null; time: string | null } | null;
  /** Whether to count the units that fit and their rents. */
  units: boolean;
};

const HOME_SLOTS = [
  "bedrooms",
  "bathrooms",
  "price_min",
  "price_max",
  "move_in_date",
  "has_pets",
  "furnished",
  "lease_months",
] as const;
const ABOUT_UNITS =
  /\b(?:rents?|prices?|cost|how much|available|availability|vacan\w+|units?|floor ?plans?|bedrooms?|studios?)\b/i;

/** What planReply() must be given for this message; nothing else need be fetched. */
export function needs(
  message: string,
  understanding: Understanding,
  state: PlanState,
  known: Slots,
  timeZone: string,
): Needs {
  const { slots, intent } = understanding;
  return {
    faqs: questionsOf(message, understanding),
    times: timesFor(understanding, state, known, timeZone),
    units:
      intent === "find_home" ||
      understanding.wantsHome ||
      HOME_SLOTS.some((name) => slots[name] !== undefined) ||
      understanding.asks.some((ask) => ABOUT_UNITS.test(ask)),
  };
}

/** The questions a reply must answer: those asked, or the whole message where nothing else can be made of it. */
function questionsOf(message: string, understanding: Understanding): string[] {
  if (understanding.wantsHuman) return [];
  if (understanding.assistanceAnimal) return [message];
  if (understanding.asks.length > 0) return understanding.asks;
  const tellsNothing = Object.keys(understanding.slots).length === 0;
  return understanding.intent === "other" && tellsNothing ? [message] : [];
}

/** The message is about when to come, given what the bot had left open. */
export function concernsTimes(understanding: Understanding, state: PlanState): boolean {
  const { slots } = understanding;
  if (slots.tour_date !== undefined || slots.tour_time !== undefined || understanding.picked !== null)
    return true;
  if (understanding.cancels && !understanding.reschedules) return false;
  const agreesToCome =
    understanding.affirms &&
    !understanding.denies &&
    (state.awaiting === "tour" || state.awaiting === "tour_time");
  const prefersOthers = state.awaiting === "tour_time" && understanding.dayPart !== null;
  return (
    understanding.wantsTour ||
    understanding.reschedules ||
    understanding.earliestDay !== null ||
    agreesToCome ||
    prefersOthers
  );
}

function timesFor(
  understanding: Understanding,
  state: PlanState,
  known: Slots,
  timeZone: string,
): Needs["times"] {
  if (!concernsTimes(understanding, state)) return null;
  const date = dayMeant(understanding, state, known, timeZone) ?? null;
  return { date, from: understanding.earliestDay, time: understanding.slots.tour_time ?? null };
}

/** The day a message is about: the one it names, or for "3 pm" and "in the afternoon" the one under discussion. */
export function dayMeant(
  { slots, dayPart }: Understanding,
  state: PlanState,
  known: Slots,
  timeZone: string,
): string | undefined {
  if (slots.tour_date !== undefined) return slots.tour_date;
  if (slots.tour_time === undefined && dayPart === null) return undefined;
  const shown = state.offered.length > 0 ? state.offered : state.chosen ? [state.chosen] : [];
  const days = [...new Set(shown.map(({ startsAt }) => localDay(startsAt, timeZone)))];
  const before = days.find((day) => day === known.tour_date);
  return before ?? (days.length === 1 || slots.tour_time !== undefined ? days[0] : undefined);
}

/** ISO day of an instant on the property's calendar. */
export function localDay(instant: string, timeZone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

/** HH:MM of an instant on the property's clock. */
export function localTime(instant: string, timeZone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).toPlainTime().toString().slice(0, 5);
}
