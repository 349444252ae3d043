import type { StatusPage } from "../../modules/status/project-status.ts";
import type { Calendars } from "./clock.ts";
import type { MachineStore, Waiting } from "./machine-store.ts";
import { approvalRow, breachesOf, entityRow, transitionRow } from "./projection-rows.ts";
import type { Entity } from "./protocol.ts";

/** A page ends behind so many: the database takes at most two million bytes in one value. */
export const mostBytes = 400_000;

/** One page of the outbox as rows for the database; of the entity always the present state. */
export function pageOf(waiting: Waiting[], entity: Entity | null, calendars: Calendars): StatusPage {
  const bodies = <Row>(kind: Waiting["kind"]) =>
    waiting.filter((row) => row.kind === kind).map((row) => JSON.parse(row.body) as Row);
  return {
    entities: entity ? [entityRow(entity, calendars)] : [],
    transitions: bodies("transition"),
    approvals: bodies("approval"),
    breaches: bodies("breach"),
    events: bodies("event"),
    work: bodies("work"),
    audits: bodies("audit"),
  };
}

/** How far somebody who reads page by page has come: the last transition and the last event. */
export type SnapshotPlace = { seq: number; event: number };

export type Snapshot = StatusPage & {
  /** Where the next page begins; null when this is the last. */
  next: SnapshotPlace | null;
};

/** Everything the projection should hold, of the long lists what comes after a place; no work is told again. */
export function snapshotOf(store: MachineStore, after: SnapshotPlace, limit: number): Snapshot | null {
  const entity = store.entity();
  if (!entity) return null;
  const transitions = store
    .transitionsAfter(after.seq, limit, mostBytes)
    .map((told) => transitionRow(entity, told));
  const events = store.eventsAfter(after.event, limit, mostBytes);
  const next = {
    seq: Number(transitions.at(-1)?.seq ?? after.seq),
    event: events.at(-1)?.sequence ?? after.event,
  };
  const isLast = next.seq >= entity.seq && next.event >= store.lastEvent();
  return {
    entities: [entityRow(entity, store.calendars())],
    transitions,
    approvals: store.approvals().map(approvalRow),
    breaches: [...store.closedClocks(), ...(entity.clock ? [entity.clock] : [])].flatMap((clock) =>
      breachesOf(entity, clock),
    ),
    events,
    work: [],
    audits: [],
    next: isLast ? null : next,
  };
}

/** Real time of the next try to empty an outbox: the longer the oldest row waits, the rarer, at most a minute. */
export function retryAt(oldest: Waiting, realNow: number): number {
  return realNow + Math.min(60_000, Math.max(2_000, realNow - oldest.created_at));
}
