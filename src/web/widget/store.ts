/** Text kept under names in this browser. */
export type Store = {
  get(name: string): string | null;
  set(name: string, text: string): void;
  remove(name: string): void;
  names(): string[];
};

/** A store whose names begin with `prefix`; it lives in memory where the browser refuses storage or is full. */
export function openStore(prefix: string, open: () => Storage): Store {
  const area = tryTo(open);
  const memory = new Map<string, string>();
  return {
    get: (name) => memory.get(name) ?? tryTo(() => area?.getItem(prefix + name)) ?? null,
    set(name, text) {
      memory.delete(name);
      if (area === null || tryTo(() => (area.setItem(prefix + name, text), true)) === null)
        memory.set(name, text);
    },
    remove(name) {
      memory.delete(name);
      tryTo(() => area?.removeItem(prefix + name));
    },
    names() {
      const stored = Object.keys(area ?? {}).filter((key) => key.startsWith(prefix));
      return [...new Set([...stored.map((key) => key.slice(prefix.length)), ...memory.keys()])];
    },
  };
}

/** The browser's own id: made once, kept as long as its storage lives. */
export function browserId(store: Store, newId: () => string): string {
  const known = store.get("browser_id");
  if (known !== null) return known;
  const id = newId();
  store.set("browser_id", id);
  return id;
}

function tryTo<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
