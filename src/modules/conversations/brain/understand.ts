import { Temporal } from "temporal-polyfill";
import { askedTopics } from "./asked-topics.ts";
import { isErrand, splitClauses, withoutOpening, type Clause } from "./clauses.ts";
import { cleanMessage } from "./clean-message.ts";
import { findDates, type FoundDate } from "./find-dates.ts";
import { searchesHome } from "./home-search.ts";
import { pickIntent } from "./pick-intent.ts";
import { pickOffered } from "./pick-offered.ts";
import { readBudget } from "./read-budget.ts";
import { readContact } from "./read-contact.ts";
import { readFurnished } from "./read-furnished.ts";
import { readOccupants } from "./read-household.ts";
import { readLeaseMonths } from "./read-lease-term.ts";
import { namesAssistanceAnimal, readPets } from "./read-pets.ts";
import { readRooms } from "./read-rooms.ts";
import { asksForPerson, readSignals, requestsTour, type Signals } from "./read-signals.ts";
import { readTourAndMove } from "./read-tour-and-move.ts";
import type { MessageContext, Slots, Topic, Understanding } from "./understanding.ts";

/** Beyond this a message is a document; what it wants is said in its beginning. */
const READ_CHARACTERS = 2000;

/** Reads one visitor message in the light of what the bot had just said. Pure: same words, same reading. */
export function understand(message: string, context: MessageContext): Understanding {
  const asked = askedTopics(context.previousBotMessage, context.asked);
  const { contact, rest } = readContact(message.slice(0, READ_CHARACTERS), asked);
  const text = cleanMessage(rest);
  const clauses = splitClauses(text);
  const signals = readSignals(clauses, asked);
  const wantsHome =
    !signals.wantsTour && clauses.some((clause) => searchesHome(clause) && !isErrand(clause.text));
  const today = Temporal.Instant.fromEpochMilliseconds(context.now.getTime())
    .toZonedDateTimeISO(context.timeZone)
    .toPlainDate();
  const offered = context.offeredSlots ?? [];
  const found = findDates(text, today);
  const { earliestDay, dayPart, ...timing } = readTourAndMove(text, clauses, found, {
    asked,
    wantsHome,
    wantsTour: signals.wantsTour,
    hasOffer: offered.length > 0,
    reschedules: signals.reschedules,
    today: today.toString(),
  });
  const slots: Slots = { ...readHome(text, clauses, asked, signals), ...timing, ...contact };
  const reading = {
    ...signals,
    slots,
    wantsHome,
    asks: questions(clauses, found, asked),
    picked: pickOffered(text, { ...timing, dayPart }, offered, context.timeZone),
    earliestDay,
    dayPart,
    assistanceAnimal: namesAssistanceAnimal(text),
  };
  return { intent: pickIntent(reading, asked), ...reading };
}

function readHome(text: string, clauses: Clause[], asked: Set<Topic>, signals: Signals): Slots {
  const answer = signals.denies ? "no" : signals.affirms ? "yes" : null;
  const occupants = readOccupants(text, asked);
  const months = readLeaseMonths(text, asked);
  return {
    ...readRooms(text, asked),
    ...readBudget(text, asked),
    ...readPets(text, clauses, asked, answer),
    ...readFurnished(clauses, asked, answer),
    ...(occupants === undefined ? {} : { occupants_count: occupants }),
    ...(months === undefined ? {} : { lease_months: months }),
  };
}

const PROPOSES = /\b(?:how|what) about\b/i;
const PROPOSES_DAY =
  /\bworks?\b|\binstead\b|^(?:can|could) (?:we|i|you)\b|\b(?:ok|okay|good|possible|available|free)\b|^\S+(?: \S+){0,3}\?$/i;

/** "How about Saturday?" proposes a day; it asks for no information. */
function questions(clauses: Clause[], found: FoundDate[], asked: Set<Topic>): string[] {
  const answers = asked.has("area") || asked.has("tour_date");
  const hasDay = (text: string) => found.some((date) => text.includes(date.text));
  const proposes = (text: string) =>
    hasDay(text) ? PROPOSES.test(text) || PROPOSES_DAY.test(text) : answers && PROPOSES.test(text);
  return clauses
    .filter((clause) => clause.kind === "question" && !isErrand(clause.text))
    .filter(
      (clause) =>
        !searchesHome(clause) && !requestsTour(clause) && !proposes(clause.text) && !asksForPerson(clause),
    )
    .map((clause) => withoutOpening(clause.text));
}
