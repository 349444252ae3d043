import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { as } from "../support/api.ts";
import { aCompany, aConversation, aLead, aPlatformAdmin, aTask, aTour, db } from "../support/factories.ts";
import { anOrderDesk, move } from "../support/status.ts";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { and, eq } from "drizzle-orm";

const v1 = "/api/v1/status";
const hourMs = 3_600_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/;

describe("POST /api/v1/status/change", () => {
  it("moves an entity and answers as documented, the id as it came", async () => {
    const { agent } = await anOrderDesk();
    const order = { entity_id: 12_345 };
    const created = await move(agent, "open", order);
    expect(created.status).toBe(200);
    expect(created.body.data).toEqual({
      transition_id: expect.stringMatching(uuid),
      entity_type: "order",
      entity_id: 12_345,
      from_status: null,
      to_status: "open",
      transition_timestamp: expect.stringMatching(/Z$/),
      sla_deadline: expect.any(String),
      is_overdue: false,
      workflow_step: {
        step_order: 1,
        status_label: "Open",
        status_color: "#1E88E5",
        allowed_next_transitions: ["waiting", "review", "done"],
      },
    });
    const { transition_timestamp, sla_deadline } = created.body.data;
    expect(Date.parse(sla_deadline) - Date.parse(transition_timestamp)).toBe(10 * hourMs);
    const asText = await move(agent, "review", { entity_id: "12345", transition_reason: "looked at" });
    expect(asText.body.data).toMatchObject({ entity_id: "12345", from_status: "open", to_status: "review" });
  });

  it("takes a promised date for the deadline", async () => {
    const { agent } = await anOrderDesk();
    const promised = new Date(Date.now() + 72 * hourMs).toISOString();
    const { body } = await move(agent, "open", { business_context: { estimated_completion: promised } });
    expect(body.data.sla_deadline).toBe(promised);
    const vague = await move(agent, "open", { business_context: { estimated_completion: "next week" } });
    expect([vague.status, vague.body.error.code]).toEqual([422, "VALIDATION_ERROR"]);
  });

  it("refuses a way the workflow does not have, and says which it has", async () => {
    const { agent } = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    await move(agent, "open", order);
    const { status, body } = await move(agent, "paid", order);
    expect([status, body.error]).toEqual([
      409,
      {
        code: "INVALID_STATUS_TRANSITION",
        message: "Cannot transition from 'open' to 'paid'",
        details: {
          current_status: "open",
          requested_status: "paid",
          allowed_transitions: ["waiting", "review", "done"],
        },
      },
    ]);
    expect((await move(agent, "review")).body.error.details.allowed_transitions).toEqual(["open"]);
  });

  it("answers a caller who saw another status with the current one", async () => {
    const { agent } = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    await move(agent, "open", order);
    const late = await move(agent, "done", { ...order, expected_from_status: "review" });
    expect([late.status, late.body.error.code]).toEqual([409, "CONFLICT"]);
    expect(late.body.error.details).toEqual({ current_status: "open", expected_from_status: "review" });
    expect((await move(agent, "done", { ...order, expected_from_status: "open" })).status).toBe(200);
    expect((await move(agent, "open", { ...order, expected_from_status: null })).status).toBe(409);
  });

  it("makes a change once however often its id is sent", async () => {
    const { agent } = await anOrderDesk();
    const change = { entity_id: uuidv7(), change_id: "order-opened" };
    const [first, second] = [await move(agent, "open", change), await move(agent, "open", change)];
    expect(second.body.data).toEqual(first.body.data);
    expect((await move(agent, "done", change)).body.error.code).toBe("CONFLICT");
    const history = await agent.get(`${v1}/history/order/${change.entity_id}`);
    expect(history.body.data.pagination.total_count).toBe(1);
  });

  it("asks for approval where the step does", async () => {
    const { agent } = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    await move(agent, "open", order);
    await move(agent, "review", order);
    const asked = await move(agent, "paid", order);
    expect([asked.status, asked.body.error.code]).toEqual([409, "APPROVAL_REQUIRED"]);
    expect(asked.body.error.details).toMatchObject({ approval_id: expect.stringMatching(uuid) });
  });

  it("knows no workflow for a type nobody defined, in nobody's company but one's own", async () => {
    await anOrderDesk();
    const stranger = await aCompany();
    const { status, body } = await move(as(stranger.agent), "open");
    expect([status, body.error.code]).toEqual([404, "WORKFLOW_NOT_FOUND"]);
  });

  it("lets viewers look only", async () => {
    const { viewer } = await anOrderDesk();
    const { status, body } = await move(viewer, "open");
    expect([status, body.error.code]).toEqual([403, "PERMISSION_DENIED"]);
  });

  it("lists every bad field at once", async () => {
    const { agent } = await anOrderDesk();
    const { status, body } = await agent.post(`${v1}/change`, { entity_type: "Order!", entity_id: 1.5 });
    expect(status).toBe(422);
    expect(body.error.details.map((problem: { field: string }) => problem.field).sort()).toEqual([
      "entity_id",
      "entity_type",
      "to_status",
    ]);
  });

  it("refuses an id by which nobody could ask for the entity again", async () => {
    const { agent } = await anOrderDesk();
    for (const entity_id of ["", ".", "..", "a\ud800", "a\u0000b", "x".repeat(201), 2 ** 60])
      expect((await move(agent, "open", { entity_id })).status).toBe(422);
    for (const entity_id of ["a/b:c?d#e%2e", "...", " ", "😀"]) {
      expect((await move(agent, "open", { entity_id })).status).toBe(200);
      const path = `${v1}/history/order/${encodeURIComponent(entity_id)}`;
      expect((await agent.get(path)).body.data.entity_id).toBe(entity_id);
    }
  });

  it("leaves a row in the audit log: who, what, from where to where, by which request", async () => {
    const { agent, company } = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    const { headers } = await move(agent, "open", order);
    const rows = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.companyId, company.id), eq(auditLog.recordId, order.entity_id)));
    expect(rows).toMatchObject([
      {
        action: "change_status",
        recordType: "order",
        actorKind: "staff",
        actorId: company.agent.id,
        before: { status: null },
        after: { status: "open" },
        requestId: headers.get("x-request-id"),
      },
    ]);
  });

  it("asks a platform admin which company is meant", async () => {
    const { company } = await anOrderDesk();
    const root = as(await aPlatformAdmin());
    expect((await move(root, "open")).status).toBe(422);
    const order = { entity_type: "order", entity_id: uuidv7(), to_status: "open" };
    const inCompany = { "x-company-id": company.id };
    expect((await root.post(`${v1}/change`, order, inCompany)).status).toBe(200);
    expect((await root.get(`${v1}/history/order/${order.entity_id}`)).status).toBe(422);
    expect((await root.get(`${v1}/history/order/${order.entity_id}`, inCompany)).status).toBe(200);
  });
});

describe("records of ours", () => {
  it("a lead is moved by what is known of it, and only by who may write to its property", async () => {
    const { company, agent, manager } = await anOrderDesk();
    const lead = await aLead(company.property, { email: null, phone: null });
    const change = { entity_type: "lead", entity_id: lead.id };
    const nameless = await agent.post(`${v1}/change`, { ...change, to_status: "qualified" });
    expect([nameless.status, nameless.body.error.code]).toEqual([422, "MISSING_REQUIRED_FIELD"]);
    expect(nameless.body.error.details.missing_fields).toEqual(["has_contact"]);
    const known = await aLead(company.property);
    const moved = await agent.post(`${v1}/change`, {
      ...change,
      entity_id: known.id,
      to_status: "qualified",
    });
    expect(moved.body.data).toMatchObject({ from_status: "new", to_status: "qualified" });
    const hidden = await aLead(company.otherProperty);
    const unseen = { ...change, entity_id: hidden.id, to_status: "contacted" };
    const [missing, outOfSight] = [
      await agent.post(`${v1}/change`, { ...unseen, entity_id: uuidv7() }),
      await agent.post(`${v1}/change`, unseen),
    ];
    expect([missing.status, missing.body.error]).toEqual([
      404,
      { code: "ENTITY_NOT_FOUND", message: "Lead not found" },
    ]);
    expect(outOfSight.body.error).toEqual(missing.body.error);
    expect((await manager.post(`${v1}/change`, unseen)).status).toBe(200);
  });

  it("whose status is part of more name the call that moves all of it", async () => {
    const { company, agent } = await anOrderDesk();
    const tour = await aTour(company.property);
    const refused = await agent.post(`${v1}/change`, {
      entity_type: "tour",
      entity_id: tour.id,
      to_status: "cancelled",
    });
    expect([refused.status, refused.body.error.code]).toEqual([409, "CONFLICT"]);
    expect(refused.body.error.details.use).toContain("PUT /api/tours/{id}/cancel");
    const records = {
      conversation: await aConversation(company.property),
      task: await aTask(company.property),
    };
    for (const [entity_type, { id }] of Object.entries(records))
      expect(
        (await agent.post(`${v1}/change`, { entity_type, entity_id: id, to_status: "closed" })).status,
      ).toBe(409);
  });

  it("that do not exist, or that are out of sight, are not found", async () => {
    const { company, agent } = await anOrderDesk();
    const hidden = await aTour(company.otherProperty);
    for (const entity_id of [uuidv7(), hidden.id]) {
      const change = { entity_type: "tour", entity_id, to_status: "cancelled" };
      const { status, body } = await agent.post(`${v1}/change`, change);
      expect([status, body.error]).toEqual([404, { code: "ENTITY_NOT_FOUND", message: "Entity not found" }]);
    }
  });
});

describe("an invented entity of a property", () => {
  it("is changed and seen by that property's people only", async () => {
    const { company, agent, manager, viewer } = await anOrderDesk();
    const order = { entity_id: uuidv7(), property_id: company.otherProperty.id };
    expect((await move(agent, "open", order)).status).toBe(404);
    expect((await move(manager, "open", order)).status).toBe(200);
    const { property_id: _left, ...same } = order;
    expect((await move(agent, "done", same)).body.error.code).toBe("ENTITY_NOT_FOUND");
    for (const path of ["history", "explain"])
      expect((await agent.get(`${v1}/${path}/order/${order.entity_id}`)).status).toBe(404);
    const asked = { entities: [{ entity_type: "order", entity_id: order.entity_id }] };
    expect((await agent.post(`${v1}/current/bulk`, asked)).body).toMatchObject({
      data: [],
      meta: { not_found: asked.entities },
    });
    const own = { entity_id: uuidv7(), property_id: company.property.id };
    expect((await move(agent, "open", own)).status).toBe(200);
    expect((await viewer.get(`${v1}/history/order/${own.entity_id}`)).status).toBe(200);
    expect((await move(agent, "open", { property_id: uuidv7() })).status).toBe(404);
  });
});

describe("GET /api/v1/status/history", () => {
  it("tells the whole life, newest first, page by page", async () => {
    const { agent, company } = await anOrderDesk();
    const order = { entity_id: 77 };
    const context = { production_line: "A1" };
    await move(agent, "open", { ...order, transition_reason: "begun", business_context: context });
    await move(agent, "review", order);
    await move(agent, "done", order);
    const path = `${v1}/history/order/77`;
    const { body } = await agent.get(path);
    expect(body.data).toMatchObject({
      entity_type: "order",
      entity_id: 77,
      current_status: "done",
      sla_deadline: null,
      is_overdue: false,
      workflow: { name: "Orders", version: 1, business_entity: company.company.name },
      pagination: { total_count: 3, limit: 50, offset: 0, has_more: false },
    });
    expect(body.data.history.map((entry: { to_status: string }) => entry.to_status)).toEqual([
      "done",
      "review",
      "open",
    ]);
    expect(body.data.history[2]).toEqual({
      transition_id: expect.stringMatching(uuid),
      from_status: null,
      to_status: "open",
      transition_timestamp: expect.any(String),
      transition_reason: "begun",
      triggered_by: { user_id: company.agent.id, user_name: company.agent.name, system_component: null },
      approved_by: null,
      duration_in_previous_status_hours: null,
      is_milestone: false,
    });
    const page = await agent.get(`${path}?limit=1&offset=1&include_metadata=true`);
    expect(page.body.data.pagination).toEqual({ total_count: 3, limit: 1, offset: 1, has_more: true });
    expect(page.body.data.history[0]).toMatchObject({
      to_status: "review",
      business_context: {},
      metadata: {},
    });
    const first = await agent.get(`${path}?limit=1&offset=2&include_metadata=true`);
    expect(first.body.data.history[0].business_context).toEqual(context);
  });

  it("knows nothing of what never had a status, and leaves no trace of having been asked", async () => {
    const { agent } = await anOrderDesk();
    const { status, body } = await agent.get(`${v1}/history/order/${uuidv7()}`);
    expect([status, body.error.code]).toEqual([404, "ENTITY_NOT_FOUND"]);
  });
});

describe("POST /api/v1/status/current/bulk", () => {
  it("answers in the order asked, ids as they came, and lists what it does not know", async () => {
    const { agent } = await anOrderDesk();
    await move(agent, "open", { entity_id: 1 });
    await move(agent, "waiting", { entity_id: 1 });
    await move(agent, "open", { entity_id: "two" });
    const entities = ["two", 3, "1"].map((entity_id) => ({ entity_type: "order", entity_id }));
    const { body } = await agent.post(`${v1}/current/bulk`, { entities, include_sla_info: true });
    expect(body.data).toMatchObject([
      { entity_id: "two", current_status: "open", status_label: "Open", is_overdue: false },
      { entity_id: "1", current_status: "waiting", sla_deadline: null, hours_until_overdue: null },
    ]);
    expect(body.data[0].hours_until_overdue).toBeCloseTo(10, 1);
    expect(body.meta.not_found).toEqual([{ entity_type: "order", entity_id: 3 }]);
    const plain = await agent.post(`${v1}/current/bulk`, { entities });
    expect(plain.body.data[0]).not.toHaveProperty("hours_until_overdue");
  });

  it("takes five hundred at once and not one more", async () => {
    const { agent } = await anOrderDesk();
    await move(agent, "open", { entity_id: 499 });
    const of = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ entity_type: "order", entity_id: n }));
    const { status, body } = await agent.post(`${v1}/current/bulk`, { entities: of(500) });
    expect([status, body.data.length, body.meta.not_found.length]).toEqual([200, 1, 499]);
    expect((await agent.post(`${v1}/current/bulk`, { entities: of(501) })).status).toBe(422);
  });
});

describe("GET /api/v1/status/explain", () => {
  it("gives segments that add up to the time that was used, and the rule behind them", async () => {
    const { agent } = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    for (const status of ["open", "waiting", "open"]) await move(agent, status, order);
    const { body } = await agent.get(`${v1}/explain/order/${order.entity_id}`);
    const { clock, former_clocks } = body.data;
    expect(clock).toMatchObject({
      status: "open",
      rule: "10 h of open",
      goal_ms: 10 * hourMs,
      paused: false,
    });
    expect(clock.segments.map((segment: { kind: string }) => segment.kind)).toEqual([
      "running",
      "paused",
      "running",
    ]);
    const counted = clock.segments.reduce(
      (sum: number, { counted_ms }: { counted_ms: number }) => sum + counted_ms,
      0,
    );
    expect(clock.elapsed_ms).toBe(counted);
    expect(clock.remaining_ms).toBe(clock.goal_ms - clock.elapsed_ms);
    expect(former_clocks).toEqual([]);
    await move(agent, "review", order);
    const later = await agent.get(`${v1}/explain/order/${order.entity_id}`);
    expect(later.body.data.former_clocks).toMatchObject([{ status: "open", met: true }]);
  });
});
