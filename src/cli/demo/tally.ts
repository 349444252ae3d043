import { wishesOf, wishNames } from "./dialogues.ts";
import type { Played } from "./visitor.ts";

export type Conversation = {
  id: string;
  bedrooms: number | null;
  bathrooms: number | null;
  has_pets: boolean | null;
  furnished: boolean | null;
  lead_id: string | null;
};
export type Tour = { id: string; conversation_id: string | null; tour_datetime: string; status: string };

export type SlotTally = { expected: number; found: number; wrong: number };

/** How much of what the visitors said our records hold at the end, per slot. */
export function tallySlots(
  played: Played[],
  conversations: Conversation[],
  tours: Tour[],
  timeZone: string,
): Record<string, SlotTally> {
  const known = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  const tally = Object.fromEntries(wishNames.map((name) => [name, { expected: 0, found: 0, wrong: 0 }]));
  for (const { dialogue, conversationId } of played) {
    const wishes = wishesOf(dialogue);
    const tour = tours.find((row) => row.conversation_id === conversationId);
    const held = {
      ...known.get(conversationId),
      tour_date: tour && localDateOf(tour.tour_datetime, timeZone),
    };
    for (const name of wishNames) {
      const slot = tally[name];
      if (!slot || wishes[name] === undefined) continue;
      slot.expected += 1;
      if (held[name] === wishes[name]) slot.found += 1;
      else if (held[name] !== null && held[name] !== undefined) slot.wrong += 1;
    }
  }
  return tally;
}

function localDateOf(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(new Date(instant));
}

/** Messages a fresh socket does not replay, and messages it replays more than once. */
export function tallyMessages(played: Played[]): { lost: number; repeated: number } {
  let lost = 0;
  let repeated = 0;
  for (const { sent, replayed, disorder } of played) {
    const times = new Map<string, number>();
    for (const id of replayed) times.set(id, (times.get(id) ?? 0) + 1);
    lost += sent.filter((id) => !times.has(id)).length;
    repeated += disorder + [...times.values()].filter((count) => count > 1).length;
  }
  return { lost, repeated };
}
