import type { BusinessCalendar } from "../../modules/status/business-time.ts";
import { type Change, eventsOf } from "./events.ts";
import type { MachineStore } from "./machine-store.ts";
import { type Memory, ring } from "./machine.ts";
import {
  type Audited,
  approvalRow,
  auditRow,
  breachesOf,
  transitionRow,
  workRow,
} from "./projection-rows.ts";
import type { Approval, Entity, EntityRef, Moment, Transition } from "./protocol.ts";
import { eventRow } from "./tell-receivers.ts";

/** Where decisions become rows: a machine's store, and what a write takes besides. Every function belongs into one storage transaction. */
export type Desk = { store: MachineStore; newId: () => string; realNow: number };

/** Tells what has come due, each thing once; the entity as it is then, null when there is none. */
export function tellDue(desk: Desk, now: number): Entity | null {
  const { store, realNow } = desk;
  const before = store.entity();
  if (!before) return null;
  const { entity, alerts } = ring(before, now, store.calendars());
  if (alerts.length === 0) return before;
  store.saveEntity(entity, before);
  store.tell("entity", null, realNow);
  for (const alert of alerts) if (alert.kind === "sla_overdue") tellBreach(desk, entity, alert.deadline);
  tellEvents(desk, entity, { entity, alerts });
  return entity;
}

/** All that a decision may look at, with everything told that came due before it. */
export function recall(
  desk: Desk,
  { now, clockOffsetMs }: Moment,
  calendar: BusinessCalendar | null,
): Memory {
  const { store, newId } = desk;
  if (store.clockOffsetMs() !== clockOffsetMs) store.setClockOffset(clockOffsetMs);
  if (calendar) store.saveCalendar(calendar);
  const entity = tellDue(desk, now);
  return {
    entity,
    calendars: store.calendars(),
    pending: store.pendingApprovals(),
    nextClockId: Math.max(store.lastClockId(), entity?.clock?.id ?? 0) + 1,
    formerClock: store.formerClock,
    newId,
  };
}

/** Saves the entity, has it projected, and tells what is due under its new clock. */
export function save(desk: Desk, before: Entity | null, next: Entity, now: number): Entity {
  const { store, realNow } = desk;
  store.saveEntity(next, before);
  if (next.clock) store.forgetClosedClock(next.clock.id);
  store.tell("entity", null, realNow);
  return tellDue(desk, now) ?? next;
}

export function saveTransition(desk: Desk, entity: Entity, transition: Transition): void {
  desk.store.saveTransition(transition);
  desk.store.tell("transition", transitionRow(entity, transition), desk.realNow);
  tellEvents(desk, entity, { entity, transition });
}

export function saveApprovals({ store, realNow }: Desk, approvals: Approval[]): void {
  for (const approval of approvals) {
    store.saveApproval(approval);
    store.tell("approval", approvalRow(approval), realNow);
  }
}

function tellBreach({ store, realNow }: Desk, entity: Entity, deadline: number): void {
  const told = entity.clock ? breachesOf(entity, entity.clock) : [];
  for (const breach of told) if (breach.deadline === deadline) store.tell("breach", breach, realNow);
}

export function tellAudit(
  { store, newId, realNow }: Desk,
  ref: EntityRef,
  moment: Moment,
  audited: Audited,
): void {
  if (moment.requestId === undefined) return;
  store.tell("audit", auditRow(ref, moment, audited, newId(), realNow), realNow);
}

/** Every event is numbered, kept and told to webhooks; the company itself acts on all but mere renamings. */
export function tellEvents({ store, newId, realNow }: Desk, ref: EntityRef, change: Change): void {
  for (const event of eventsOf(change)) {
    const row = eventRow(ref, event, store.lastEvent() + 1, newId());
    store.saveEvent(row.sequence, row);
    store.tell("event", row, realNow);
    if (event.kind !== "status_migrated") store.tell("work", workRow(ref, event, newId(), realNow), realNow);
  }
}
