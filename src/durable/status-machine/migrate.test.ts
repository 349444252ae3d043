import { describe, expect, it } from "vitest";
import {
  aChange,
  agent,
  aMemory,
  anEntity,
  aWorkflow,
  hours,
  monday,
  office,
  orders,
} from "../../../test/support/machine.ts";
import type { BusinessCalendar } from "../../modules/status/business-time.ts";
import type { WorkflowDefinition } from "../../modules/status/workflow-schema.ts";
import { deadlineOf, elapsedMs } from "./clock.ts";
import { decideChange, type Memory } from "./machine.ts";
import { migrateEntity } from "./migrate.ts";
import type { Entity } from "./protocol.ts";

const second: WorkflowDefinition = aWorkflow(
  [
    { status_name: "started", sla_hours: 6, allowed_transitions: ["parked", "checked", "done"] },
    { status_name: "parked", pauses_sla: true, allowed_transitions: ["started"] },
    { status_name: "checked", sla_hours: 2, allowed_transitions: ["settled", "done"] },
    { status_name: "settled", requires_approval: true, allowed_transitions: ["done"] },
    { status_name: "done", is_final: true },
  ],
  { version: 2, name: "Orders, faster" },
);
const mapping = { open: "started", waiting: "parked", review: "checked", paid: "settled" };

function migrate(
  entity: Entity,
  over: {
    mapping?: Record<string, string>;
    at?: number;
    memory?: Partial<Memory>;
    calendar?: BusinessCalendar;
  } = {},
) {
  const now = monday + hours(over.at ?? 4);
  const request = {
    definition: second,
    mapping: over.mapping ?? mapping,
    now,
    actor: agent,
    clockOffsetMs: 0,
    changeId: "m",
    ...(over.calendar ? { calendar: over.calendar } : {}),
  };
  return migrateEntity(aMemory(entity, over.memory), entity, request);
}

describe("migrateEntity", () => {
  it("puts the entity under the new definition with the time already used", () => {
    const migrated = migrate(anEntity(["open", 0]));
    expect(migrated).toMatchObject({
      outcome: "migrated",
      plan: {
        from: { version: 1, status: "open", slaDeadline: monday + hours(10) },
        to: { version: 2, status: "started", slaDeadline: monday + hours(6) },
      },
      entity: { status: "started", since: monday },
      transition: { kind: "migration", from: "open", to: "started", durationMs: null },
    });
  });

  it("keeps a clock that stands still standing, and lets it go on in the renamed status", () => {
    const migrated = migrate(anEntity(["open", 0], ["waiting", 3]));
    if (migrated.outcome === "refused") throw new Error(migrated.message);
    const { entity } = migrated;
    expect(elapsedMs(entity.clock!, monday + hours(50), {})).toBe(hours(3));
    const back = decideChange(aMemory(entity), aChange("started", { now: monday + hours(50) }));
    expect(back.outcome === "changed" && deadlineOf(back.entity.clock!, {})).toBe(monday + hours(53));
  });

  it("begins a clock where there was none by the calendar in force", () => {
    const unlimited = aWorkflow([
      { status_name: "open", allowed_transitions: ["done"] },
      { status_name: "done", is_final: true },
    ]);
    const entity = anEntity(["open", 0, { definition: unlimited }]);
    expect(entity.clock).toBeNull();
    expect(migrate(entity, { calendar: office, at: 1 })).toMatchObject({
      entity: { clock: { goalMs: hours(6), segments: [{ from: monday, calendarVersion: "office:1" }] } },
    });
  });

  it("refuses a status that has no place, naming it", () => {
    expect(migrate(anEntity(["open", 0]), { mapping: {} })).toMatchObject({
      outcome: "refused",
      details: { unmapped_status: "open" },
    });
  });

  it("takes pending approvals along where the new definition asks for them too", () => {
    const entity = anEntity(["open", 0], ["review", 1]);
    const asked = decideChange(aMemory(entity), aChange("paid"));
    const pending = asked.outcome === "refused" && asked.opened ? [asked.opened] : [];
    expect(migrate(entity, { memory: { pending } })).toMatchObject({
      plan: { approvalsKept: [pending[0]?.id] },
      approvals: [{ status: "pending", from: "checked", to: "settled" }],
    });
    const without = { ...mapping, paid: "done" };
    expect(migrate(entity, { mapping: without, memory: { pending } })).toMatchObject({
      plan: { approvalsSuperseded: [pending[0]?.id] },
    });
  });

  it("can be undone by the mapping turned round", () => {
    const there = migrate(anEntity(["open", 0]));
    if (there.outcome === "refused") throw new Error(there.message);
    const undo = {
      definition: orders,
      mapping: { started: "open" },
      now: monday + hours(4),
      actor: agent,
      clockOffsetMs: 0,
      changeId: "u",
    };
    const back = migrateEntity(aMemory(there.entity), there.entity, undo);
    expect(back).toMatchObject({ plan: { to: { status: "open", slaDeadline: monday + hours(10) } } });
  });

  it("changes nothing the second time, even where names were swapped", () => {
    const swapped = { ...orders, version: 2 };
    const request = (mapping: Record<string, string>) => ({
      definition: swapped,
      mapping,
      now: monday,
      actor: agent,
      clockOffsetMs: 0,
      changeId: "s",
    });
    const swap = { open: "review", review: "open" };
    const once = migrateEntity(aMemory(), anEntity(["open", 0]), request(swap));
    if (once.outcome === "refused") throw new Error(once.message);
    expect(once.entity.status).toBe("review");
    expect(migrateEntity(aMemory(once.entity), once.entity, request(swap))).toMatchObject({
      entity: { status: "review" },
      transition: null,
    });
  });
});
