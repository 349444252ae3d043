import type { Store } from "./store.ts";

/** A message this browser has not yet been told is stored. */
export type Letter = { clientId: string; text: string };

export type Outbox = { add(letter: Letter): void; remove(clientId: string): void; list(): Letter[] };

const prefix = "out:";

/** Unsent messages, each under a name of its own, so that two tabs never overwrite each other's. */
export function openOutbox(store: Store, now: () => number): Outbox {
  let last = 0;
  return {
    add({ clientId, text }) {
      last = Math.max(now(), last + 1);
      store.set(prefix + clientId, JSON.stringify({ text, at: last }));
    },
    remove: (clientId) => store.remove(prefix + clientId),
    list() {
      const names = store.names().filter((name) => name.startsWith(prefix));
      const kept = names.flatMap((name) => {
        const entry = readEntry(store.get(name));
        return entry ? [{ clientId: name.slice(prefix.length), ...entry }] : [];
      });
      return kept.toSorted((a, b) => a.at - b.at).map(({ clientId, text }) => ({ clientId, text }));
    },
  };
}

function readEntry(kept: string | null): { text: string; at: number } | null {
  try {
    const { text, at } = JSON.parse(kept ?? "{}") as { text?: unknown; at?: unknown };
    return typeof text === "string" && typeof at === "number" ? { text, at } : null;
  } catch {
    return null;
  }
}
