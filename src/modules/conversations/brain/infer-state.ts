import { askedTopics } from "./asked-topics.ts";
import { startState, type Awaiting, type PlanState } from "./plan.ts";
import type { Topic } from "./understanding.ts";

const LEFT_OPEN: [Topic, Awaiting][] = [
  ["anything_else", "anything_else"],
  ["name", "contact"],
  ["contact", "contact"],
  ["tour_time", "tour_time"],
  ["tour_date", "tour_date"],
  ["tour", "tour"],
  ["bedrooms", "bedrooms"],
  ["move_in_date", "move_in_date"],
  ["budget", "budget"],
];

/** What the bot's words left open, for a turn whose state was not kept: a trial of one message. */
export function inferState(previousBotMessage: string | null | undefined): PlanState {
  const asked = askedTopics(previousBotMessage);
  const open = LEFT_OPEN.find(([topic]) => asked.has(topic));
  return { ...startState(), awaiting: open?.[1] ?? null };
}
