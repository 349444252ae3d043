import type { ChangeRequest, Entity, MachineActor } from "../../src/durable/status-machine/protocol.ts";
import { decideChange, type Memory, type Moved } from "../../src/durable/status-machine/machine.ts";
import type { BusinessCalendar } from "../../src/modules/status/business-time.ts";
import type { WorkflowDefinition, WorkflowStep } from "../../src/modules/status/workflow-schema.ts";
import { step } from "../../src/modules/status/workflows/step.ts";

/** A Monday, nine in the morning in Chicago. */
export const monday = Date.parse("2026-01-12T15:00:00Z");
export const hours = (n: number) => n * 3_600_000;

export const agent: MachineActor = {
  id: "agent-1",
  name: "Ann Agent",
  role: "agent",
  permissions: ["change_status"],
  component: null,
};
export const manager: MachineActor = {
  ...agent,
  id: "manager-1",
  name: "Max Manager",
  permissions: ["approve_status"],
};

const nineToFive = [{ open: "09:00", close: "17:00" }];
export const office: BusinessCalendar = {
  version: "office:1",
  time_zone: "America/Chicago",
  hours: { mon: nineToFive, tue: nineToFive, wed: nineToFive, thu: nineToFive, fri: nineToFive },
};

type StepDraft = Partial<WorkflowStep> & { status_name: string };

export function aWorkflow(steps: StepDraft[], over: Partial<WorkflowDefinition> = {}): WorkflowDefinition {
  return {
    id: "orders",
    version: 1,
    entity_type: "order",
    name: "Orders",
    is_default: true,
    conditions: {},
    reopen_policy: "restart",
    warn_at_percent: [50, 75, 90],
    steps: steps.map((draft, n) =>
      step({ status_label: draft.status_name, status_color: "#9E9E9E", step_order: n + 1, ...draft }),
    ),
    ...over,
  };
}

/** Work of ten hours that may wait for the customer, needs approval to be paid, and can be taken up again. */
export const orders = aWorkflow([
  {
    status_name: "open",
    sla_hours: 10,
    sla_hours_by_priority: { high: 4 },
    allowed_transitions: ["waiting", "review", "done"],
  },
  { status_name: "waiting", pauses_sla: true, allowed_transitions: ["open", "review", "done"] },
  { status_name: "review", sla_hours: 2, allowed_transitions: ["open", "paid", "done"] },
  { status_name: "paid", requires_approval: true, is_milestone: true, allowed_transitions: ["done"] },
  { status_name: "done", is_final: true, allowed_transitions: ["open"] },
]);

let made = 0;
export const nextId = () => `id-${(made += 1)}`;

export function aChange(toStatus: string, over: Partial<ChangeRequest> = {}): ChangeRequest {
  return {
    companyId: "company-1",
    entityType: "order",
    entityId: 12_345,
    toStatus,
    changeId: nextId(),
    transitionReason: null,
    businessContext: {},
    metadata: {},
    facts: {},
    definition: orders,
    calendar: null,
    actor: agent,
    now: monday,
    clockOffsetMs: 0,
    ...over,
  };
}

export function aMemory(entity: Entity | null = null, over: Partial<Memory> = {}): Memory {
  return {
    entity,
    calendars: { [office.version]: office },
    pending: [],
    nextClockId: (entity?.clock?.id ?? 0) + 1,
    formerClock: () => null,
    newId: nextId,
    ...over,
  };
}

/** Makes a change that must succeed. */
export function moved(memory: Memory, request: ChangeRequest): Moved {
  const decision = decideChange(memory, request);
  if (decision.outcome === "refused") throw new Error(`${decision.code}: ${decision.message}`);
  return decision;
}

/** An entity after these changes, each `[status, hours after Monday morning, more]`. */
export function anEntity(
  ...path: [status: string, atHours: number, over?: Partial<ChangeRequest>][]
): Entity {
  const closed: Moved["ended"][] = [];
  const entity = path.reduce<Entity | null>((before, [status, at, over]) => {
    const formerClock = (of: string) => closed.findLast((clock) => clock?.status === of) ?? null;
    const change = aChange(status, { now: monday + hours(at), ...over });
    const { entity: next, ended } = moved(
      aMemory(before, { formerClock, nextClockId: closed.length + 1 }),
      change,
    );
    closed.push(ended);
    return next;
  }, null);
  if (!entity) throw new Error("an entity needs a status");
  return entity;
}
