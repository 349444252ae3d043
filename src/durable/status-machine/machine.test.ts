import { describe, expect, it } from "vitest";
import {
  agent,
  aChange,
  aMemory,
  anEntity,
  aWorkflow,
  hours,
  manager,
  monday,
  moved,
  orders,
} from "../../../test/support/machine.ts";
import { leadWorkflow } from "../../modules/status/workflows/lead.ts";
import { deadlineOf } from "./clock.ts";
import { decideChange } from "./machine.ts";
import type { ChangeRequest, Entity } from "./protocol.ts";
import { viewOf } from "./view.ts";

const known = {
  has_name: true,
  has_contact: true,
  has_live_tour: true,
  has_application: true,
};
const aLead = (toStatus: string, over: Partial<ChangeRequest> = {}) =>
  aChange(toStatus, { entityType: "lead", definition: leadWorkflow, facts: known, ...over });

function leadIn(...path: string[]): Entity {
  return path.reduce<Entity | null>(
    (lead, status) => moved(aMemory(lead), aLead(status, { transitionReason: "told us" })).entity,
    null,
  )!;
}

describe("first change", () => {
  it("creates the entity in its first step, under the definition it came with", () => {
    const { entity, transition } = moved(aMemory(), aChange("open"));
    expect(entity).toMatchObject({ status: "open", since: monday, seq: 1, version: 1, entityId: 12_345 });
    expect(entity.definition).toBe(orders);
    expect(transition).toMatchObject({ from: null, to: "open", durationMs: null, seq: 1, ended: null });
    expect(entity.clock && deadlineOf(entity.clock, {})).toBe(monday + hours(10));
  });

  it("may begin in a step marked initial and in no other", () => {
    const definition = aWorkflow([
      { status_name: "open", allowed_transitions: ["done"] },
      { status_name: "imported", is_initial: true, allowed_transitions: ["done"] },
      { status_name: "done", is_final: true },
    ]);
    expect(decideChange(aMemory(), aChange("imported", { definition })).outcome).toBe("changed");
    expect(decideChange(aMemory(), aChange("done", { definition }))).toMatchObject({
      code: "INVALID_STATUS_TRANSITION",
      details: { current_status: null, requested_status: "done", allowed_transitions: ["open", "imported"] },
    });
  });

  it("keeps its definition when the company has a new version", () => {
    const { entity } = moved(
      aMemory(anEntity(["open", 0])),
      aChange("review", { definition: { ...orders, version: 2 } }),
    );
    expect(entity.definition.version).toBe(1);
  });
});

describe("a move", () => {
  it("records how long the status before it lasted and whether its deadline was kept", () => {
    const late = moved(aMemory(anEntity(["open", 0])), aChange("review", { now: monday + hours(11) }));
    expect(late.transition).toMatchObject({
      from: "open",
      durationMs: hours(11),
      ended: { status: "open", deadline: monday + hours(10), met: false },
      slaDeadline: monday + hours(13),
    });
    const early = moved(aMemory(anEntity(["open", 0])), aChange("review", { now: monday + hours(10) - 1 }));
    expect(early.transition.ended?.met).toBe(true);
  });

  it("is refused to a status the step does not lead to, naming those it does", () => {
    expect(decideChange(aMemory(anEntity(["open", 0])), aChange("paid"))).toMatchObject({
      outcome: "refused",
      code: "INVALID_STATUS_TRANSITION",
      message: "Cannot transition from 'open' to 'paid'",
      details: {
        current_status: "open",
        requested_status: "paid",
        allowed_transitions: ["waiting", "review", "done"],
      },
    });
    expect(decideChange(aMemory(anEntity(["open", 0])), aChange("nowhere"))).toMatchObject({
      code: "INVALID_STATUS_TRANSITION",
    });
    expect(decideChange(aMemory(anEntity(["open", 0])), aChange("open"))).toMatchObject({
      code: "INVALID_STATUS_TRANSITION",
    });
  });

  it("is refused when the caller saw another status", () => {
    const entity = anEntity(["open", 0]);
    expect(decideChange(aMemory(entity), aChange("review", { expectedFromStatus: "waiting" }))).toMatchObject(
      {
        code: "CONFLICT",
        details: { current_status: "open", expected_from_status: "waiting" },
      },
    );
    expect(decideChange(aMemory(entity), aChange("review", { expectedFromStatus: null }))).toMatchObject({
      code: "CONFLICT",
    });
    expect(decideChange(aMemory(null), aChange("open", { expectedFromStatus: null })).outcome).toBe(
      "changed",
    );
  });

  it("is refused without the step's permission, which a system actor always has", () => {
    const definition = aWorkflow([
      { status_name: "open", allowed_transitions: ["done"] },
      { status_name: "done", is_final: true, required_permission: "close_orders" },
    ]);
    const entity = anEntity(["open", 0, { definition }]);
    expect(decideChange(aMemory(entity), aChange("done"))).toMatchObject({
      code: "PERMISSION_DENIED",
      details: { required_permission: "close_orders" },
    });
    const holder = { ...agent, permissions: ["close_orders"] };
    expect(decideChange(aMemory(entity), aChange("done", { actor: holder })).outcome).toBe("changed");
    const system = { ...agent, permissions: ["*"], component: "cron" };
    expect(decideChange(aMemory(entity), aChange("done", { actor: system })).outcome).toBe("changed");
  });

  it("is refused while required fields are missing, all named at once", () => {
    const definition = aWorkflow([
      { status_name: "open", allowed_transitions: ["done"] },
      {
        status_name: "done",
        is_final: true,
        required_fields: ["invoice", "amount", "is_signed", "transition_reason"],
      },
    ]);
    const entity = anEntity(["open", 0, { definition }]);
    expect(
      decideChange(aMemory(entity), aChange("done", { facts: { is_signed: false }, transitionReason: "  " })),
    ).toMatchObject({
      code: "MISSING_REQUIRED_FIELD",
      details: { missing_fields: ["invoice", "amount", "is_signed", "transition_reason"] },
    });
    const said = {
      businessContext: { invoice: "I-1", amount: 0 },
      facts: { is_signed: true },
      transitionReason: "paid",
    };
    expect(decideChange(aMemory(entity), aChange("done", said)).outcome).toBe("changed");
  });

  it("is refused on an archived entity", () => {
    const archived = { ...anEntity(["open", 0]), archivedAt: monday };
    expect(decideChange(aMemory(archived), aChange("review"))).toMatchObject({ code: "ENTITY_NOT_FOUND" });
  });

  it("remembers what was said of the entity, and forgets only what is cleared", () => {
    const first = aChange("open", {
      businessContext: { order_number: "ORD-1", lines: [1, 2], priority: "high" },
      propertyId: "p-1",
      ownerId: "o-1",
      entityDetails: { customer_name: "ABC" },
    });
    const { entity } = moved(aMemory(moved(aMemory(), first).entity), aChange("review", { ownerId: null }));
    expect(entity).toMatchObject({ propertyId: "p-1", ownerId: null, priority: "high" });
    expect(entity.entityDetails).toEqual({ order_number: "ORD-1", priority: "high", customer_name: "ABC" });
  });
});

describe("promised dates", () => {
  it("are the deadline, in any offset, even in the past", () => {
    const deadline = (estimated_completion: unknown) => {
      const decision = decideChange(
        aMemory(anEntity(["open", 0])),
        aChange("review", { businessContext: { estimated_completion } }),
      );
      return decision.outcome === "changed" ? viewOf(decision.entity, {}, monday) : decision;
    };
    expect(deadline("2026-06-15T14:00:00Z")).toMatchObject({
      slaDeadline: Date.parse("2026-06-15T14:00:00Z"),
      isOverdue: false,
    });
    expect(deadline("2026-06-15T14:00:00+02:00")).toMatchObject({
      slaDeadline: Date.parse("2026-06-15T12:00:00Z"),
    });
    expect(deadline("2025-06-15T14:00:00Z")).toMatchObject({
      slaDeadline: Date.parse("2025-06-15T14:00:00Z"),
      isOverdue: true,
    });
    for (const bad of ["2026-06-15", "2026-06-15T14:00:00", "soon", 1_750_000_000])
      expect(deadline(bad)).toMatchObject({ code: "VALIDATION_ERROR" });
  });
});

describe("approval", () => {
  it("is asked for once for each target", () => {
    const entity = anEntity(["open", 0], ["review", 1]);
    const first = decideChange(aMemory(entity), aChange("paid"));
    expect(first).toMatchObject({
      outcome: "refused",
      code: "APPROVAL_REQUIRED",
      opened: { from: "review", to: "paid" },
    });
    const pending = first.outcome === "refused" && first.opened ? [first.opened] : [];
    const second = decideChange(aMemory(entity, { pending }), aChange("paid"));
    expect(second).toMatchObject({ code: "APPROVAL_REQUIRED", details: { approval_id: pending[0]?.id } });
    expect(second).not.toHaveProperty("opened");
  });

  it("lets the change through, in the requester's name", () => {
    const decision = decideChange(aMemory(anEntity(["open", 0], ["review", 1])), aChange("paid"), {
      id: manager.id,
      name: manager.name,
    });
    expect(decision).toMatchObject({
      outcome: "changed",
      transition: {
        to: "paid",
        actor: { id: "agent-1" },
        approvedBy: { id: "manager-1" },
        isMilestone: true,
      },
    });
  });

  it("is not asked for a move that is not allowed at all", () => {
    expect(decideChange(aMemory(anEntity(["open", 0])), aChange("paid"))).toMatchObject({
      code: "INVALID_STATUS_TRANSITION",
    });
  });
});

describe("leads", () => {
  it("skip forward", () => {
    expect(leadIn("new", "leased").status).toBe("leased");
    expect(leadIn("new", "tour_scheduled", "application").status).toBe("application");
  });

  it.each([
    ["contacted", "new"],
    ["qualified", "contacted"],
    ["application", "tour_scheduled"],
    ["application", "qualified"],
    ["leased", "lost"],
    ["leased", "application"],
    ["lost", "qualified"],
  ])("never go from %s to %s", (from, to) => {
    expect(decideChange(aMemory(leadIn("new", from)), aLead(to, { transitionReason: "x" }))).toMatchObject({
      code: "INVALID_STATUS_TRANSITION",
    });
  });

  it("go back from a tour to qualified, and come back from lost", () => {
    expect(leadIn("new", "tour_scheduled", "qualified").status).toBe("qualified");
    expect(leadIn("new", "lost", "contacted").status).toBe("contacted");
  });

  it.each([
    ["qualified", { has_name: false }, "has_name"],
    ["qualified", { has_contact: false }, "has_contact"],
    ["tour_scheduled", { has_live_tour: false }, "has_live_tour"],
    ["leased", { has_application: false }, "has_application"],
  ])("are not %s when %j", (to, lacking, missing) => {
    expect(
      decideChange(aMemory(leadIn("new")), aLead(to, { facts: { ...known, ...lacking } })),
    ).toMatchObject({
      code: "MISSING_REQUIRED_FIELD",
      details: { missing_fields: [missing] },
    });
  });

  it("are not lost without a reason", () => {
    expect(decideChange(aMemory(leadIn("new")), aLead("lost"))).toMatchObject({
      code: "MISSING_REQUIRED_FIELD",
      details: { missing_fields: ["status_reason"] },
    });
  });

  it("are not leased by the chatbot", () => {
    const bot = { ...agent, permissions: ["*"], component: "chatbot" };
    expect(decideChange(aMemory(leadIn("new")), aLead("leased", { actor: bot }))).toMatchObject({
      code: "PERMISSION_DENIED",
    });
    expect(decideChange(aMemory(leadIn("new")), aLead("application", { actor: bot })).outcome).toBe(
      "changed",
    );
  });
});
