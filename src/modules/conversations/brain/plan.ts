import type { FaqMatch } from "./rank-faqs.ts";
import type { Slots, TourTime, Understanding } from "./understanding.ts";

/** What the bot's last message left open. Pass it as `asked` to understand() on the next turn. */
export type Awaiting =
  | "tour"
  | "tour_date"
  | "tour_time"
  | "contact"
  | "person"
  | "bedrooms"
  | "move_in_date"
  | "budget"
  | "anything_else";

/** Kept with the conversation between turns; plain JSON. */
export type PlanState = {
  awaiting: Awaiting | null;
  /** Times last offered, in the order shown. */
  offered: TourTime[];
  /** The time the visitor chose while name or address are still missing. */
  chosen: TourTime | null;
  /** The bot has proposed a tour once already and does not press. */
  invited: boolean;
  /** Wishes asked for already; none is asked for twice. */
  asked: Awaiting[];
};

export type Action =
  | { type: "save_slots"; slots: Slots }
  | { type: "offer_times"; date: string | null; times: TourTime[] }
  | { type: "book_tour"; startsAt: string }
  | { type: "reschedule_tour"; startsAt: string }
  | { type: "cancel_tour" }
  | { type: "ask_contact" }
  | { type: "handoff"; reason: "asked_for_person" | "accepted_offer" }
  | { type: "open_question"; question: string }
  | { type: "end" };

/** Choices shown under the reply, as they go over the wire. */
type Payload =
  | { kind: "slots"; slots: { starts_at: string; label: string }[] }
  | { kind: "handoff" }
  | { kind: "contact_form" };

/** What is asked of the record: units that fit the known slots, and their monthly rents in dollars. */
export type UnitFacts = { count: number; rentMin: number | null; rentMax: number | null };

export type Office = { phone: string | null; email: string | null; address: string | null };

export type PlanInput = {
  message: string;
  understanding: Understanding;
  state: PlanState;
  /** Slots of earlier messages. */
  known: Slots;
  now: Date;
  timeZone: string;
  propertyName: string;
  /** How the office is reached, from the record. */
  office: Office;
  /** For each of needs().faqs, in that order, what rankFaqs() made of the approved FAQs found. */
  answers: { question: string; matches: FaqMatch[] }[];
  /** Free times for needs().times, soonest first: of the day asked for, or where it has none, the nearest after it. */
  times: TourTime[];
  units: UnitFacts | null;
  /** The visitor's live tour, if there is one. */
  tour: TourTime | null;
  speaker: "bot" | "human";
};

export type Plan = {
  /** Empty while a person holds the turn. */
  reply: string;
  payload?: Payload;
  actions: Action[];
  abstained: boolean;
  state: PlanState;
};

/** One thing the reply does; a reply is made of several. */
export type Part = {
  text: string[];
  actions: Action[];
  payload?: Payload;
  state?: Partial<PlanState>;
  abstained?: boolean;
};

export function startState(): PlanState {
  return { awaiting: null, offered: [], chosen: null, invited: false, asked: [] };
}
