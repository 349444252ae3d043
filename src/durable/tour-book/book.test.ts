import { describe, expect, it } from "vitest";
import * as book from "./book.ts";
import type { Change, Clocks, Place, Request } from "./book.ts";

const minute = 60_000;
const ten = Date.parse("2027-01-05T16:00:00Z");
const clocks: Clocks = { nowMs: ten - 1_000 * minute, realMs: 1_800_000_000_000 };

type Wish = Partial<Request["slot"]> & { guideIds?: string[] };

function request(claimId: string, change: Wish = {}): Request {
  const { guideIds = null, startMs = ten, ...slot } = change;
  const whole = {
    startMs,
    endMs: startMs + 30 * minute,
    beforeMs: 0,
    afterMs: 0,
    staffed: true,
    capacity: 1,
  };
  return { claimId, guideIds, slot: { ...whole, ...slot } };
}

function changed(places: Place[], { drop, put }: Change): Place[] {
  const gone = (place: Place) =>
    [...drop, ...put].some((p) => p.claimId === place.claimId && p.state === place.state);
  return [...places.filter((place) => !gone(place)), ...put];
}

/** A book in which these requests were granted one after another. */
function bookOf(...requests: Request[]): Place[] {
  return requests.reduce<Place[]>((places, one) => {
    const taken = changed(places, book.claim(places, one, clocks).change);
    return changed(taken, book.confirm(taken, one.claimId, one.slot.startMs));
  }, []);
}

const later = (ms: number): Clocks => ({ nowMs: clocks.nowMs + ms, realMs: clocks.realMs + ms });
const longAfter = later(book.leaseMs + book.graceMs);

describe("claim", () => {
  it("grants exactly as many as the capacity", () => {
    let places: Place[] = [];
    const outcomes = Array.from({ length: 10 }, (_, n) => {
      const { answer, change } = book.claim(places, request(`t${n}`, { capacity: 3 }), clocks);
      places = changed(places, change);
      return answer.outcome;
    });
    expect(outcomes.filter((outcome) => outcome === "claimed")).toHaveLength(3);
    expect(outcomes.slice(3).every((outcome) => outcome === "taken")).toBe(true);
  });

  it("refuses a neighbour within either tour's buffer", () => {
    const places = bookOf(request("a", { afterMs: 15 * minute }));
    const next = (startMs: number, beforeMs: number) =>
      book.claim(places, request("b", { startMs, beforeMs }), clocks).answer.outcome;
    expect(next(ten + 30 * minute, 0)).toBe("taken");
    expect(next(ten + 45 * minute, 0)).toBe("claimed");
    expect(next(ten + 45 * minute, 15 * minute)).toBe("taken");
    expect(next(ten + 60 * minute, 15 * minute)).toBe("claimed");
  });

  it("answers the same claim again without taking a second place", () => {
    const first = book.claim([], request("a"), clocks);
    const places = changed([], first.change);
    const again = book.claim(places, request("a"), later(1_000));
    expect(again.answer).toMatchObject({ outcome: "claimed", managerId: null });
    expect(changed(places, again.change)).toHaveLength(1);
    expect(book.claim(bookOf(request("a")), request("a"), clocks).change).toEqual({ drop: [], put: [] });
  });

  it("does not let one claim id take two times", () => {
    const places = bookOf(request("a"));
    expect(book.claim(places, request("a", { startMs: ten + 60 * minute }), clocks).answer.outcome).toBe(
      "other_slot",
    );
  });

  it("gives the tour to the least busy guide, ties to the first by id", () => {
    const guideIds = ["bob", "ann"];
    const places = bookOf(
      request("a", { guideIds }),
      request("b", { guideIds, startMs: ten + 60 * minute }),
      request("c", { guideIds, startMs: ten + 120 * minute }),
    );
    expect(places.map((place) => place.managerId)).toEqual(["ann", "bob", "ann"]);
  });

  it("refuses a slot that all its guides lead another tour through", () => {
    const places = bookOf(request("a", { guideIds: ["ann"] }));
    expect(book.claim(places, request("b", { guideIds: ["ann"] }), clocks).answer.outcome).toBe("taken");
    expect(book.claim(places, request("b", { guideIds: ["ann", "bob"] }), clocks).answer).toMatchObject({
      managerId: "bob",
    });
  });

  it("refuses a slot that no guide's hours allow", () => {
    expect(book.claim([], request("a", { guideIds: [] }), clocks).answer.outcome).toBe("taken");
  });
});

describe("hold", () => {
  const held = (places: Place[], id: string, holder: string, change: Wish = {}, at = clocks) =>
    book.hold(places, { ...request(id, change), holder }, at);

  it("keeps everybody else out until it is over", () => {
    const places = changed([], held([], "h1", "kim").change);
    expect(book.claim(places, request("t"), later(book.holdMs - 1)).answer.outcome).toBe("taken");
    expect(held(places, "h2", "lee").answer.outcome).toBe("taken");
    expect(book.claim(places, request("t"), later(book.holdMs)).answer.outcome).toBe("claimed");
  });

  it("becomes the claim of whoever shows it, with the same guide", () => {
    const places = changed([], held([], "h1", "kim", { guideIds: ["bob"] }).change);
    const { answer, change } = book.claim(
      places,
      { ...request("t", { guideIds: ["ann", "bob"] }), holdId: "h1" },
      clocks,
    );
    expect(answer).toMatchObject({ outcome: "claimed", managerId: "bob" });
    expect(changed(places, change).map(({ claimId, state }) => [claimId, state])).toEqual([["t", "pending"]]);
  });

  it("does not keep its own holder from booking, with or without showing it", () => {
    const places = changed([], held([], "h1", "kim").change);
    const { answer, change } = book.claim(places, { ...request("t"), holder: "kim" }, clocks);
    expect(answer.outcome).toBe("claimed");
    expect(changed(places, change).map((place) => place.claimId)).toEqual(["t"]);
  });

  it("is one for each holder: the same time again is the same hold, another time replaces it", () => {
    const places = changed([], held([], "h1", "kim").change);
    expect(held(places, "h2", "kim").answer).toMatchObject({ outcome: "held", holdId: "h1" });
    const replaced = changed(places, held(places, "h2", "kim", { startMs: ten + 60 * minute }).change);
    expect(replaced.map((place) => place.claimId)).toEqual(["h2"]);
  });

  it("is kept when the wish for another time cannot be met", () => {
    const places = [
      ...bookOf(request("t", { startMs: ten + 60 * minute })),
      ...held([], "h1", "kim").change.put,
    ];
    const { answer, change } = held(places, "h2", "kim", { startMs: ten + 60 * minute });
    expect(answer.outcome).toBe("taken");
    expect(changed(places, change).map((place) => place.claimId)).toContain("h1");
  });
});

describe("move", () => {
  it("keeps the old place until the move is confirmed, then frees it", () => {
    const places = bookOf(request("a"));
    const moving = changed(
      places,
      book.move(places, request("a", { startMs: ten + 60 * minute }), clocks).change,
    );
    expect(book.claim(moving, request("b"), clocks).answer.outcome).toBe("taken");
    expect(book.claim(moving, request("b", { startMs: ten + 60 * minute }), clocks).answer.outcome).toBe(
      "taken",
    );
    const moved = changed(moving, book.confirm(moving, "a", ten + 60 * minute));
    expect(book.claim(moved, request("b"), clocks).answer.outcome).toBe("claimed");
    expect(moved).toMatchObject([{ claimId: "a", state: "confirmed", startMs: ten + 60 * minute }]);
  });

  it("may overlap the place it comes from", () => {
    const places = bookOf(request("a"));
    expect(book.move(places, request("a", { startMs: ten + 15 * minute }), clocks).answer.outcome).toBe(
      "moved",
    );
  });

  it("changes nothing when the new time is taken", () => {
    const places = bookOf(request("a"), request("b", { startMs: ten + 60 * minute }));
    const { answer, change } = book.move(places, request("a", { startMs: ten + 60 * minute }), clocks);
    expect(answer.outcome).toBe("taken");
    expect(change).toEqual({ drop: [], put: [] });
  });

  it("takes over the hold its visitor has on the new time", () => {
    const held = book.hold([], { ...request("h", { startMs: ten + 60 * minute }), holder: "kim" }, clocks)
      .change.put;
    const places = [...bookOf(request("a")), ...held];
    const to = { ...request("a", { startMs: ten + 60 * minute }), holder: "kim" };
    const { answer, change } = book.move(places, to, clocks);
    expect(answer.outcome).toBe("moved");
    expect(changed(places, change).map((place) => place.state)).toEqual(["confirmed", "moving"]);
  });

  it("can change the guide alone", () => {
    const places = bookOf(request("a", { guideIds: ["ann"] }));
    const moving = changed(places, book.move(places, request("a", { guideIds: ["bob"] }), clocks).change);
    expect(changed(moving, book.confirm(moving, "a", ten))).toMatchObject([
      { managerId: "bob", state: "confirmed" },
    ]);
  });

  it("goes one way at a time", () => {
    const places = bookOf(request("a"));
    const moving = changed(
      places,
      book.move(places, request("a", { startMs: ten + 60 * minute }), clocks).change,
    );
    expect(book.move(moving, request("a", { startMs: ten + 60 * minute }), clocks).answer.outcome).toBe(
      "moved",
    );
    expect(book.move(moving, request("a", { startMs: ten + 90 * minute }), clocks).answer.outcome).toBe(
      "moving_elsewhere",
    );
  });
});

describe("settle", () => {
  const truth = ({ slot }: Request) => ({
    managerId: null,
    staffed: slot.staffed,
    startMs: slot.startMs,
    endMs: slot.endMs,
    beforeMs: slot.beforeMs,
    afterMs: slot.afterMs,
  });

  it("confirms a claim whose tour was committed, however late", () => {
    const places = changed([], book.claim([], request("a"), clocks).change);
    const settled = changed(places, book.settle(places, "a", truth(request("a")), longAfter));
    expect(settled).toMatchObject([{ state: "confirmed", dueMs: null }]);
  });

  it("drops a claim whose tour never came, but not while its lease runs", () => {
    const places = changed([], book.claim([], request("a"), clocks).change);
    expect(changed(places, book.settle(places, "a", null, later(book.leaseMs)))).toHaveLength(1);
    expect(changed(places, book.settle(places, "a", null, longAfter))).toEqual([]);
  });

  it("ends a move where the row says: at the new place, or back at the old one", () => {
    const start = bookOf(request("a"));
    const target = request("a", { startMs: ten + 60 * minute });
    const places = changed(start, book.move(start, target, clocks).change);
    const arrived = changed(places, book.settle(places, "a", truth(target), clocks));
    expect(arrived).toMatchObject([{ state: "confirmed", startMs: ten + 60 * minute }]);
    const stayed = changed(places, book.settle(places, "a", truth(request("a")), longAfter));
    expect(stayed).toMatchObject([{ state: "confirmed", startMs: ten }]);
  });

  it("writes down a tour the book had lost, and leaves a right one alone", () => {
    expect(changed([], book.settle([], "a", truth(request("a")), clocks))).toHaveLength(1);
    expect(book.settle(bookOf(request("a")), "a", truth(request("a")), clocks)).toEqual({
      drop: [],
      put: [],
    });
  });

  it("frees the place of a cancelled tour", () => {
    const places = bookOf(request("a"));
    expect(changed(places, book.settle(places, "a", null, clocks))).toEqual([]);
  });
});

describe("due times", () => {
  it("tells holds that are over from claims to be looked into", () => {
    const hold = book.hold([], { ...request("h"), holder: "kim" }, clocks).change.put;
    const claim = book.claim([], request("t", { startMs: ten + 60 * minute }), clocks).change.put;
    expect(book.overdue([...hold, ...claim], later(book.leaseMs + book.graceMs - 1))).toEqual({
      expired: [],
      unsettled: [],
    });
    expect(book.overdue([...hold, ...claim], later(book.holdMs))).toEqual({
      expired: hold,
      unsettled: ["t"],
    });
  });

  it("rings for a hold in company time and for a claim in real time", () => {
    const offsetMs = clocks.nowMs - clocks.realMs;
    const hold = book.hold([], { ...request("h"), holder: "kim" }, clocks).change.put;
    expect(book.nextDueMs(hold, offsetMs)).toBe(clocks.realMs + book.holdMs);
    const claim = book.claim([], request("t"), clocks).change.put;
    expect(book.nextDueMs(claim, offsetMs)).toBe(clocks.realMs + book.leaseMs + book.graceMs);
    expect(book.nextDueMs(bookOf(request("t")), offsetMs)).toBeNull();
  });
});
