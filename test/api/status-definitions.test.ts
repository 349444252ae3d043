import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { as } from "../support/api.ts";
import { deliverAll } from "../support/deliver.ts";
import { aCompany, aLead } from "../support/factories.ts";
import { entitiesStatement } from "../support/fill-entities.ts";
import { anOrderDesk, move, orderSteps, orderWorkflow, setClock, stepsWith } from "../support/status.ts";

const v1 = "/api/v1/status";
const hourMs = 3_600_000;

type Named = { workflow_name: string; version: number; is_default: boolean; is_built_in: boolean };

describe("POST /api/v1/status/workflows", () => {
  it("takes 004's body and gives the workflow back whole", async () => {
    const company = await aCompany();
    const { status, body } = await as(company.admin).post(
      `${v1}/workflows`,
      orderWorkflow({
        business_entity_id: company.id,
        conditions: { priority: "high", order_value_min: 10_000 },
      }),
    );
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      workflow_name: "Orders",
      entity_type: "order",
      version: 1,
      is_default: true,
      is_active: true,
      is_built_in: false,
      business_entity: company.company.name,
      conditions: { priority: "high", order_value_min: 10_000 },
    });
    expect(body.data.steps[0]).toMatchObject({ step_id: "open", sla_hours: 10, is_final: false });
  });

  it("makes the next version of the workflow of that name or id, and nothing when nothing is new", async () => {
    const { admin, workflowId } = await anOrderDesk();
    const post = async (over: object) =>
      (await admin.post(`${v1}/workflows`, orderWorkflow(over as never))).body.data;
    expect(await post({})).toMatchObject({ workflow_id: workflowId, version: 1 });
    const faster = stepsWith({ open: { sla_hours: 5 } });
    expect(await post({ workflow_name: "ORDERS", steps: faster })).toMatchObject({
      workflow_id: workflowId,
      version: 2,
    });
    expect(await post({ workflow_id: workflowId, workflow_name: "Orders of ours" })).toMatchObject({
      workflow_id: workflowId,
      version: 3,
      workflow_name: "Orders of ours",
    });
    const { body } = await admin.get(`${v1}/workflows/order/${workflowId}/versions`);
    expect(
      body.data.map(({ version, is_active }: { version: number; is_active: boolean }) => [
        version,
        is_active,
      ]),
    ).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
  });

  it("lets entities live by the version they began with", async () => {
    const { admin, agent, workflowId } = await anOrderDesk();
    const old = { entity_id: uuidv7() };
    await move(agent, "open", old);
    const shorter = orderSteps
      .filter((step) => step.status_name !== "waiting")
      .map((step) =>
        step.status_name === "open" ? { ...step, allowed_transitions: ["review", "done"] } : step,
      );
    await admin.post(`${v1}/workflows`, orderWorkflow({ steps: shorter }));
    expect((await move(agent, "waiting", old)).status).toBe(200);
    const young = { entity_id: uuidv7() };
    await move(agent, "open", young);
    expect((await move(agent, "waiting", young)).status).toBe(409);
    const { body } = await admin.get(`${v1}/workflows/order/${workflowId}/versions`);
    expect(body.data.map(({ entities }: { entities: number }) => entities)).toEqual([1, 1]);
  });

  it("that is closed to new entities still moves those it has", async () => {
    const { admin, agent, workflowId } = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    await move(agent, "open", order);
    const closed = await admin.post(
      `${v1}/workflows`,
      orderWorkflow({ workflow_id: workflowId, is_active: false }),
    );
    expect(closed.body.data).toMatchObject({ is_active: false });
    expect((await move(agent, "review", order)).status).toBe(200);
    expect((await move(agent, "nowhere", order)).body.error.code).toBe("INVALID_STATUS_TRANSITION");
    const young = await move(agent, "open");
    expect([young.status, young.body.error.code]).toEqual([404, "WORKFLOW_NOT_FOUND"]);
  });

  it("hands the default over in one write", async () => {
    const { admin, agent } = await anOrderDesk();
    const rush = orderWorkflow({ workflow_name: "Rush", steps: stepsWith({ open: { sla_hours: 1 } }) });
    await admin.post(`${v1}/workflows`, rush);
    const { body } = await admin.get(`${v1}/workflows/order`);
    expect(body.data.map((one: Named) => [one.workflow_name, one.version, one.is_default])).toEqual([
      ["Orders", 1, false],
      ["Rush", 1, true],
    ]);
    const moved = await move(agent, "open");
    const { transition_timestamp, sla_deadline } = moved.body.data;
    expect(Date.parse(sla_deadline) - Date.parse(transition_timestamp)).toBe(hourMs);
  });

  it("lets one of two who save at once win, and tells the other", async () => {
    const { admin } = await anOrderDesk();
    const answers = await Promise.all(
      [3, 4, 5, 6].map((sla_hours) =>
        admin.post(`${v1}/workflows`, orderWorkflow({ steps: stepsWith({ open: { sla_hours } }) })),
      ),
    );
    expect(answers.map(({ status }) => status).every((status) => status === 201 || status === 409)).toBe(
      true,
    );
    const { body } = await admin.get(`${v1}/workflows/order?include_versions=true`);
    const made = answers.filter(({ status }) => status === 201).length;
    expect(body.data).toHaveLength(1 + made);
    expect(body.data.filter(({ is_active }: { is_active: boolean }) => is_active)).toHaveLength(1);
  });

  it.each([
    ["an unknown target", { open: { allowed_transitions: ["nowhere"] } }, "VALIDATION_ERROR"],
    ["a step nobody reaches", { review: { allowed_transitions: ["done"] } }, "VALIDATION_ERROR"],
    ["a way in without a way out", { paid: { allowed_transitions: [] } }, "VALIDATION_ERROR"],
    ["a permission that nobody holds", { open: { required_permission: "fly" } }, "VALIDATION_ERROR"],
    ["no time at all", { open: { sla_hours: 0 } }, "SLA_VALIDATION_ERROR"],
    ["less than no time", { open: { sla_hours_by_priority: { high: -1 } } }, "SLA_VALIDATION_ERROR"],
    [
      "critical before warning",
      { review: { severity_hours: { warning: 5, critical: 1 } } },
      "SLA_VALIDATION_ERROR",
    ],
  ])("refuses %s", async (_what, change, code) => {
    const { admin } = await anOrderDesk();
    const { status, body } = await admin.post(
      `${v1}/workflows`,
      orderWorkflow({ steps: stepsWith(change as unknown as Record<string, Record<string, unknown>>) }),
    );
    expect([status, body.error.code]).toEqual([422, code]);
    expect(body.error.details[0].field).toMatch(/^steps\.\d\./);
  });

  it("refuses an unknown id, a built-in one, a taken name and another company", async () => {
    const { admin } = await anOrderDesk();
    const other = await admin.post(
      `${v1}/workflows`,
      orderWorkflow({ workflow_name: "Other", is_default: false }),
    );
    const answer = async (over: object) => {
      const { status, body } = await admin.post(`${v1}/workflows`, orderWorkflow(over as never));
      return [status, body.error.code];
    };
    expect(await answer({ workflow_id: uuidv7() })).toEqual([404, "WORKFLOW_NOT_FOUND"]);
    expect(await answer({ workflow_id: "builtin-lead" })).toEqual([422, "VALIDATION_ERROR"]);
    expect(await answer({ workflow_id: other.body.data.workflow_id })).toEqual([409, "DUPLICATE_RECORD"]);
    expect(await answer({ business_entity_id: uuidv7() })).toEqual([404, "ENTITY_NOT_FOUND"]);
  });
});

describe("GET /api/v1/status/workflows/:entity_type", () => {
  it("shows the built-in workflow, and that a default of one's own goes before it", async () => {
    const { admin } = await anOrderDesk();
    const list = async () => (await admin.get(`${v1}/workflows/lead`)).body.data as Named[];
    expect(await list()).toMatchObject([{ workflow_name: "Leasing", is_built_in: true, is_default: true }]);
    await admin.post(`${v1}/workflows`, orderWorkflow({ entity_type: "lead", workflow_name: "Ours" }));
    expect((await list()).map((one) => [one.workflow_name, one.is_default])).toEqual([
      ["Leasing", false],
      ["Ours", true],
    ]);
    expect((await admin.get(`${v1}/workflows/nothing_such`)).body.data).toEqual([]);
  });
});

describe("POST /api/v1/status/workflows/:id/rehearse", () => {
  it("tells what a changed limit would have made late, and changes nothing", async () => {
    const { admin, agent, workflowId } = await anOrderDesk();
    const order = { entity_id: 4711 };
    await move(agent, "open", order);
    await move(agent, "review", order);
    await move(agent, "done", order);
    const rehearse = async (steps: object[]) =>
      (await admin.post(`${v1}/workflows/${workflowId}/rehearse`, { steps })).body.data;
    const same = await rehearse(orderSteps);
    expect(same).toMatchObject({
      entities_examined: 1,
      transitions_replayed: 3,
      truncated: false,
      summary: { late: 0, late_as_recorded: 0, refused: 0, approvals: 0 },
    });
    const strict = await rehearse(stepsWith({ open: { sla_hours: 0.000_000_1 } }));
    expect(strict.summary).toMatchObject({ late: 1, newly_late: 1, late_as_recorded: 0 });
    expect(strict.late).toMatchObject([{ entity_id: 4711, status: "open", was_late: false }]);
    expect((await admin.get(`${v1}/workflows/order/${workflowId}/versions`)).body.data).toHaveLength(1);
  });

  it("tells what would have been refused, and what would have waited for approval", async () => {
    const { admin, agent, workflowId } = await anOrderDesk();
    const order = { entity_id: "A-1" };
    await move(agent, "open", order);
    await move(agent, "done", order);
    const steps = stepsWith({
      open: { allowed_transitions: ["waiting", "review"] },
      done: { required_fields: ["invoice"], requires_approval: true },
    });
    const { body } = await admin.post(`${v1}/workflows/${workflowId}/rehearse`, { steps });
    expect(body.data.summary).toMatchObject({ refused: 1, approvals: 1 });
    expect(body.data.refused).toMatchObject([
      { entity_id: "A-1", from_status: "open", to_status: "done", code: "INVALID_STATUS_TRANSITION" },
    ]);
  });

  it("says when it looked at a part only, and looks at none that the conditions leave out", async () => {
    const { admin, agent, workflowId } = await anOrderDesk();
    for (const priority of ["high", "low", "low"])
      await move(agent, "open", { business_context: { priority } });
    const path = `${v1}/workflows/${workflowId}/rehearse`;
    const two = await admin.post(path, { steps: orderSteps, max_entities: 2 });
    expect(two.body.data).toMatchObject({ entities_examined: 2, max_entities: 2, truncated: true });
    const high = await admin.post(path, { steps: orderSteps, conditions: { priority: "high" } });
    expect(high.body.data).toMatchObject({ entities_examined: 3, entities_not_concerned: 2 });
    expect((await admin.post(path, { steps: stepsWith({ open: { sla_hours: -1 } }) })).body.error.code).toBe(
      "SLA_VALIDATION_ERROR",
    );
  });

  it("keeps what it is not told to change: conditions, re-opening, and priorities given on the way", async () => {
    const { admin, agent, workflowId, company } = await anOrderDesk({ reopen_policy: "resume" });
    const order = { entity_id: uuidv7() };
    await move(agent, "open", order);
    await setClock(company.id, 6);
    await move(agent, "done", order);
    await setClock(company.id, 50);
    await move(agent, "open", order);
    await setClock(company.id, 53);
    const rehearse = async (open: object, over: object = {}) =>
      (
        await admin.post(`${v1}/workflows/${workflowId}/rehearse`, {
          steps: stepsWith({ open: { sla_hours_by_priority: {}, ...open } }),
          ...over,
        })
      ).body.data.summary.late;
    expect(await rehearse({ sla_hours: 8 })).toBe(1);
    expect(await rehearse({ sla_hours: 8 }, { reopen_policy: "restart" })).toBe(0);
    await agent.put(`${v1}/current/order/${order.entity_id}`, { priority: "high" });
    await move(agent, "waiting", order);
    await move(agent, "open", order);
    expect(await rehearse({ sla_hours: 20, sla_hours_by_priority: { high: 5 } })).toBe(1);
    expect(await rehearse({ sla_hours: 20 })).toBe(0);
  });

  it("takes what built-in steps ask for as given, since the changes were made", async () => {
    const { admin, agent, company } = await anOrderDesk();
    const lead = await aLead(company.property);
    const change = { entity_type: "lead", entity_id: lead.id, to_status: "qualified" };
    expect((await agent.post(`${v1}/change`, change)).status).toBe(200);
    const [builtIn] = (await admin.get(`${v1}/workflows/lead`)).body.data;
    const { body } = await admin.post(`${v1}/workflows/${builtIn.workflow_id}/rehearse`, {
      steps: builtIn.steps,
    });
    expect(body.data).toMatchObject({
      entities_examined: 1,
      transitions_replayed: 2,
      summary: { refused: 0 },
    });
  });
});

describe("POST /api/v1/status/workflows/:id/migrate", () => {
  async function twoVersions() {
    const desk = await anOrderDesk();
    const orders = [1, 2, 3].map((entity_id) => ({ entity_id }));
    for (const order of orders) await move(desk.agent, "open", order);
    await move(desk.agent, "review", orders[2]);
    await move(desk.agent, "paid", orders[2]);
    const steps = orderSteps.map((step) =>
      step.status_name === "open" ? { ...step, status_name: "started", sla_hours: 20 } : step,
    );
    const renamed = steps.map((step) => ({
      ...step,
      allowed_transitions: (step["allowed_transitions"] as string[]).map((to) =>
        to === "open" ? "started" : to,
      ),
    }));
    await desk.admin.post(`${v1}/workflows`, orderWorkflow({ steps: renamed }));
    const migrate = (body: object) => desk.admin.post(`${v1}/workflows/${desk.workflowId}/migrate`, body);
    return { ...desk, migrate };
  }

  it("plans entity by entity and touches nothing unless told to", async () => {
    const { migrate, agent } = await twoVersions();
    const unmapped = await migrate({ to_version: 2 });
    expect(unmapped.body.data).toMatchObject({
      dry_run: true,
      migration_id: null,
      total: 3,
      by_status: [
        { from_status: "open", to_status: null, entities: 2 },
        { from_status: "review", to_status: "review", entities: 1 },
      ],
    });
    expect(unmapped.body.data.entities[0]).toMatchObject({
      entity_id: 1,
      to: null,
      problem: expect.any(String),
    });
    const { body } = await migrate({
      to_version: 2,
      status_mapping: { open: "started" },
      limit: 2,
      offset: 1,
    });
    expect(body.data.entities).toMatchObject([
      {
        entity_id: 2,
        from: { version: 1, status: "open" },
        to: { version: 2, status: "started" },
        problem: null,
      },
      {
        entity_id: 3,
        to: { status: "review" },
        approvals_kept: [expect.any(String)],
        approvals_superseded: [],
      },
    ]);
    expect(body.data.pagination).toEqual({ total_count: 3, limit: 2, offset: 1, has_more: false });
    expect((await agent.get(`${v1}/history/order/1`)).body.data.current_status).toBe("open");
  });

  it("moves them by the queue with their clocks, once, and tells how far it has come", async () => {
    const { migrate, admin, agent, company, workflowId } = await twoVersions();
    const begun = (await agent.get(`${v1}/history/order/1`)).body.data.status_since as string;
    const { body } = await migrate({ to_version: 2, status_mapping: { open: "started" }, dry_run: false });
    const id = body.data.migration_id as string;
    await deliverAll(company.id, "projections");
    await deliverAll(company.id, "projections");
    const { data: progress } = (await admin.get(`${v1}/workflows/${workflowId}/migrations/${id}`)).body;
    expect(progress).toMatchObject({ status: "finished", total: 3, migrated: 3, failed: 0, failures: [] });
    const { data } = (await agent.get(`${v1}/history/order/1`)).body;
    expect(data).toMatchObject({ current_status: "started", workflow: { version: 2 }, status_since: begun });
    expect(Date.parse(data.sla_deadline) - Date.parse(begun)).toBe(20 * hourMs);
    expect(data.history[0]).toMatchObject({
      triggered_by: { user_id: company.admin.id, system_component: null },
    });
    expect((await migrate({ to_version: 2 })).body.data).toMatchObject({ total: 0, entities: [] });
  });

  it("says which entities could not go, and moves the others", async () => {
    const { migrate, admin, company, workflowId } = await twoVersions();
    // Shown in lists, known to no machine.
    await env.DB.batch([
      env.DB.prepare(entitiesStatement).bind(company.id, 0, 2, "0-lost-", null),
      env.DB.prepare(
        "update status_entities set workflow_id = ? where company_id = ? and workflow_id = 'w'",
      ).bind(workflowId, company.id),
    ]);
    const { body } = await migrate({ to_version: 2, status_mapping: { open: "started" }, dry_run: false });
    await deliverAll(company.id, "projections");
    const path = `${v1}/workflows/${workflowId}/migrations/${body.data.migration_id}`;
    expect((await admin.get(path)).body.data).toMatchObject({
      status: "finished",
      total: 5,
      migrated: 3,
      failed: 2,
      failures: [
        { entity_id: "0-lost-0", code: "ENTITY_NOT_FOUND" },
        { entity_id: "0-lost-1", code: "ENTITY_NOT_FOUND" },
      ],
    });
  });

  it("refuses to begin while a status has no place in the target, and an unknown version", async () => {
    const { migrate } = await twoVersions();
    const lost = await migrate({ to_version: 2, dry_run: false });
    expect([lost.status, lost.body.error.code]).toEqual([422, "VALIDATION_ERROR"]);
    expect(lost.body.error.details[0].field).toBe("status_mapping.open");
    expect((await migrate({ to_version: 9 })).body.error.code).toBe("WORKFLOW_NOT_FOUND");
  });
});
