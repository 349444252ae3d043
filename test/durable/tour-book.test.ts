import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { tours } from "../../src/db/schema/tours.ts";
import { holdMs, type Request } from "../../src/durable/tour-book/book.ts";
import { tourBook } from "../../src/durable/stubs.ts";
import { db } from "../support/factories.ts";

const minute = 60_000;
const ten = Date.parse("2030-01-08T16:00:00Z");
const now = Date.parse("2030-01-07T16:00:00Z");

/** The book of a property of its own. */
function aBook() {
  const companyId = uuidv7();
  const propertyId = uuidv7();
  return { companyId, propertyId, book: tourBook(env, companyId, propertyId) };
}

type Book = ReturnType<typeof aBook>["book"];

function slotAt(startMs: number, capacity = 1): Request["slot"] {
  return { startMs, endMs: startMs + 30 * minute, beforeMs: 0, afterMs: 0, staffed: true, capacity };
}

function claim(book: Book, claimId: string = uuidv7(), startMs = ten, capacity = 1) {
  return book.claim({ claimId, slot: slotAt(startMs, capacity), guideIds: null }, now);
}

async function aTourRow(owner: { companyId: string; propertyId: string }, id: string, startMs = ten) {
  await db.insert(tours).values({
    id,
    companyId: owner.companyId,
    propertyId: owner.propertyId,
    prospectName: "Robin Field",
    startsAt: new Date(startMs),
    durationMinutes: 30,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    staffed: true,
    tourType: "in_person",
    status: "scheduled",
    source: "chat",
    createdAt: new Date(now),
    updatedAt: new Date(now),
  });
}

/** As if the commit that should have followed the claim had been waited for long enough. */
function endLeases(book: Book) {
  return runInDurableObject(book, (_, state) => {
    state.storage.sql.exec("update places set due_ms = 1 where state in ('pending', 'moving')");
  });
}

async function states(book: Book): Promise<string[]> {
  return runInDurableObject(book, (_, state) =>
    state.storage.sql
      .exec<{ state: string }>("select state from places order by state")
      .toArray()
      .map((row) => row.state),
  );
}

describe("simultaneous claims", () => {
  it("gives one place to exactly one of a hundred", async () => {
    const { book } = aBook();
    const answers = await Promise.all(Array.from({ length: 100 }, () => claim(book)));
    expect(answers.filter((answer) => answer.outcome === "claimed")).toHaveLength(1);
    expect(answers.filter((answer) => answer.outcome === "taken")).toHaveLength(99);
  });

  it("gives a place for three to exactly three", async () => {
    const { book } = aBook();
    const answers = await Promise.all(Array.from({ length: 40 }, () => claim(book, uuidv7(), ten, 3)));
    expect(answers.filter((answer) => answer.outcome === "claimed")).toHaveLength(3);
  });

  it("gives the same claim one place, however often it arrives", async () => {
    const { book } = aBook();
    const id = uuidv7();
    const answers = await Promise.all(Array.from({ length: 20 }, () => claim(book, id)));
    expect(answers.every((answer) => answer.outcome === "claimed")).toBe(true);
    expect(await states(book)).toEqual(["pending"]);
  });

  it("lets exactly one of two tours move to the same time, and the other stay", async () => {
    const owner = aBook();
    const { book } = owner;
    const [one, two] = [uuidv7(), uuidv7()];
    for (const [id, startMs] of [
      [one, ten],
      [two, ten + 60 * minute],
    ] as const) {
      await claim(book, id, startMs);
      await aTourRow(owner, id, startMs);
      await book.confirmClaim(id, startMs);
    }
    const slot = slotAt(ten + 120 * minute);
    const answers = await Promise.all(
      [one, two].map((claimId) => book.move({ claimId, slot, guideIds: null }, now)),
    );
    expect(answers.map((answer) => answer.outcome).toSorted()).toEqual(["moved", "taken"]);
    expect(await states(book)).toEqual(["confirmed", "confirmed", "moving"]);
  });
});

describe("eviction", () => {
  it("does not make the book forget who has a place", async () => {
    const { book } = aBook();
    const id = uuidv7();
    await claim(book, id);
    await evictDurableObject(book);
    expect(await claim(book)).toEqual({ outcome: "taken" });
    expect(await claim(book, id)).toMatchObject({ outcome: "claimed" });
  });
});

describe("claims that were never confirmed", () => {
  it("are dropped when no tour came of them", async () => {
    const { book } = aBook();
    await claim(book);
    await endLeases(book);
    expect(await runDurableObjectAlarm(book)).toBe(true);
    expect(await claim(book)).toMatchObject({ outcome: "claimed" });
  });

  it("are confirmed when their tour was committed after all", async () => {
    const owner = aBook();
    const id = uuidv7();
    await claim(owner.book, id);
    await aTourRow(owner, id);
    await endLeases(owner.book);
    await runDurableObjectAlarm(owner.book);
    expect(await states(owner.book)).toEqual(["confirmed"]);
    expect(await claim(owner.book)).toEqual({ outcome: "taken" });
  });

  it("stay while the database cannot be asked, and the alarm lives on", async () => {
    const { book } = aBook();
    await claim(book);
    await endLeases(book);
    await env.DB.exec("alter table tours rename to tours_away");
    try {
      await runDurableObjectAlarm(book);
    } finally {
      await env.DB.exec("alter table tours_away rename to tours");
    }
    expect(await claim(book)).toEqual({ outcome: "taken" });
    expect(await runDurableObjectAlarm(book)).toBe(true);
    expect(await states(book)).toEqual([]);
  });

  it("leave a tour where its row says when a move was not committed", async () => {
    const owner = aBook();
    const { book } = owner;
    const id = uuidv7();
    await claim(book, id);
    await aTourRow(owner, id);
    await book.confirmClaim(id, ten);
    await book.move({ claimId: id, slot: slotAt(ten + 60 * minute), guideIds: null }, now);
    await endLeases(book);
    await runDurableObjectAlarm(book);
    const busy = await book.busy(ten - minute, ten + 120 * minute, now);
    expect(busy.map((place) => place.startMs)).toEqual([ten]);
  });
});

describe("holds", () => {
  const hold = (book: Book, holder: string, nowMs: number, startMs = ten) =>
    book.hold({ claimId: uuidv7(), slot: slotAt(startMs), guideIds: null, holder }, nowMs);

  it("end by alarm after five minutes of the company's time", async () => {
    const { book } = aBook();
    expect(await hold(book, "kim", now)).toMatchObject({ outcome: "held", expiresAtMs: now + holdMs });
    await runDurableObjectAlarm(book);
    expect(await states(book)).toEqual(["held"]);
    // A call from a company whose clock was put forward tells the book what time it is.
    await book.busy(ten, ten + minute, now + holdMs + minute);
    await runDurableObjectAlarm(book);
    expect(await states(book)).toEqual([]);
  });

  it("go to one of many who ask at once, and keep the others out", async () => {
    const { book } = aBook();
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => hold(book, `visitor ${n}`, now)));
    expect(answers.filter((answer) => answer.outcome === "held")).toHaveLength(1);
    expect(await claim(book)).toEqual({ outcome: "taken" });
  });

  it("are freed at once when given back", async () => {
    const { book } = aBook();
    const held = await hold(book, "kim", now);
    await book.release(held.outcome === "held" ? held.holdId : "");
    expect(await claim(book)).toMatchObject({ outcome: "claimed" });
  });
});

describe("rebuild", () => {
  it("makes the book what D1 says, and leaves holds and open claims alone", async () => {
    const owner = aBook();
    const { book } = owner;
    const [lost, gone, open] = [uuidv7(), uuidv7(), uuidv7()];
    await aTourRow(owner, lost, ten);
    await claim(book, gone, ten + 60 * minute);
    await book.confirmClaim(gone, ten + 60 * minute);
    await claim(book, open, ten + 120 * minute);
    expect(await book.rebuild(now)).toBe(2);
    const busy = await book.busy(now, ten + 240 * minute, now);
    expect(busy.map((place) => place.claimId)).toEqual([lost, open]);
    expect(await book.rebuild(now)).toBe(0);
  });
});
