/** What a visitor's message is for. A message can carry more; the other fields of Understanding tell. */
export type Intent =
  | "find_home"
  | "schedule_tour"
  | "cancel_tour"
  | "ask_question"
  | "affirm"
  | "deny"
  | "talk_to_human"
  | "greeting"
  | "goodbye"
  | "other";

/**
 * What one message says, and nothing else. Dates are ISO days and `tour_time` is HH:MM, both in the
 * property's time zone; prices are dollars a month; `bedrooms` 0 is a studio; `phone` is E.164.
 */
export type Slots = {
  bedrooms?: number;
  bathrooms?: number;
  price_min?: number;
  price_max?: number;
  move_in_date?: string;
  tour_date?: string;
  tour_time?: string;
  occupants_count?: number;
  has_pets?: boolean;
  pet_details?: string;
  furnished?: boolean;
  lease_months?: number;
  name?: string;
  first_name?: string;
  last_name?: string;
  email?: string;
  phone?: string;
};

/** What a bot message asks of the visitor; short answers are read in this light. */
export type Topic =
  | "bedrooms"
  | "bathrooms"
  | "area"
  | "tour"
  | "tour_date"
  | "tour_time"
  | "move_in_date"
  | "pets"
  | "furnished"
  | "budget"
  | "occupants"
  | "lease"
  | "name"
  | "contact"
  | "confirmation"
  | "anything_else";

/** A free tour time: `startsAt` an ISO instant, `label` the words shown to the visitor. */
export type TourTime = { startsAt: string; label: string };

export type MessageContext = {
  now: Date;
  timeZone: string;
  previousBotMessage?: string | null;
  /** What is already known of this visitor. */
  slots?: Slots;
  /** Times the visitor was last offered, in the order shown. */
  offeredSlots?: TourTime[];
  /** The topic the bot knows it asked about; without it the topics are read from the bot's words. */
  asked?: string;
};

export type Understanding = {
  intent: Intent;
  slots: Slots;
  affirms: boolean;
  /** Something shown or proposed is found good, be it with a "yes" or not. */
  praises: boolean;
  denies: boolean;
  greets: boolean;
  thanks: boolean;
  /** The visitor is done: "bye", "that is all". */
  closes: boolean;
  wantsHome: boolean;
  wantsTour: boolean;
  /** The visitor says that an agreed tour should be at another time. */
  reschedules: boolean;
  cancels: boolean;
  wantsHuman: boolean;
  /** The questions in the message, one each, in the visitor's words. */
  asks: string[];
  /** `startsAt` of the offered time the message picks. */
  picked: string | null;
  /** First day the visitor could come when no single day was named ("next week", "after the 10th"). */
  earliestDay: string | null;
  /** Part of the day the visitor prefers. */
  dayPart: "morning" | "afternoon" | "evening" | null;
  /**
   * The message speaks of an assistance animal. Such an animal is not a pet: nothing is noted about it and a
   * person answers.
   */
  assistanceAnimal: boolean;
};
