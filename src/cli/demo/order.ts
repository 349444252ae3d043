import { setTimeout as wait } from "node:timers/promises";
import { type Api, apiAt } from "./api.ts";

const hourMs = 3_600_000;
const entityType = "order";

type Stop = { status: string; label: string; sla_hours?: number; approval?: boolean };

const way: Stop[] = [
  { status: "received", label: "Received", sla_hours: 24 },
  { status: "in_production", label: "In production", sla_hours: 72 },
  { status: "quality_check", label: "Quality check", sla_hours: 8, approval: true },
  { status: "shipped", label: "Shipped", sla_hours: 48 },
  { status: "delivered", label: "Delivered" },
];

export type OrderReport = {
  transitions: number;
  days_passed: number;
  overdue_seen: number;
  approvals: number;
  /** Whether every clock's segments add up to the time it says was used, and that and what remains to its goal. */
  adds_up: boolean;
};

type ExplainedClock = {
  goal_ms: number;
  elapsed_ms: number;
  remaining_ms: number;
  segments: { counted_ms: number }[];
};

type Clock = (now: Date) => Promise<void>;

/**
 * An order, a kind of thing the leasing desk has never heard of, runs its whole workflow in days that pass at
 * once: it is late in production, is told so, needs a second person for quality, and ends delivered.
 */
export async function playOrder(
  staff: Api,
  approver: Api,
  startsAt: Date,
  setClock: Clock,
): Promise<OrderReport> {
  const id = `demo-${crypto.randomUUID().slice(0, 8)}`;
  await staff.post("/api/v1/status/workflows", workflow());
  let now = startsAt;
  let overdueSeen = 0;
  let approvals = 0;
  for (const [index, stop] of way.entries()) {
    approvals += await enter(staff, approver, id, stop);
    if (index === way.length - 1) break;
    // Production takes a day longer than it may; everything else half the time allowed.
    const allowed = (stop.sla_hours ?? 0) * hourMs;
    now = new Date(now.getTime() + (stop.status === "in_production" ? allowed + 24 * hourMs : allowed / 2));
    await setClock(now);
    if (stop.status === "in_production") overdueSeen += (await becomesOverdue(staff, id)) ? 1 : 0;
  }
  const history = await staff.get<{ history: { to_status: string }[] }>(
    `/api/v1/status/history/${entityType}/${id}`,
  );
  const { former_clocks: clocks } = await staff.get<{ former_clocks: ExplainedClock[] }>(
    `/api/v1/status/explain/${entityType}/${id}`,
  );
  return {
    transitions: history.history.length,
    days_passed: Math.round((now.getTime() - startsAt.getTime()) / (24 * hourMs)),
    overdue_seen: overdueSeen,
    approvals,
    adds_up: clocks.length === way.length - 1 && clocks.every(addsUp),
  };
}

function addsUp({ goal_ms, elapsed_ms, remaining_ms, segments }: ExplainedClock): boolean {
  const counted = segments.reduce((sum, segment) => sum + segment.counted_ms, 0);
  return counted === elapsed_ms && elapsed_ms + remaining_ms === goal_ms;
}

/** Whether the order did what its workflow says. */
export function orderHolds({ transitions, overdue_seen, approvals, adds_up }: OrderReport): boolean {
  return transitions === way.length && overdue_seen === 1 && approvals === 1 && adds_up;
}

function workflow() {
  return {
    entity_type: entityType,
    workflow_name: "Demo order",
    is_default: true,
    conditions: {},
    steps: way.map(({ status, label, sla_hours, approval }, index) => ({
      status_name: status,
      status_label: label,
      step_order: index + 1,
      ...(sla_hours === undefined ? { is_final: true } : { sla_hours }),
      requires_approval: approval ?? false,
      allowed_transitions: way.slice(index + 1, index + 2).map((next) => next.status),
    })),
  };
}

/** Moves the order on; where a second person must agree, that person does. Answers how many approvals it took. */
async function enter(staff: Api, approver: Api, id: string, { status, approval }: Stop): Promise<number> {
  const change = { entity_type: entityType, entity_id: id, to_status: status, transition_reason: "demo" };
  if (!approval) {
    await staff.post("/api/v1/status/change", change);
    return 0;
  }
  const asked = await staff.post("/api/v1/status/change", change).catch((error: unknown) => String(error));
  const approvalId = /"approval_id":"([^"]+)"/.exec(String(asked))?.[1];
  if (!approvalId) throw new Error(`the order's ${status} needed no approval: ${String(asked)}`);
  await approver.post(`/api/v1/status/approvals/${approvalId}/approve`, { reason: "looks right" });
  return 1;
}

async function becomesOverdue(staff: Api, id: string): Promise<boolean> {
  for (let tries = 0; tries < 25; tries += 1) {
    const { overdue_items } = await staff.get<{ overdue_items: { entity_id: string }[] }>(
      `/api/v1/status/overdue?entity_types=${entityType}`,
    );
    if (overdue_items.some((item) => item.entity_id === id)) return true;
    await wait(200);
  }
  return false;
}

/** A company's virtual clock, as a function. */
export function clockOf(origin: string, companyId: string): Clock {
  return (now) => apiAt(origin).post("/api/test/clock", { company_id: companyId, now: now.toISOString() });
}
