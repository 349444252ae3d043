import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { leadWorkflowRuns } from "../../src/db/schema/automation.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { as } from "../support/api.ts";
import { aContext } from "../support/deliver.ts";
import { aCompany, aLead, aLeadWorkflow, anAssignment, db, type TestCompany } from "../support/factories.ts";

const base = "/api/resman/status-workflows";

let company: TestCompany;

beforeEach(async () => {
  company = await aCompany();
});

const draft = (over: object = {}) => ({
  property_id: company.property.id,
  trigger_status: "new",
  target_status: "contacted",
  conditions: {},
  actions: [{ type: "create_task", config: { title: "Call {{lead_name}}" } }],
  ...over,
});

const create = (over: object = {}, account = company.admin) => as(account).post(base, draft(over));

/** Puts a lead at a status, as nobody in particular. */
async function at(lead: { id: string; propertyId: string }, toStatus: string) {
  const ctx = await aContext(company.id);
  const { propertyId } = lead;
  await changeStatus(ctx, { entityType: "lead", entityId: lead.id, toStatus, propertyId });
}

describe("POST /api/resman/status-workflows", () => {
  it("keeps a workflow with its defaults filled in", async () => {
    const { status, body, headers } = await create({
      conditions: { message_count: 6, time_of_day: "business_hours" },
      actions: [{ type: "send_notification" }, { type: "schedule_follow_up", config: { delay_minutes: 30 } }],
    });
    expect(status).toBe(201);
    expect(headers.get("etag")).toBe('"1"');
    expect(body.data).toMatchObject({
      name: "New to Contacted",
      property_id: company.property.id,
      trigger_status: "new",
      target_status: "contacted",
      conditions: { message_count: 6, time_of_day: "business_hours" },
      actions: [
        {
          type: "send_notification",
          config: { recipients: [{ type: "assigned_manager" }], channels: ["in_app"] },
        },
        {
          type: "schedule_follow_up",
          config: {
            delay_minutes: 30,
            title: "Follow up with {{lead_name}}",
            business_hours: false,
            assign_to: "assigned_manager",
          },
        },
      ],
      is_active: true,
    });
  });

  it.each([
    ["conditions.lead_score", { conditions: { lead_score: 101 } }],
    ["conditions.message_count", { conditions: { message_count: 1.5 } }],
    ["conditions.conversation_duration", { conditions: { conversation_duration: -1 } }],
    ["conditions.time_of_day", { conditions: { time_of_day: "morning" } }],
    ["conditions.moon", { conditions: { moon: "full" } }],
    ["actions.0.type", { actions: [{ type: "call_mother", config: {} }] }],
    ["actions.0.config.title", { actions: [{ type: "create_task", config: { title: "Pay {{rent}}" } }] }],
    [
      "actions.0.config.delta",
      { actions: [{ type: "update_lead_score", config: { delta: 0, reason: "x" } }] },
    ],
    ["actions.0.config.reason", { actions: [{ type: "update_lead_score", config: { delta: 5 } }] }],
    ["actions.0.config.delay_minutes", { actions: [{ type: "schedule_follow_up", config: {} }] }],
    ["actions.0.config.colour", { actions: [{ type: "send_notification", config: { colour: "red" } }] }],
    [
      "actions.0.config.message",
      { actions: [{ type: "send_notification", config: { title: "Only a title" } }] },
    ],
    [
      "actions.0.config.recipients.0",
      {
        actions: [
          { type: "send_notification", config: { recipients: [{ type: "email", email: "a@b.example" }] } },
        ],
      },
    ],
    [
      "actions.0.config.recipients.0.email",
      { actions: [{ type: "send_notification", config: { recipients: [{ type: "email", email: "you" }] } }] },
    ],
    [
      "actions.0.config.assign_to",
      { actions: [{ type: "create_task", config: { title: "Call", assign_to: "somebody" } }] },
    ],
    ["trigger_status", { trigger_status: "asleep" }],
    ["target_status", { trigger_status: "qualified", target_status: "new" }],
    ["actions", { target_status: "new", actions: [] }],
  ])("refuses a bad %s, naming it", async (field, over) => {
    const { status, body } = await create(over);
    expect(status).toBe(422);
    expect(body.error.details.map((problem: { field: string }) => problem.field)).toContain(field);
  });

  it("names everything that is wrong at once", async () => {
    const { body } = await create({
      trigger_status: undefined,
      conditions: { lead_score: 200, time_of_day: "9" },
      actions: [{ type: "update_lead_score", config: { delta: 500, reason: "" } }],
    });
    expect(body.error.details.map((problem: { field: string }) => problem.field)).toEqual([
      "trigger_status",
      "conditions.lead_score",
      "conditions.time_of_day",
      "actions.0.config.delta",
      "actions.0.config.reason",
    ]);
  });

  it("is for administrators, and only for properties of their own company", async () => {
    expect((await create({}, company.manager)).status).toBe(403);
    const stranger = await aCompany();
    expect((await create({ property_id: stranger.property.id })).status).toBe(404);
  });
});

describe("GET /api/resman/status-workflows/:id", () => {
  it("lists a property's workflows as documented, for everybody who sees the property", async () => {
    const mine = await create();
    await create({ property_id: company.otherProperty.id });
    const { body } = await as(company.viewer).get(`${base}/${company.property.id}`);
    expect(body.data).toEqual({ workflows: [mine.body.data] });
    expect((await as(company.viewer).get(`${base}/${company.otherProperty.id}`)).status).toBe(404);
  });

  it("finds one by its own id, with its version", async () => {
    const { body } = await create();
    const found = await as(company.viewer).get(`${base}/${body.data.id}`);
    expect(found.body.data.workflows).toEqual([body.data]);
    expect(found.headers.get("etag")).toBe('"1"');
  });

  it("is empty for a property without any and 404 for what does not exist", async () => {
    expect((await as(company.admin).get(`${base}/${company.property.id}`)).body.data.workflows).toEqual([]);
    expect((await as(company.admin).get(`${base}/nothing`)).status).toBe(404);
  });
});

describe("PUT /api/resman/status-workflows/:id", () => {
  it("switches a workflow off and on and keeps the rest", async () => {
    const { body } = await create();
    const path = `${base}/${body.data.id}`;
    const off = await as(company.admin).put(path, { is_active: false });
    expect(off.body.data).toMatchObject({ is_active: false, actions: body.data.actions, version: 2 });
    expect((await as(company.admin).put(path, { is_active: true })).body.data.is_active).toBe(true);
  });

  it("refuses what the whole would not allow, and to write over what the caller has not seen", async () => {
    const { body } = await create();
    const path = `${base}/${body.data.id}`;
    const impossible = await as(company.admin).put(path, { trigger_status: "leased" });
    expect(impossible.status).toBe(422);
    expect(impossible.body.error.details[0].field).toBe("target_status");
    await as(company.admin).put(path, { name: "Second" });
    expect((await as(company.admin).put(path, { name: "Third" }, { "if-match": '"1"' })).status).toBe(412);
  });
});

describe("DELETE /api/resman/status-workflows/:id", () => {
  it("takes a workflow out of the list and out of work", async () => {
    const { body } = await create();
    const gone = await as(company.admin).delete(`${base}/${body.data.id}`);
    expect(gone.body.data).toEqual({ id: body.data.id, deleted_at: expect.any(String) });
    expect((await as(company.admin).get(`${base}/${company.property.id}`)).body.data.workflows).toEqual([]);
    expect((await as(company.admin).delete(`${base}/${body.data.id}`)).status).toBe(404);
  });
});

describe("POST /api/resman/status-workflows/:id/dry-run", () => {
  it("tells what would happen to a real lead, and does none of it", async () => {
    await anAssignment(company.otherProperty, { id: company.agent.managerId, accessLevel: "write" });
    const lead = await aLead(company.property, { leadScore: 30, assignedTo: company.agent.managerId });
    await at(lead, "new");
    await at(lead, "contacted");
    const { body: created } = await create({
      trigger_status: "contacted",
      target_status: "tour_scheduled",
      conditions: { lead_score: 50 },
      actions: [
        { type: "send_notification", config: { title: "{{lead_name}}", message: "Score {{lead_score}}" } },
        { type: "update_lead_score", config: { delta: 80, reason: "hot" } },
        { type: "create_task", config: { title: "Call {{first_name}}" } },
        { type: "schedule_follow_up", config: { delay_minutes: 60 } },
      ],
    });
    const path = `${base}/${created.data.id}/dry-run`;
    const { status, body } = await as(company.admin).post(path, { lead_id: lead.id });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      lead_status: "contacted",
      would_run: false,
      because: ["lead_score is 30, not 50"],
      conditions: [{ condition: "lead_score", wanted: 50, actual: 30, met: false }],
      actions: [
        {
          type: "send_notification",
          details: { title: "Robin Field", message: "Score 30", recipients: ["Morgan Reed"] },
        },
        { type: "update_lead_score", would: "bring the score from 30 to 100" },
        { type: "create_task", would: "open a task: Call Robin", details: { assigned_to: "Morgan Reed" } },
        { type: "schedule_follow_up", details: { title: "Follow up with Robin Field" } },
      ],
      move: { to: "tour_scheduled", possible: false, reason: "needs a tour that is yet to come" },
    });
    const runs = await db.select().from(leadWorkflowRuns).where(eq(leadWorkflowRuns.companyId, company.id));
    expect(runs).toEqual([]);
    expect((await as(company.admin).get(`/api/resman/leads/${lead.id}`)).body.data).toMatchObject({
      status: "contacted",
      lead_score: 30,
    });
  });

  it("says why a workflow would not run", async () => {
    const lead = await aLead(company.property);
    const workflow = await aLeadWorkflow(company.property, { isActive: false });
    const path = `${base}/${workflow.id}/dry-run`;
    const before = await as(company.admin).post(path, { lead_id: lead.id });
    expect(before.body.data.because).toEqual([
      "the workflow is not active",
      "the lead is without a status, not new",
    ]);
    const there = await aLead(company.otherProperty);
    expect((await as(company.admin).post(path, { lead_id: there.id })).status).toBe(404);
  });
});
