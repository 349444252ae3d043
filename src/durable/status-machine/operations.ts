import type { BusinessCalendar } from "../../modules/status/business-time.ts";
import { adjustEntity, archiveEntity, restoreEntity } from "./adjust.ts";
import { type Judged, judge, type Verdict } from "./approvals.ts";
import { type Change, eventsOf } from "./events.ts";
import { refuse } from "./guards.ts";
import type { MachineStore } from "./machine-store.ts";
import { approvalRequired, decideChange, type Memory, type Moved, ring, supersede } from "./machine.ts";
import { migrateEntity, type MigrateRequest, type MigrationPlan } from "./migrate.ts";
import {
  type Audited,
  approvalRow,
  auditRow,
  breachesOf,
  transitionRow,
  workRow,
} from "./projection-rows.ts";
import type {
  AdjustRequest,
  Approval,
  ChangeRequest,
  ChangeResult,
  Entity,
  EntityRef,
  Moment,
  Refusal,
  StatusView,
  Transition,
} from "./protocol.ts";
import { eventRow } from "./tell-receivers.ts";
import { viewOf } from "./view.ts";

/** Where decisions become rows. Every function belongs into one storage transaction. */
export type Desk = { store: MachineStore; newId: () => string; realNow: number };

export type ApprovalOutcome =
  | { outcome: "approved" | "rejected" | "unchanged"; approvalId: string; changed: ChangeResult | null }
  | Refusal;

export type MigrationOutcome = { outcome: "planned" | "migrated"; plan: MigrationPlan } | Refusal;

const unknown = () => refuse("ENTITY_NOT_FOUND", "Entity not found");

export function change(desk: Desk, request: ChangeRequest): ChangeResult {
  const { store } = desk;
  const earlier = repeated(desk, request);
  if (earlier) return earlier;
  const memory = recall(desk, request, request.calendar);
  const kept = keptInPlace(desk, memory, request);
  if (kept) return kept;
  const decision = decideChange(memory, request);
  if (decision.outcome === "changed") {
    tellAudit(desk, request, request, changeAudit(decision));
    return write(desk, memory, decision, request.now);
  }
  const { opened, ...refusal } = decision;
  if (opened) {
    const asked = { approval_id: opened.id, status: opened.to };
    tellAudit(desk, request, request, {
      action: "request_approval",
      before: { status: opened.from },
      after: asked,
    });
    store.saveApproval(opened);
    store.tell("approval", approvalRow(opened), desk.realNow);
    tellEvents(desk, opened.request, { entity: memory.entity, approval: opened });
  }
  return refusal;
}

/** The answer to a change that was delivered before. */
function repeated({ store }: Desk, { changeId, toStatus, now }: ChangeRequest): ChangeResult | null {
  const approval = store.approvalOf(changeId);
  const transition = store.transitionOf(changeId);
  if ((transition?.to ?? approval?.to ?? toStatus) !== toStatus)
    return refuse("CONFLICT", "The change id was used for another change", { change_id: changeId });
  const entity = store.entity();
  if (transition && entity)
    return { outcome: "unchanged", transition, status: viewOf(entity, store.calendars(), now) };
  return approval && approvalRequired(approval);
}

function keptInPlace(
  { store }: Desk,
  { entity, calendars }: Memory,
  request: ChangeRequest,
): ChangeResult | null {
  if (!request.keepIfThere || entity?.status !== request.toStatus || entity.archivedAt !== null) return null;
  const [transition] = store.history(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 1, 0);
  return transition
    ? { outcome: "unchanged", transition, status: viewOf(entity, calendars, request.now) }
    : null;
}

export function decideApproval(desk: Desk, verdict: Verdict): ApprovalOutcome {
  const { store } = desk;
  const approval = store.approval(verdict.approvalId);
  const { calendar = approval?.request.calendar ?? null } = verdict;
  const memory = recall(desk, verdict, calendar);
  const judged = judge(memory, approval, verdict);
  if (judged.outcome === "refused") return judged;
  const { id } = judged.approval;
  if (judged.outcome === "unchanged") return { outcome: "unchanged", approvalId: id, changed: null };
  store.saveApproval(judged.approval);
  store.tell("approval", approvalRow(judged.approval), desk.realNow);
  const { request, from, to } = judged.approval;
  const decided = { approval_id: id, status: to, reason: verdict.reason };
  const action = judged.outcome === "approved" ? "approve_status" : "reject_status";
  tellAudit(desk, request, verdict, { action, before: { status: from }, after: decided });
  return { outcome: judged.outcome, approvalId: id, changed: settle(desk, memory, judged, verdict) };
}

function settle(desk: Desk, memory: Memory, judged: Judged, { now }: Verdict): ChangeResult | null {
  if (judged.outcome === "approved") return write(desk, memory, judged.moved, now);
  if (judged.outcome === "rejected")
    tellEvents(desk, judged.approval.request, { entity: memory.entity, approval: judged.approval });
  return null;
}

export function adjust(desk: Desk, request: AdjustRequest): StatusView | Refusal {
  const { store } = desk;
  const memory = recall(desk, request, request.calendar ?? null);
  const { entity } = memory;
  if (!entity || entity.archivedAt !== null) return unknown();
  const adjusted = save(desk, entity, adjustEntity(entity, request, memory), request.now);
  return viewOf(adjusted, store.calendars(), request.now);
}

/** Nobody is left to be asked about: what waits for approval is void. */
export function archive(desk: Desk, moment: Moment): StatusView | Refusal {
  const { entity, calendars, pending } = recall(desk, moment, null);
  if (!entity) return unknown();
  if (entity.archivedAt !== null) return viewOf(entity, calendars, moment.now);
  saveApprovals(desk, supersede(pending, moment.now));
  return viewOf(save(desk, entity, archiveEntity(entity, moment.now), moment.now), calendars, moment.now);
}

export function restore(desk: Desk, moment: Moment): StatusView | Refusal {
  const { entity, calendars } = recall(desk, moment, null);
  if (!entity) return unknown();
  if (entity.archivedAt === null) return viewOf(entity, calendars, moment.now);
  return viewOf(save(desk, entity, restoreEntity(entity, moment.now), moment.now), calendars, moment.now);
}

/** Puts the entity under another definition; a dry run only says what that would do. */
export function migrate(desk: Desk, request: MigrateRequest, dryRun: boolean): MigrationOutcome {
  const { store } = desk;
  const memory = recall(desk, request, request.calendar ?? null);
  if (!memory.entity) return unknown();
  const migrated = migrateEntity(memory, memory.entity, request);
  if (migrated.outcome === "refused") return migrated;
  const { plan, transition, ended, approvals } = migrated;
  if (dryRun) return { outcome: "planned", plan };
  if (transition) saveTransition(desk, migrated.entity, transition);
  if (ended) store.saveClosedClock(ended);
  save(desk, memory.entity, migrated.entity, request.now);
  saveApprovals(desk, approvals);
  return { outcome: "migrated", plan };
}

/** What a lost alarm should have done; the entity is projected again in any case. False where there is none. */
export function sweep(desk: Desk, now: number, clockOffsetMs: number): boolean {
  const { store, realNow } = desk;
  store.setClockOffset(clockOffsetMs);
  const isKnown = tellDue(desk, now) !== null;
  if (isKnown) store.tell("entity", null, realNow);
  return isKnown;
}

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
function recall(desk: Desk, { now, clockOffsetMs }: Moment, calendar: BusinessCalendar | null): Memory {
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

function write(desk: Desk, memory: Memory, moved: Moved, now: number): ChangeResult {
  const { store } = desk;
  const { transition, ended, superseded } = moved;
  saveTransition(desk, moved.entity, transition);
  saveApprovals(desk, superseded);
  if (ended) store.saveClosedClock(ended);
  const entity = save(desk, memory.entity, moved.entity, now);
  return { outcome: "changed", transition, status: viewOf(entity, memory.calendars, now) };
}

/** Saves the entity, has it projected, and tells what is due under its new clock. */
function save(desk: Desk, before: Entity | null, next: Entity, now: number): Entity {
  const { store, realNow } = desk;
  store.saveEntity(next, before);
  if (next.clock) store.forgetClosedClock(next.clock.id);
  store.tell("entity", null, realNow);
  return tellDue(desk, now) ?? next;
}

function saveTransition(desk: Desk, entity: Entity, transition: Transition): void {
  desk.store.saveTransition(transition);
  desk.store.tell("transition", transitionRow(entity, transition), desk.realNow);
  tellEvents(desk, entity, { entity, transition });
}

function saveApprovals({ store, realNow }: Desk, approvals: Approval[]): void {
  for (const approval of approvals) {
    store.saveApproval(approval);
    store.tell("approval", approvalRow(approval), realNow);
  }
}

function tellBreach({ store, realNow }: Desk, entity: Entity, deadline: number): void {
  const told = entity.clock ? breachesOf(entity, entity.clock) : [];
  for (const breach of told) if (breach.deadline === deadline) store.tell("breach", breach, realNow);
}

function changeAudit({ transition }: Moved): Audited {
  const { id, from, to, reason } = transition;
  return {
    action: "change_status",
    before: { status: from },
    after: { status: to, reason, transition_id: id },
  };
}

function tellAudit({ store, newId, realNow }: Desk, ref: EntityRef, moment: Moment, audited: Audited): void {
  if (moment.requestId === undefined) return;
  store.tell("audit", auditRow(ref, moment, audited, newId(), realNow), realNow);
}

/** Every event is numbered, kept and told to webhooks; the company itself acts on all but mere renamings. */
function tellEvents({ store, newId, realNow }: Desk, ref: EntityRef, change: Change): void {
  for (const event of eventsOf(change)) {
    const row = eventRow(ref, event, store.lastEvent() + 1, newId());
    store.saveEvent(row.sequence, row);
    store.tell("event", row, realNow);
    if (event.kind !== "status_migrated") store.tell("work", workRow(ref, event, newId(), realNow), realNow);
  }
}
