import { adjustEntity, archiveEntity, restoreEntity } from "./adjust.ts";
import { type Judged, judge, type Verdict } from "./approvals.ts";
import type { Calendars } from "./clock.ts";
import {
  type Desk,
  recall,
  save,
  saveApprovals,
  saveTransition,
  tellAudit,
  tellDue,
  tellEvents,
} from "./desk.ts";
import { refuse } from "./guards.ts";
import { approvalRequired, decideChange, type Memory, type Moved, supersede } from "./machine.ts";
import { migrateEntity, type MigrateRequest, type MigrationPlan } from "./migrate.ts";
import { type Audited, approvalRow } from "./projection-rows.ts";
import type {
  AdjustRequest,
  ChangeCall,
  ChangeRequest,
  ChangeResult,
  Entity,
  Json,
  Moment,
  Refusal,
  StatusView,
} from "./protocol.ts";
import { liveDeadline, viewOf } from "./view.ts";

export type ApprovalOutcome =
  | { outcome: "approved" | "rejected" | "unchanged"; approvalId: string; changed: ChangeResult | null }
  | Refusal;

export type MigrationOutcome = { outcome: "planned" | "migrated"; plan: MigrationPlan } | Refusal;

const unknown = () => refuse("ENTITY_NOT_FOUND", "Entity not found");

export function change(desk: Desk, call: ChangeCall): ChangeResult {
  const { store } = desk;
  const earlier = repeated(desk, call);
  if (earlier) return earlier;
  const memory = recall(desk, call, call.calendar);
  const definition = memory.entity?.definition ?? call.definition;
  if (!definition) return refuse("WORKFLOW_NOT_FOUND", `There is no workflow for ${call.entityType}`);
  const request = { ...call, definition };
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
function repeated({ store }: Desk, { changeId, toStatus, now }: ChangeCall): ChangeResult | null {
  const approval = store.approvalOf(changeId);
  const transition = store.transitionOf(changeId);
  if ((transition?.to ?? approval?.to ?? toStatus) !== toStatus) return changeIdTaken(changeId);
  const entity = store.entity();
  if (transition && entity)
    return { outcome: "unchanged", transition, status: viewOf(entity, store.calendars(), now) };
  return approval && approvalRequired(approval);
}

function changeIdTaken(changeId: string): Refusal {
  return refuse("CONFLICT", "The change id was used for another change", { change_id: changeId });
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
  const next = adjustEntity(entity, request, memory);
  tellAudit(desk, entity, request, {
    action: "adjust_status",
    before: surroundingsOf(entity, memory.calendars),
    after: surroundingsOf(next, memory.calendars),
  });
  const adjusted = save(desk, entity, next, request.now);
  return viewOf(adjusted, store.calendars(), request.now);
}

function surroundingsOf(entity: Entity, calendars: Calendars): Json {
  const { priority, propertyId, ownerId } = entity;
  const deadline = liveDeadline(entity, calendars);
  const sla_deadline = deadline === null ? null : new Date(deadline).toISOString();
  return { priority, property_id: propertyId, owner_id: ownerId, sla_deadline };
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
  if (transition && store.transitionOf(request.changeId)) return changeIdTaken(request.changeId);
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

function write(desk: Desk, memory: Memory, moved: Moved, now: number): ChangeResult {
  const { store } = desk;
  const { transition, ended, superseded } = moved;
  saveTransition(desk, moved.entity, transition);
  saveApprovals(desk, superseded);
  if (ended) store.saveClosedClock(ended);
  const entity = save(desk, memory.entity, moved.entity, now);
  return { outcome: "changed", transition, status: viewOf(entity, memory.calendars, now) };
}

function changeAudit({ transition }: Moved): Audited {
  const { id, from, to, reason } = transition;
  return {
    action: "change_status",
    before: { status: from },
    after: { status: to, reason, transition_id: id },
  };
}
