import { expect, it } from "vitest";
import { openOutbox } from "./outbox.ts";
import { openStore } from "./store.ts";

const emptyStore = () =>
  openStore("", () => {
    throw new Error("no storage here");
  });

it("gives letters back in the order they were written, even within one millisecond", () => {
  const outbox = openOutbox(emptyStore(), () => 1000);
  for (const clientId of ["c", "a", "b"]) outbox.add({ clientId, text: clientId.toUpperCase() });
  expect(outbox.list().map((letter) => letter.clientId)).toEqual(["c", "a", "b"]);
});

it("survives a reload and forgets what was delivered", () => {
  const store = emptyStore();
  openOutbox(store, () => 1).add({ clientId: "a", text: "hello" });
  openOutbox(store, () => 2).add({ clientId: "b", text: "again" });
  const reloaded = openOutbox(store, () => 3);
  reloaded.remove("a");
  expect(reloaded.list()).toEqual([{ clientId: "b", text: "again" }]);
});

it("passes over an entry that something else has spoiled", () => {
  const store = emptyStore();
  store.set("out:x", "{not json");
  store.set("out:y", '{"text":5}');
  expect(openOutbox(store, () => 1).list()).toEqual([]);
});
