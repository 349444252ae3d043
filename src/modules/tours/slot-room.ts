const dayMs = 24 * 60 * 60_000;

/** A claimed or held stretch of a property's tour book. */
export type Taken = {
  managerId: string | null;
  /** True when somebody of the team walks along (or would, had the property managers with hours). */
  staffed: boolean;
  startMs: number;
  endMs: number;
  /** Buffers around the tour itself. */
  beforeMs: number;
  afterMs: number;
};

export type WantedSlot = Omit<Taken, "managerId"> & { capacity: number };

/**
 * The guides who can take this slot, in the order given; `[null]` when the slot needs no named guide and has room,
 * `[]` when it is taken. `guideIds` are those whose hours and calendars allow it; null when the property has no guides.
 *
 * A guide takes up to `capacity` parties, all at the very same start and end. Without guides up to `capacity` tours
 * may overlap. Staffed and unstaffed tours do not compete.
 */
export function roomFor(
  slot: WantedSlot,
  taken: readonly Taken[],
  guideIds: readonly string[] | null,
): (string | null)[] {
  const near = taken.filter((other) => other.staffed === slot.staffed && collide(slot, other));
  if (guideIds === null || !slot.staffed) return peak(slot, near) < slot.capacity ? [null] : [];

  const free = guideIds.filter((id) => {
    const own = near.filter((other) => other.managerId === id);
    return own.length < slot.capacity && own.every((other) => sameTime(slot, other));
  });
  // A tour booked while the property had no guides still needs one of them.
  const unassigned = near.filter((other) => other.managerId === null).length;
  return free.length > unassigned ? free : [];
}

/** Puts the least busy first: fewest places within a day of the slot, ties by id. */
export function byLoad<Id extends string | null>(
  ids: readonly Id[],
  slot: { startMs: number },
  taken: readonly Taken[],
): Id[] {
  const near = taken.filter((other) => Math.abs(other.startMs - slot.startMs) < dayMs);
  const load = (id: Id) => near.filter((other) => other.managerId === id).length;
  return ids.toSorted((a, b) => load(a) - load(b) || ((a ?? "") < (b ?? "") ? -1 : 1));
}

/** Buffers of both neighbours count: the padded stretches must not overlap. */
function collide(a: Omit<Taken, "managerId">, b: Omit<Taken, "managerId">): boolean {
  return a.startMs - a.beforeMs < b.endMs + b.afterMs && b.startMs - b.beforeMs < a.endMs + a.afterMs;
}

function sameTime(a: { startMs: number; endMs: number }, b: { startMs: number; endMs: number }): boolean {
  return a.startMs === b.startMs && a.endMs === b.endMs;
}

/** Most tours running at once at any moment of the slot; the count only rises where one begins. */
function peak(slot: WantedSlot, near: readonly Taken[]): number {
  const from = slot.startMs - slot.beforeMs;
  const moments = [from, ...near.map((other) => other.startMs - other.beforeMs).filter((at) => at > from)];
  const runningAt = (at: number) =>
    near.filter((other) => other.startMs - other.beforeMs <= at && at < other.endMs + other.afterMs).length;
  return Math.max(...moments.map(runningAt));
}
