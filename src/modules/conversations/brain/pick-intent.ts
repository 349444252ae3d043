import type { Intent, Slots, Topic, Understanding } from "./understanding.ts";

const ABOUT_THE_HOME: (keyof Slots)[] = [
  "bedrooms",
  "bathrooms",
  "has_pets",
  "furnished",
  "price_min",
  "price_max",
  "move_in_date",
  "occupants_count",
  "lease_months",
];
const HOME_TOPICS: Topic[] = [
  "bedrooms",
  "bathrooms",
  "area",
  "move_in_date",
  "pets",
  "furnished",
  "budget",
  "occupants",
  "lease",
];
const OTHER_TOPICS: Topic[] = ["tour", "tour_date", "tour_time", "confirmation", "anything_else"];

/** The one intent that names a message best: what it wants done goes before what it agrees to. */
export function pickIntent(reading: Omit<Understanding, "intent">, asked: Set<Topic>): Intent {
  const { slots } = reading;
  const tellsHome = ABOUT_THE_HOME.some((name) => slots[name] !== undefined);
  const tellsTour =
    slots.tour_date !== undefined ||
    slots.tour_time !== undefined ||
    reading.picked !== null ||
    reading.earliestDay !== null;
  if (reading.wantsHuman) return "talk_to_human";
  if (reading.cancels && !tellsTour && !reading.reschedules) return "cancel_tour";
  const onlyAgreesToTour = reading.affirms && asked.has("tour") && !tellsTour && !reading.reschedules;
  if (onlyAgreesToTour && reading.asks.length === 0 && !tellsHome) return "affirm";
  if (tellsTour || reading.wantsTour || (reading.reschedules && !reading.wantsHome)) return "schedule_tour";
  if (reading.wantsHome && !(reading.asks.length > 0 && !tellsHome && reading.affirms)) return "find_home";
  if (reading.asks.length > 0) return "ask_question";
  if (tellsHome) return "find_home";
  const answersHome =
    HOME_TOPICS.some((topic) => asked.has(topic)) && !OTHER_TOPICS.some((topic) => asked.has(topic));
  if (answersHome && !reading.denies && !reading.closes) return "find_home";
  if (reading.denies) return reading.closes && asked.has("anything_else") ? "goodbye" : "deny";
  if (reading.closes && !(reading.affirms && asked.has("confirmation"))) return "goodbye";
  if (reading.thanks && (asked.size === 0 || !reading.affirms) && !reading.praises) return "goodbye";
  if (reading.affirms || reading.praises) return "affirm";
  if (reading.closes) return "goodbye";
  return reading.greets ? "greeting" : "other";
}
