import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { as } from "../support/api.ts";
import { aLead, anAccount, db } from "../support/factories.ts";
import { anOrderDesk, move, orderWorkflow } from "../support/status.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { and, eq } from "drizzle-orm";

const v1 = "/api/v1/status";

/** A desk with an order whose payment waits for approval. */
async function aPaymentAsked(over: Record<string, unknown> = {}) {
  const desk = await anOrderDesk();
  const order = { entity_id: uuidv7(), ...over };
  for (const status of ["open", "review"]) await move(desk.agent, status, order);
  const { entity_id } = order;
  const asked = await move(desk.agent, "paid", { entity_id, transition_reason: "transfer seen" });
  const id = asked.body.error.details.approval_id as string;
  return { ...desk, order, id, asked };
}

describe("GET /api/v1/status/approvals", () => {
  it("lists what waits, newest first, with who asked and why", async () => {
    const { manager, company, id, order, agent } = await aPaymentAsked();
    const { body } = await manager.get(`${v1}/approvals?status=pending`);
    expect(body.data).toEqual({
      approvals: [
        {
          approval_id: id,
          entity_type: "order",
          entity_id: order.entity_id,
          property_id: null,
          from_status: "review",
          to_status: "paid",
          status: "pending",
          transition_reason: "transfer seen",
          business_context: {},
          requested_by: { id: company.agent.id, name: company.agent.name },
          requested_at: expect.any(String),
          decided_by: null,
          decided_at: null,
          decision_reason: null,
          transition_id: null,
        },
      ],
      pagination: { total_count: 1, limit: 50, offset: 0, has_more: false },
    });
    expect((await agent.get(`${v1}/approvals?status=approved`)).body.data.approvals).toEqual([]);
    expect((await agent.get(`${v1}/approvals?entity_type=quote`)).body.data.approvals).toEqual([]);
  });

  it("shows those of one's own properties only, even where the request did not name the property", async () => {
    const desk = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    const property_id = desk.company.otherProperty.id;
    await move(desk.manager, "open", { ...order, property_id });
    await move(desk.manager, "review", order);
    const asked = await move(desk.manager, "paid", order);
    const id = asked.body.error.details.approval_id as string;
    const seen = async (api: typeof desk.agent) =>
      (await api.get(`${v1}/approvals`)).body.data.approvals.length;
    expect([await seen(desk.agent), await seen(desk.manager), await seen(desk.admin)]).toEqual([0, 1, 1]);
    const elsewhere = as(await anAccount(desk.company.company, "manager"));
    expect((await elsewhere.post(`${v1}/approvals/${id}/approve`, {})).status).toBe(404);
  });
});

describe("POST /api/v1/status/approvals/:id/approve", () => {
  it("makes the change that was asked for and names both people", async () => {
    const { manager, company, id, order } = await aPaymentAsked();
    const { status, body } = await manager.post(`${v1}/approvals/${id}/approve`, { reason: "paid in full" });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      approval_id: id,
      status: "approved",
      change: { entity_id: order.entity_id, from_status: "review", to_status: "paid" },
    });
    const { history, current_status } = (await manager.get(`${v1}/history/order/${order.entity_id}`)).body
      .data;
    expect(current_status).toBe("paid");
    expect(history[0]).toMatchObject({
      triggered_by: { user_id: company.agent.id },
      approved_by: { id: company.manager.id, name: company.manager.name },
      is_milestone: true,
    });
    const [listed] = (await manager.get(`${v1}/approvals?status=approved`)).body.data.approvals;
    expect(listed).toMatchObject({
      decided_by: { id: company.manager.id },
      decision_reason: "paid in full",
      transition_id: body.data.change.transition_id,
    });
  });

  it("is not for who asked, nor for who may not approve", async () => {
    const desk = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    for (const status of ["open", "review"]) await move(desk.manager, status, order);
    const asked = await move(desk.manager, "paid", order);
    const path = `${v1}/approvals/${asked.body.error.details.approval_id}/approve`;
    for (const api of [desk.manager, desk.agent]) {
      const { status, body } = await api.post(path, {});
      expect([status, body.error.code]).toEqual([403, "PERMISSION_DENIED"]);
    }
    expect((await desk.admin.post(path, {})).status).toBe(200);
  });

  it("given twice is given once, and cannot be turned round", async () => {
    const { manager, admin, id, order } = await aPaymentAsked();
    const path = `${v1}/approvals/${id}`;
    await manager.post(`${path}/approve`, {});
    expect((await admin.post(`${path}/approve`, {})).body.data).toMatchObject({
      status: "approved",
      change: null,
    });
    const turned = await admin.post(`${path}/reject`, {});
    expect([turned.status, turned.body.error.code]).toEqual([409, "CONFLICT"]);
    const { pagination } = (await manager.get(`${v1}/history/order/${order.entity_id}`)).body.data;
    expect(pagination.total_count).toBe(3);
  });

  it("lets one of two who decide at once win", async () => {
    const { manager, admin, id } = await aPaymentAsked();
    const answers = await Promise.all([
      manager.post(`${v1}/approvals/${id}/approve`, {}),
      admin.post(`${v1}/approvals/${id}/reject`, {}),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it("looks at the facts of now, not of when it was asked", async () => {
    const { admin, agent, manager, company } = await anOrderDesk();
    const steps = [
      { status_name: "new", status_label: "New", step_order: 1, allowed_transitions: ["qualified"] },
      {
        status_name: "qualified",
        status_label: "Qualified",
        step_order: 2,
        is_final: true,
        requires_approval: true,
        required_fields: ["has_contact"],
      },
    ];
    await admin.post(`${v1}/workflows`, orderWorkflow({ entity_type: "lead", workflow_name: "Ours", steps }));
    const lead = await aLead(company.property);
    const change = { entity_type: "lead", entity_id: lead.id, to_status: "qualified" };
    const asked = await agent.post(`${v1}/change`, change);
    expect(asked.body.error.code).toBe("APPROVAL_REQUIRED");
    await db.update(leads).set({ email: null, phone: null }).where(eq(leads.id, lead.id));
    const path = `${v1}/approvals/${asked.body.error.details.approval_id}/approve`;
    expect((await manager.post(path, {})).body.error.code).toBe("MISSING_REQUIRED_FIELD");
    await db.update(leads).set({ phone: "+13125550100" }).where(eq(leads.id, lead.id));
    expect((await manager.post(path, {})).status).toBe(200);
  });
});

describe("POST /api/v1/status/approvals/:id/reject", () => {
  it("leaves the entity where it is, says why, and leaves its mark in the audit log", async () => {
    const { manager, company, id, order } = await aPaymentAsked();
    const { body } = await manager.post(`${v1}/approvals/${id}/reject`, { reason: "no transfer" });
    expect(body.data).toEqual({ approval_id: id, status: "rejected", change: null });
    expect((await manager.get(`${v1}/history/order/${order.entity_id}`)).body.data.current_status).toBe(
      "review",
    );
    const ofOrder = and(eq(auditLog.companyId, company.id), eq(auditLog.recordId, order.entity_id));
    const rows = await db
      .select({ action: auditLog.action })
      .from(auditLog)
      .where(ofOrder)
      .orderBy(auditLog.id);
    expect(rows.map(({ action }) => action)).toEqual([
      "change_status",
      "change_status",
      "request_approval",
      "reject_status",
    ]);
  });

  it("is void once the entity has gone elsewhere", async () => {
    const { manager, agent, id, order } = await aPaymentAsked();
    await move(agent, "done", order);
    const { status, body } = await manager.post(`${v1}/approvals/${id}/approve`, {});
    expect([status, body.error.code, body.error.details]).toEqual([
      409,
      "CONFLICT",
      { approval_status: "superseded" },
    ]);
    expect((await manager.post(`${v1}/approvals/${uuidv7()}/approve`, {})).status).toBe(404);
  });
});
