import type { BusinessCalendar } from "../../modules/status/business-time.ts";
import { holds, refuse } from "./guards.ts";
import { decideChange, type Memory, type Moved } from "./machine.ts";
import type { Approval, Json, Moment, Refusal } from "./protocol.ts";

export type Verdict = Moment & {
  approvalId: string;
  verdict: "approved" | "rejected";
  reason: string | null;
  /** What is known now; goes before what was known when the approval was asked for. */
  facts?: Json;
  /** The calendar in force now; absent keeps that of the time of asking. */
  calendar?: BusinessCalendar | null;
};

export type Judged =
  | { outcome: "approved"; approval: Approval; moved: Moved }
  | { outcome: "rejected"; approval: Approval }
  /** The same verdict was already given. */
  | { outcome: "unchanged"; approval: Approval }
  | Refusal;

/** What a verdict does. Nobody decides their own request, and a request is decided once. */
export function judge(memory: Memory, approval: Approval | null, said: Verdict): Judged {
  if (!approval) return refuse("ENTITY_NOT_FOUND", "Approval not found");
  const { actor, now, verdict } = said;
  if (!holds(actor.permissions, "approve_status"))
    return refuse("PERMISSION_DENIED", "approve_status required", { required_permission: "approve_status" });
  if (actor.id === approval.request.actor.id)
    return refuse("PERMISSION_DENIED", "The requester cannot decide their own request");
  if (approval.status === verdict) return { outcome: "unchanged", approval };
  if (approval.status !== "pending")
    return refuse("CONFLICT", `The request was ${approval.status}`, { approval_status: approval.status });
  const by = { id: actor.id, name: actor.name };
  const decided: Approval = {
    ...approval,
    status: verdict,
    decidedAt: now,
    decidedBy: by,
    decisionReason: said.reason,
  };
  if (verdict === "rejected") return { outcome: "rejected", approval: decided };
  const moved = decideChange(memory, requestNow(approval, said), by);
  if (moved.outcome === "refused") return moved;
  return { outcome: "approved", approval: { ...decided, transitionId: moved.transition.id }, moved };
}

function requestNow({ request, from }: Approval, { now, clockOffsetMs, facts, calendar }: Verdict) {
  return {
    ...request,
    now,
    clockOffsetMs,
    facts: { ...request.facts, ...facts },
    calendar: calendar === undefined ? request.calendar : calendar,
    expectedFromStatus: from,
  };
}
