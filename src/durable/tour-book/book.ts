import { byLoad, roomFor, type Taken, type WantedSlot } from "../../modules/tours/slot-room.ts";

export const holdMs = 5 * 60_000;
/** How long the caller of `claim` or `move` has to commit the tour. */
export const leaseMs = 60_000;
/** Time left for clocks that disagree and commits in flight before an unconfirmed place is looked into. */
export const graceMs = 30_000;

export type PlaceState = "held" | "pending" | "moving" | "confirmed";

/** One line of the book. A tour that is being moved has two: where it is, and `moving` where it goes. */
export type Place = Taken & {
  /** The tour's id, or the hold's. */
  claimId: string;
  state: PlaceState;
  /** Whose hold it is: nobody holds two places of a property at once. */
  holder: string | null;
  /** `held`: end of the hold in company time. `pending`, `moving`: end of the lease in real time. */
  dueMs: number | null;
};

/** `holder` is whose hold on this time is taken over. */
export type Request = {
  claimId: string;
  slot: WantedSlot;
  guideIds: string[] | null;
  holder?: string | null;
};
/** A claim may also name the hold it takes over. */
export type ClaimRequest = Request & { holdId?: string | null };
export type HoldRequest = Request & { holder: string };

/** Both clocks: holds and tours live in company time, leases in real time. */
export type Clocks = { nowMs: number; realMs: number };

export type Granted = { managerId: string | null; leaseUntilMs: number };
export type ClaimAnswer = ({ outcome: "claimed" } & Granted) | { outcome: "taken" | "other_slot" };
export type MoveAnswer = ({ outcome: "moved" } & Granted) | { outcome: "taken" | "moving_elsewhere" };
export type HoldAnswer =
  | { outcome: "held"; holdId: string; managerId: string | null; expiresAtMs: number }
  | { outcome: "taken" };

/** What a decision changes: `drop` first, then `put`. */
export type Change = { drop: Place[]; put: Place[] };
export type Decision<Answer> = { answer: Answer; change: Change };

const nothing: Change = { drop: [], put: [] };

/** Takes a place for a tour until its row is committed. The same claim again gets the same answer. */
export function claim(
  places: readonly Place[],
  request: ClaimRequest,
  clocks: Clocks,
): Decision<ClaimAnswer> {
  const mine = places.find((place) => place.claimId === request.claimId && isBooked(place));
  if (mine) {
    if (!sameSlot(mine, request.slot)) return { answer: { outcome: "other_slot" }, change: nothing };
    return renew(mine, clocks, "claimed");
  }
  const hold = places.find((place) => isLiveHold(place, clocks) && isOwnHold(place, request));
  const managerId = choose(
    places.filter((place) => place !== hold),
    request,
    clocks,
    hold?.managerId,
  );
  if (managerId === undefined) return { answer: { outcome: "taken" }, change: nothing };
  const place = placeFor(request, "pending", managerId, clocks.realMs + leaseMs);
  return {
    answer: { outcome: "claimed", managerId, leaseUntilMs: clocks.realMs + leaseMs },
    change: { drop: hold ? [hold] : [], put: [place] },
  };
}

/** Keeps a place for a visitor who is still filling in the form. A new hold replaces the holder's former one. */
export function hold(places: readonly Place[], request: HoldRequest, clocks: Clocks): Decision<HoldAnswer> {
  const former = places.filter((place) => place.holder === request.holder && place.state === "held");
  const same = former.find((place) => isLiveHold(place, clocks) && sameSlot(place, request.slot));
  if (same) return { answer: heldAnswer(same), change: nothing };
  const managerId = choose(
    places.filter((place) => !former.includes(place)),
    request,
    clocks,
  );
  if (managerId === undefined) return { answer: { outcome: "taken" }, change: nothing };
  const place = { ...placeFor(request, "held", managerId, clocks.nowMs + holdMs), holder: request.holder };
  return { answer: heldAnswer(place), change: { drop: former, put: [place] } };
}

/** Takes a second place for a tour; the first is given up only when the move is confirmed. */
export function move(places: readonly Place[], request: Request, clocks: Clocks): Decision<MoveAnswer> {
  const own = places.filter((place) => place.claimId === request.claimId);
  const begun = own.find((place) => place.state === "moving");
  if (begun) {
    if (!sameSlot(begun, request.slot)) return { answer: { outcome: "moving_elsewhere" }, change: nothing };
    return renew(begun, clocks, "moved");
  }
  const current = own.find(isBooked);
  const hold = places.find((place) => isLiveHold(place, clocks) && isOwnHold(place, request));
  const managerId = choose(
    places.filter((place) => !own.includes(place) && place !== hold),
    request,
    clocks,
    hold?.managerId ?? current?.managerId,
  );
  if (managerId === undefined) return { answer: { outcome: "taken" }, change: nothing };
  const leaseUntilMs = clocks.realMs + leaseMs;
  const place = placeFor(request, "moving", managerId, leaseUntilMs);
  return {
    answer: { outcome: "moved", managerId, leaseUntilMs },
    change: { drop: hold ? [hold] : [], put: [place] },
  };
}

/** The tour's row is committed at this start: the place is its own now, and the one it came from is free. */
export function confirm(places: readonly Place[], claimId: string, startMs: number): Change {
  const own = places.filter((place) => place.claimId === claimId);
  const target = own.find((place) => isLeased(place) && place.startMs === startMs);
  if (!target) return nothing;
  return { drop: own, put: [{ ...target, state: "confirmed", dueMs: null }] };
}

/** Makes a claim what the tour's row says: `truth` is the place of a live tour, null when there is none. */
export function settle(
  places: readonly Place[],
  claimId: string,
  truth: Taken | null,
  clocks: Clocks,
): Change {
  const own = places.filter((place) => place.claimId === claimId && place.state !== "held");
  // A lease that still runs may be committed any moment; only its end, or the row, decides.
  const open = own.filter((place) => !isOverdue(place, clocks) && isLeased(place));
  const drop = own.filter((place) => !open.includes(place) || (truth !== null && sameSlot(place, truth)));
  if (truth === null) return { drop, put: [] };
  const [only, ...others] = drop;
  if (only?.state === "confirmed" && others.length === 0 && samePlace(only, truth)) return nothing;
  return { drop, put: [{ ...truth, claimId, state: "confirmed", holder: null, dueMs: null }] };
}

/** Holds that are over, and claims whose commit should have been confirmed by now. */
export function overdue(places: readonly Place[], clocks: Clocks): { expired: Place[]; unsettled: string[] } {
  const expired = places.filter((place) => place.state === "held" && !isLiveHold(place, clocks));
  const unsettled = places.filter((place) => isLeased(place) && isOverdue(place, clocks));
  return { expired, unsettled: [...new Set(unsettled.map((place) => place.claimId))] };
}

/** The real time at which something next falls due, or null. `offsetMs` turns real time into company time. */
export function nextDueMs(places: readonly Place[], offsetMs: number): number | null {
  const times = places.flatMap(({ state, dueMs }) => {
    if (dueMs === null) return [];
    return [state === "held" ? dueMs - offsetMs : dueMs + graceMs];
  });
  return times.length === 0 ? null : Math.min(...times);
}

/** What still keeps others out: everything but holds that are over. */
export function isInForce(place: Place, clocks: Clocks): boolean {
  return place.state !== "held" || isLiveHold(place, clocks);
}

/** The guide for a slot: the preferred one, else the least busy; undefined when full. */
function choose(
  others: readonly Place[],
  { slot, guideIds }: Request,
  clocks: Clocks,
  preferred?: string | null,
): string | null | undefined {
  const inForce = others.filter((place) => isInForce(place, clocks));
  const room = roomFor(slot, inForce, guideIds);
  if (preferred && room.includes(preferred)) return preferred;
  return byLoad(room, slot, inForce)[0];
}

function placeFor(
  { claimId, slot }: Request,
  state: PlaceState,
  managerId: string | null,
  dueMs: number,
): Place {
  const { startMs, endMs, beforeMs, afterMs, staffed } = slot;
  return { claimId, state, holder: null, dueMs, managerId, startMs, endMs, beforeMs, afterMs, staffed };
}

/** A repeated request lengthens the lease, for its caller is about to commit. */
function renew<Outcome extends "claimed" | "moved">(place: Place, { realMs }: Clocks, outcome: Outcome) {
  const leaseUntilMs = realMs + leaseMs;
  const put = place.state === "confirmed" ? [] : [{ ...place, dueMs: leaseUntilMs }];
  return { answer: { outcome, managerId: place.managerId, leaseUntilMs }, change: { drop: [], put } };
}

function heldAnswer(place: Place): HoldAnswer {
  const { claimId, managerId, dueMs } = place;
  return { outcome: "held", holdId: claimId, managerId, expiresAtMs: dueMs ?? 0 };
}

function isOwnHold(place: Place, { holdId, holder, slot }: ClaimRequest): boolean {
  if (place.claimId === holdId) return true;
  return holder !== null && holder !== undefined && place.holder === holder && sameSlot(place, slot);
}

function isBooked({ state }: Place): boolean {
  return state === "pending" || state === "confirmed";
}

function isLeased({ state }: Place): boolean {
  return state === "pending" || state === "moving";
}

function isLiveHold({ state, dueMs }: Place, { nowMs }: Clocks): boolean {
  return state === "held" && (dueMs ?? 0) > nowMs;
}

function isOverdue({ dueMs }: Place, { realMs }: Clocks): boolean {
  return (dueMs ?? Number.POSITIVE_INFINITY) + graceMs <= realMs;
}

function samePlace(a: Taken, b: Taken): boolean {
  return (
    sameSlot(a, b) &&
    a.managerId === b.managerId &&
    a.staffed === b.staffed &&
    a.beforeMs === b.beforeMs &&
    a.afterMs === b.afterMs
  );
}

function sameSlot(a: { startMs: number; endMs: number }, b: { startMs: number; endMs: number }): boolean {
  return a.startMs === b.startMs && a.endMs === b.endMs;
}
