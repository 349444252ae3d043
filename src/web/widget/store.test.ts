import { expect, it } from "vitest";
import { browserId, openStore } from "./store.ts";

/** An area like the browser's: entries are its own keys. */
function area(full = false): Storage {
  const methods = {
    getItem: (key: string) => (shelf as Record<string, string>)[key] ?? null,
    setItem(key: string, text: string) {
      if (full) throw new DOMException("full", "QuotaExceededError");
      (shelf as Record<string, string>)[key] = text;
    },
    removeItem: (key: string) => delete (shelf as Record<string, string>)[key],
  };
  const shelf = Object.create(methods) as Storage;
  return shelf;
}

const blocked = () => {
  throw new DOMException("denied", "SecurityError");
};

it("keeps the same browser id over page loads", () => {
  const shelf = area();
  const first = browserId(
    openStore("domiq:", () => shelf),
    () => "id-1",
  );
  const second = browserId(
    openStore("domiq:", () => shelf),
    () => "id-2",
  );
  expect([first, second]).toEqual(["id-1", "id-1"]);
});

it.each([
  ["blocked", blocked],
  ["full", () => area(true)],
])("works from memory when storage is %s", (_why, open) => {
  const store = openStore("domiq:", open);
  store.set("a", "1");
  expect([store.get("a"), store.names()]).toEqual(["1", ["a"]]);
  store.remove("a");
  expect([store.get("a"), store.names()]).toEqual([null, []]);
});

it("sees only names of its own prefix", () => {
  const shelf = area();
  openStore("other:", () => shelf).set("b", "2");
  const store = openStore("domiq:", () => shelf);
  store.set("a", "1");
  expect(store.names()).toEqual(["a"]);
});
