import { describe, expect, it } from "vitest";
import { aCompany } from "../support/factories.ts";
import { as } from "../support/api.ts";
import { setClock } from "../support/status.ts";

const v1 = "/api/v1/status";
const text = expect.any(String);
const number = expect.any(Number);
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

const step = (status_name: string, step_order: number, more: object) => ({
  status_name,
  status_label: status_name.replaceAll("_", " "),
  status_color: "#E3F2FD",
  step_order,
  requires_approval: false,
  ...more,
});

/** The workflow the status engine's document tells its examples of, with the steps it only names. */
const express = {
  entity_type: "order",
  workflow_name: "Express Order Workflow",
  is_default: false,
  conditions: { priority: "high", order_value_min: 10_000 },
  steps: [
    step("pending_materials", 1, {
      sla_hours: 4,
      allowed_transitions: ["in_production", "cancelled"],
      notification_settings: { send_email: true, send_sms: true, email_template: "express_order_created" },
    }),
    step("in_production", 3, {
      sla_hours: 24,
      is_milestone: true,
      allowed_transitions: ["quality_check", "on_hold", "cancelled"],
    }),
    step("quality_check", 4, { sla_hours: 8, allowed_transitions: ["completed"] }),
    step("on_hold", 5, { pauses_sla: true, allowed_transitions: ["in_production"] }),
    step("completed", 6, { is_final: true, allowed_transitions: ["archived"] }),
    step("archived", 7, { is_final: true }),
    step("cancelled", 8, { is_final: true }),
  ],
};

const order = { entity_type: "order", entity_id: 12_345 };

/** An order in production, and one that is late. */
async function theExamples() {
  const company = await aCompany();
  const [admin, agent] = [as(company.admin), as(company.agent)];
  const made = await admin.post(`${v1}/workflows`, { ...express, business_entity_id: company.id });
  const context = {
    priority: "high",
    order_value: 12_000,
    order_number: "ORD-2025-1234",
    customer_name: "ABC Company",
  };
  const begin = (entity_id: number) =>
    agent.post(`${v1}/change`, {
      ...order,
      entity_id,
      to_status: "pending_materials",
      business_context: context,
    });
  await begin(order.entity_id);
  await begin(12_340);
  const promised = new Date(Date.now() + 500 * 3_600_000).toISOString();
  const changed = await agent.post(`${v1}/change`, {
    ...order,
    to_status: "in_production",
    transition_reason: "All materials received and production started",
    business_context: {
      production_line: "A1",
      estimated_completion: promised,
      assigned_team: "Team Alpha",
    },
    metadata: { automatic_notification: true, customer_visible: true },
  });
  await setClock(company.id, 100);
  return { company, admin, agent, made, changed, promised };
}

describe("the examples of the status engine's document", () => {
  it("are answered with every field they show", async () => {
    const { company, admin, agent, made, changed, promised } = await theExamples();
    expect([made.status, changed.status]).toEqual([201, 200]);
    expect(changed.body).toMatchObject({ success: true });
    expect(changed.body.data).toEqual({
      transition_id: text,
      ...order,
      from_status: "pending_materials",
      to_status: "in_production",
      transition_timestamp: instant,
      sla_deadline: promised,
      is_overdue: false,
      workflow_step: {
        step_order: 3,
        status_label: "in production",
        status_color: "#E3F2FD",
        allowed_next_transitions: ["quality_check", "on_hold", "cancelled"],
      },
    });
    const history = await agent.get(`${v1}/history/order/12345?include_metadata=true`);
    expect(history.body.data).toMatchObject({
      ...order,
      current_status: "in_production",
      status_since: changed.body.data.transition_timestamp,
      sla_deadline: promised,
      is_overdue: false,
      workflow: {
        id: made.body.data.workflow_id,
        name: "Express Order Workflow",
        business_entity: company.company.name,
      },
      history: [
        {
          transition_id: changed.body.data.transition_id,
          from_status: "pending_materials",
          to_status: "in_production",
          transition_timestamp: instant,
          transition_reason: "All materials received and production started",
          triggered_by: { user_id: company.agent.id, user_name: company.agent.name, system_component: null },
          duration_in_previous_status_hours: number,
          is_milestone: true,
          business_context: { production_line: "A1", assigned_team: "Team Alpha" },
          metadata: { automatic_notification: true, customer_visible: true },
        },
        { from_status: null, to_status: "pending_materials" },
      ],
      pagination: { total_count: 2, limit: 50, offset: 0, has_more: false },
    });
    const bulk = await agent.post(`${v1}/current/bulk`, {
      entities: [
        order,
        { entity_type: "order", entity_id: 12_346 },
        { entity_type: "quote", entity_id: 789 },
      ],
      include_sla_info: true,
    });
    expect(bulk.body.data).toEqual([
      {
        ...order,
        current_status: "in_production",
        status_label: "in production",
        status_color: "#E3F2FD",
        status_since: instant,
        sla_deadline: promised,
        is_overdue: false,
        hours_until_overdue: expect.closeTo(400, 0),
      },
    ]);
    const overdue = await agent.get(
      `${v1}/overdue?entity_types=order,quote&business_entity_id=${company.id}&severity=critical&limit=100`,
    );
    expect(overdue.body.data).toMatchObject({
      summary: { total_overdue: 1, critical_overdue: 1, by_entity_type: { order: 1 } },
      overdue_items: [
        {
          entity_type: "order",
          entity_id: 12_340,
          current_status: "pending_materials",
          status_since: instant,
          sla_deadline: instant,
          hours_overdue: expect.closeTo(96, 0),
          severity: "critical",
          entity_details: {
            order_number: "ORD-2025-1234",
            customer_name: "ABC Company",
            priority: "high",
          },
        },
      ],
    });
    const workflows = await agent.get(`${v1}/workflows/order`);
    expect(workflows.body.data).toMatchObject([
      {
        workflow_id: text,
        workflow_name: "Express Order Workflow",
        entity_type: "order",
        is_default: false,
        business_entity: company.company.name,
        is_active: true,
        conditions: express.conditions,
        steps: express.steps.map((sent) => ({ step_id: text, is_final: false, ...sent })),
      },
    ]);
    const from = new Date(Date.now() - 24 * 3_600_000).toISOString();
    const analytics = await admin.get(
      `${v1}/analytics?entity_type=order&date_from=${from}&date_to=${promised}&business_entity_id=${company.id}&group_by=day`,
    );
    expect(analytics.body.data).toMatchObject({
      period: { from: instant, to: instant },
      metrics: {
        total_transitions: 3,
        unique_entities_affected: 2,
        average_status_duration_hours: number,
        sla_compliance_rate: 100,
        overdue_incidents: 0,
      },
    });
    const performance = analytics.body.data.status_performance;
    expect(
      performance.find((row: { status_name: string }) => row.status_name === "pending_materials"),
    ).toEqual({
      entity_type: "order",
      status_name: "pending_materials",
      total_entries: 2,
      average_duration_hours: number,
      sla_compliance_rate: 100,
      bottleneck_score: number,
    });
    expect(analytics.body.data.trend_data).toContainEqual({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      transitions: 3,
      overdue_count: 0,
      sla_compliance_rate: 100,
    });
  });

  it("are refused under the codes they name", async () => {
    const { agent, company } = await theExamples();
    const viewer = as(company.viewer);
    const answer = async (call: ReturnType<typeof agent.post>) => {
      const { status, body } = await call;
      return [status, body.success, body.error];
    };
    for (const to_status of ["quality_check", "completed"])
      await agent.post(`${v1}/change`, { ...order, to_status });
    expect(await answer(agent.post(`${v1}/change`, { ...order, to_status: "in_production" }))).toEqual([
      409,
      false,
      {
        code: "INVALID_STATUS_TRANSITION",
        message: "Cannot transition from 'completed' to 'in_production'",
        details: {
          current_status: "completed",
          requested_status: "in_production",
          allowed_transitions: ["archived"],
        },
      },
    ]);
    const codes = async (call: ReturnType<typeof agent.post>) => {
      const [status, , error] = await answer(call);
      return [status, error.code];
    };
    expect(await codes(agent.get(`${v1}/history/order/99999`))).toEqual([404, "ENTITY_NOT_FOUND"]);
    expect(
      await codes(agent.post(`${v1}/change`, { entity_type: "spaceship", entity_id: 1, to_status: "new" })),
    ).toEqual([404, "WORKFLOW_NOT_FOUND"]);
    expect(await codes(viewer.post(`${v1}/change`, { ...order, to_status: "archived" }))).toEqual([
      403,
      "PERMISSION_DENIED",
    ]);
    const timeless = [{ ...express.steps[0], sla_hours: 0 }, ...express.steps.slice(1)];
    expect(await codes(as(company.admin).post(`${v1}/workflows`, { ...express, steps: timeless }))).toEqual([
      422,
      "SLA_VALIDATION_ERROR",
    ]);
  });
});
