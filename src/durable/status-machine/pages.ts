import type { StatusPage } from "../../modules/status/project-status.ts";
import type { Calendars } from "./clock.ts";
import type { MachineStore, Waiting } from "./machine-store.ts";
import { approvalRow, breachesOf, entityRow, transitionRow } from "./projection-rows.ts";
import type { Entity } from "./protocol.ts";

/** One page of the outbox as rows for the database; of the entity always the present state. */
export function pageOf(waiting: Waiting[], entity: Entity | null, calendars: Calendars): StatusPage {
  const bodies = <Row>(kind: Waiting["kind"]) =>
    waiting.filter((row) => row.kind === kind).map((row) => JSON.parse(row.body) as Row);
  return {
    entities: entity ? [entityRow(entity, calendars)] : [],
    transitions: bodies("transition"),
    approvals: bodies("approval"),
    breaches: bodies("breach"),
    work: bodies("event"),
    audits: bodies("audit"),
  };
}

/** Everything the projection should hold, the transitions from after `afterSeq` on; no work is told again. */
export function snapshotOf(store: MachineStore, afterSeq: number, limit: number): StatusPage | null {
  const entity = store.entity();
  if (!entity) return null;
  return {
    entities: [entityRow(entity, store.calendars())],
    transitions: store.transitionsAfter(afterSeq, limit).map((told) => transitionRow(entity, told)),
    approvals: store.approvals().map(approvalRow),
    breaches: [...store.closedClocks(), ...(entity.clock ? [entity.clock] : [])].flatMap((clock) =>
      breachesOf(entity, clock),
    ),
    work: [],
    audits: [],
  };
}

/** Real time of the next try to empty an outbox: the longer the oldest row waits, the rarer, at most a minute. */
export function retryAt(oldest: Waiting, realNow: number): number {
  return realNow + Math.min(60_000, Math.max(2_000, realNow - oldest.created_at));
}
