import { readFileSync } from "node:fs";

export type Turn = {
  dialogue: string;
  turn: number;
  user: string;
  slots: {
    bedrooms?: number;
    bathrooms?: number;
    has_pets?: boolean | "dontcare";
    furnished?: boolean | "dontcare";
    tour_date?: string;
    tour_date_text?: string[];
  };
};

export type Dialogue = { id: string; turns: Turn[] };

/** What a dialogue's visitor has said by its end; the last word counts, "don't care" is no wish. */
export type Wishes = {
  bedrooms?: number;
  bathrooms?: number;
  has_pets?: boolean;
  furnished?: boolean;
  tour_date?: string;
};

export const wishNames = ["bedrooms", "bathrooms", "has_pets", "furnished", "tour_date"] as const;

/** The first `count` dialogues of the file in which the visitor asks for a visit on a date. */
export function readDialogues(path: string, count: number): Dialogue[] {
  const dialogues = new Map<string, Turn[]>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line === "") continue;
    const turn = JSON.parse(line) as Turn;
    dialogues.set(turn.dialogue, [...(dialogues.get(turn.dialogue) ?? []), turn]);
  }
  return [...dialogues]
    .map(([id, turns]) => ({ id, turns: turns.toSorted((a, b) => a.turn - b.turn) }))
    .filter(({ turns }) => turns.some((turn) => turn.slots.tour_date_text !== undefined))
    .slice(0, count);
}

export function wishesOf({ turns }: Dialogue): Wishes {
  const said: Record<string, unknown> = {};
  for (const { slots } of turns)
    for (const name of wishNames) if (slots[name] !== undefined) said[name] = slots[name];
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== "dontcare")) as Wishes;
}
