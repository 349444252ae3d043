import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Context } from "../../src/core/context.ts";
import { systemContext } from "../../src/core/start-context.ts";
import { mails, outbox } from "../../src/db/schema/outgoing.ts";
import { statusEntities } from "../../src/db/schema/status.ts";
import { tours } from "../../src/db/schema/tours.ts";
import { tourBook } from "../../src/durable/stubs.ts";
import { bookTour, type Booking } from "../../src/modules/tours/book-tour.ts";
import { cancelTour } from "../../src/modules/tours/cancel-tour.ts";
import { freeTimes } from "../../src/modules/tours/free-times.ts";
import { rescheduleTour } from "../../src/modules/tours/reschedule-tour.ts";
import { settleTour } from "../../src/modules/tours/settle-tour.ts";
import { aCompany, aConversation, aUser, db } from "../support/factories.ts";

async function aWish() {
  const { id: companyId, property } = await aCompany();
  const user = await aUser({ companyId });
  const conversation = await aConversation(property, { userId: user.id });
  const ctx = await systemContext(env, companyId, "test", (work) => void work.catch(() => {}));
  if (!ctx) throw new Error("no company");
  const { slots } = await freeTimes(ctx, { propertyId: property.id });
  const booking: Booking = {
    propertyId: property.id,
    conversationId: conversation.id,
    startsAt: slots[4]!.startsAt,
    tourType: "in_person",
    source: "chat",
    prospect: { name: "Robin Field", email: "robin.field@example.test" },
  };
  return { ctx, booking, companyId, slots, book: tourBook(env, companyId, property.id) };
}

/** The context with a database that fails on the write of a tour, before or after it is done. */
function failingCommit(ctx: Context, when: "before" | "after"): Context {
  const batch = (async (statements: { toSQL(): { sql: string } }[]) => {
    const writesTour = statements.some((one) => /^(?:insert into|update) "tours"/.test(one.toSQL().sql));
    if (writesTour && when === "before") throw new Error("the connection broke");
    const answer = await ctx.db.batch(statements as never);
    if (writesTour) throw new Error("the connection broke");
    return answer;
  }) as never;
  return { ...ctx, db: over(ctx.db, { batch }) };
}

/** The context with a tour book some of whose methods answer otherwise. */
function strangeBook(
  ctx: Context,
  methods: Record<string, (...input: never[]) => Promise<unknown>>,
): Context {
  const namespace = { getByName: (name: string) => over(env.TOUR_BOOK.getByName(name), methods) };
  return { ...ctx, env: over(ctx.env, { TOUR_BOOK: namespace as never }) };
}

function over<Whole extends object>(whole: Whole, parts: object): Whole {
  return new Proxy(whole, {
    get(target, name) {
      if (name in parts) return (parts as Record<PropertyKey, unknown>)[name];
      const value: unknown = Reflect.get(target, name, target);
      // A remote method is called on its stub: every property of it, `bind` too, would be a remote method.
      return typeof value === "function"
        ? (...input: unknown[]) => Reflect.apply(value, target, input) as unknown
        : value;
    },
  });
}

const unreachable = async () => {
  throw new Error("the book cannot be reached");
};

const toursOf = (companyId: string) => db.select().from(tours).where(eq(tours.companyId, companyId));
const mailsOf = (companyId: string) => db.select().from(mails).where(eq(mails.companyId, companyId));

async function isFree({ ctx, booking }: Awaited<ReturnType<typeof aWish>>): Promise<boolean> {
  await env.CACHE.delete(`tour-times:${ctx.companyId}:${booking.propertyId}`);
  const { slots } = await freeTimes(ctx, { propertyId: booking.propertyId });
  return slots.some((slot) => slot.startsAt.getTime() === booking.startsAt.getTime());
}

async function ringLate(book: Awaited<ReturnType<typeof aWish>>["book"]) {
  await runInDurableObject(book, (_, state) => {
    state.storage.sql.exec("update places set due_ms = 1 where due_ms is not null");
  });
  await runDurableObjectAlarm(book);
}

async function statusOf(entityType: string, entityId: string) {
  const [row] = await db
    .select()
    .from(statusEntities)
    .where(and(eq(statusEntities.entityType, entityType), eq(statusEntities.entityId, entityId)));
  return row?.currentStatus;
}

describe("a booking that breaks", () => {
  it("between claim and commit frees the time by itself, or is finished by the next try", async () => {
    const wish = await aWish();
    await expect(bookTour(failingCommit(wish.ctx, "before"), wish.booking)).rejects.toThrow("broke");
    expect(await isFree(wish)).toBe(false);
    const tour = await bookTour(wish.ctx, wish.booking);
    expect(await toursOf(wish.companyId)).toMatchObject([{ id: tour.id }]);

    const other = await aWish();
    await expect(bookTour(failingCommit(other.ctx, "before"), other.booking)).rejects.toThrow("broke");
    await ringLate(other.book);
    expect(await isFree(other)).toBe(true);
  });

  it("after the commit is found booked by the next try, and nothing is told twice", async () => {
    const wish = await aWish();
    await expect(bookTour(failingCommit(wish.ctx, "after"), wish.booking)).rejects.toThrow("broke");
    const tour = await bookTour(wish.ctx, wish.booking);
    expect(await toursOf(wish.companyId)).toMatchObject([{ id: tour.id }]);
    expect(await mailsOf(wish.companyId)).toHaveLength(1);
    await ringLate(wish.book);
    expect(await isFree(wish)).toBe(false);
  });

  it("before its claim is confirmed is booked all the same, and its queue settles the rest", async () => {
    const wish = await aWish();
    const deaf = strangeBook(wish.ctx, { confirmClaim: unreachable, settle: unreachable });
    const tour = await bookTour(deaf, wish.booking);
    await settleTour(wish.ctx, tour.id);
    await settleTour(wish.ctx, tour.id);
    await ringLate(wish.book);
    expect(await isFree(wish)).toBe(false);
    expect(await statusOf("tour", tour.id)).toBe("scheduled");
    expect(await statusOf("lead", tour.leadId!)).toBe("tour_scheduled");
  });

  it("leaves no trace when its commit comes after its claim has run out", async () => {
    const wish = await aWish();
    const claim = async (...input: never[]) => {
      const answer = await wish.book.claim(...(input as unknown as Parameters<typeof wish.book.claim>));
      return { ...answer, leaseUntilMs: Date.now() - 1 };
    };
    await expect(bookTour(strangeBook(wish.ctx, { claim }), wish.booking)).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await toursOf(wish.companyId)).toEqual([]);
    expect(await mailsOf(wish.companyId)).toEqual([]);
    const work = await db.select().from(outbox).where(eq(outbox.companyId, wish.companyId));
    expect(work.filter((row) => row.key.startsWith("tour:"))).toEqual([]);
  });
});

describe("a cancellation that breaks", () => {
  it("before the book has heard of it frees the time when its queue settles it", async () => {
    const wish = await aWish();
    const tour = await bookTour(wish.ctx, wish.booking);
    await cancelTour(strangeBook(wish.ctx, { settle: unreachable }), { tourId: tour.id });
    expect(await isFree(wish)).toBe(false);
    await settleTour(wish.ctx, tour.id);
    expect(await isFree(wish)).toBe(true);
  });
});

describe("a move that breaks", () => {
  it("before its commit leaves the tour where it was, and the new time free again", async () => {
    const wish = await aWish();
    const tour = await bookTour(wish.ctx, wish.booking);
    const move = { tourId: tour.id, startsAt: wish.slots[9]!.startsAt };
    await expect(rescheduleTour(failingCommit(wish.ctx, "before"), move)).rejects.toThrow("broke");
    await ringLate(wish.book);
    expect(await isFree(wish)).toBe(false);
    expect(await isFree({ ...wish, booking: { ...wish.booking, startsAt: move.startsAt } })).toBe(true);
  });

  it("after its commit arrives where the row says, and can be moved on at once", async () => {
    const wish = await aWish();
    const tour = await bookTour(wish.ctx, wish.booking);
    const to = wish.slots[9]!.startsAt;
    await expect(
      rescheduleTour(failingCommit(wish.ctx, "after"), { tourId: tour.id, startsAt: to }),
    ).rejects.toThrow("broke");
    const moved = await rescheduleTour(wish.ctx, { tourId: tour.id, startsAt: wish.slots[12]!.startsAt });
    expect(moved).toMatchObject({ startsAt: wish.slots[12]!.startsAt, version: 3 });
    expect(await isFree(wish)).toBe(true);
    expect(await isFree({ ...wish, booking: { ...wish.booking, startsAt: to } })).toBe(true);
  });

  it("of two at once exactly one goes through, and the book knows which", async () => {
    const wish = await aWish();
    const tour = await bookTour(wish.ctx, wish.booking);
    const targets = [wish.slots[9]!.startsAt, wish.slots[12]!.startsAt];
    const moves = await Promise.allSettled(
      targets.map((startsAt) => rescheduleTour(wish.ctx, { tourId: tour.id, startsAt })),
    );
    const [row] = await toursOf(wish.companyId);
    expect(moves.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(moves.find((one) => one.status === "rejected")).toMatchObject({ reason: { code: "CONFLICT" } });
    const busy = await wish.book.busy(0, Number.MAX_SAFE_INTEGER, Date.now());
    expect(busy.map((place) => place.startMs)).toContain(row!.startsAt.getTime());
    await ringLate(wish.book);
    const settled = await wish.book.busy(0, Number.MAX_SAFE_INTEGER, Date.now());
    expect(settled.map((place) => place.startMs)).toEqual([row!.startsAt.getTime()]);
  });
});
