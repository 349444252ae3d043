import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/conversations.ts";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { as } from "../support/api.ts";
import { aCompany, aLead, aTour, db, type TestCompany } from "../support/factories.ts";

let company: TestCompany;

beforeEach(async () => {
  company = await aCompany();
});

describe.each(["post", "put"] as const)("%s /api/resman/leads/:leadId/status", (method) => {
  const move = (leadId: string, body: object, account = company.agent) =>
    as(account)[method](`/api/resman/leads/${leadId}/status`, body);

  it("moves the lead and says who is told", async () => {
    const lead = await aLead(company.property);
    const { status, body } = await move(lead.id, {
      new_status: "contacted",
      updated_by: "resman_user",
      context_data: { next_steps: "Call on Monday", urgency_level: "high" },
    });
    expect(status).toBe(200);
    expect(body.data).toEqual({
      success: true,
      new_status: "contacted",
      updated_at: expect.any(String),
      notifications_sent: 3,
      workflow_actions_triggered: [],
    });
    expect((await as(company.agent).get(`/api/resman/leads/${lead.id}`)).body.data.status).toBe("contacted");
  });

  it("takes null for what is not said", async () => {
    const lead = await aLead(company.property);
    const nothing = { status_reason: null, context_data: null };
    const { status } = await move(lead.id, { new_status: "contacted", updated_by: "system", ...nothing });
    expect(status).toBe(200);
    const { body } = await as(company.agent).get(`/api/resman/leads/${lead.id}/status-history`);
    expect(body.data.status_changes[0]).toMatchObject({ status_reason: null, context_data: {} });
    expect((await move(lead.id, { new_status: "lost", updated_by: "system", ...nothing })).status).toBe(422);
  });

  it("counts only those who want to hear of it", async () => {
    const { managerId } = company.agent;
    await as(company.agent).put(`/api/lead-notifications/preferences/${managerId}`, {
      channels: { status_changed: { in_app: false } },
    });
    const lead = await aLead(company.property);
    const { body } = await move(lead.id, { new_status: "contacted", updated_by: "resman_user" });
    expect(body.data.notifications_sent).toBe(2);
  });

  it("lets one of two win who change what both saw", async () => {
    const lead = await aLead(company.property);
    const both = await Promise.all(
      ["contacted", "qualified"].map((new_status) =>
        move(lead.id, { new_status, expected_from_status: "new", updated_by: "resman_user" }),
      ),
    );
    const lost = both.find(({ status }) => status !== 200)!;
    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    expect([lost.status, lost.body.error.code]).toEqual([409, "CONFLICT"]);
    expect(lost.body.error.details).toMatchObject({ expected_from_status: "new" });
  });

  it("tells nobody when asked not to", async () => {
    const lead = await aLead(company.property);
    const { body } = await move(lead.id, {
      new_status: "contacted",
      updated_by: "system",
      trigger_notifications: false,
    });
    expect(body.data.notifications_sent).toBe(0);
  });

  it("refuses a way back, naming the ways there are", async () => {
    const lead = await aLead(company.property);
    await move(lead.id, { new_status: "qualified", updated_by: "resman_user" });
    const { status, body } = await move(lead.id, { new_status: "new", updated_by: "resman_user" });
    expect(status).toBe(409);
    expect(body.error).toMatchObject({
      code: "INVALID_STATUS_TRANSITION",
      details: {
        current_status: "qualified",
        requested_status: "new",
        allowed_transitions: ["tour_scheduled", "application", "leased", "lost"],
      },
    });
  });

  it("wants a reason for a loss, a person for qualified, a tour for a tour and an application for a lease", async () => {
    const lead = await aLead(company.property, { firstName: null });
    const refused = async (new_status: string) =>
      (await move(lead.id, { new_status, updated_by: "resman_user" })).body.error.code;
    for (const status of ["lost", "qualified", "tour_scheduled", "leased"])
      expect(await refused(status)).toBe("MISSING_REQUIRED_FIELD");
    await db.update(leads).set({ firstName: "Robin", hasApplication: true }).where(eq(leads.id, lead.id));
    await aTour(company.property, { leadId: lead.id });
    for (const new_status of ["qualified", "tour_scheduled", "leased"])
      expect((await move(lead.id, { new_status, updated_by: "resman_user" })).status).toBe(200);
  });

  it("takes a lead that stands at its application to a lease", async () => {
    const lead = await aLead(company.property);
    for (const new_status of ["application", "leased"])
      expect((await move(lead.id, { new_status, updated_by: "resman_user" })).status).toBe(200);
  });

  it("never lets the chatbot sign a lease", async () => {
    const lead = await aLead(company.property, { hasApplication: true });
    const { status, body } = await move(lead.id, { new_status: "leased", updated_by: "chatbot" });
    expect(status).toBe(403);
    expect(body.error.code).toBe("FORBIDDEN");
  });

  it("leaves one row in the audit log, in the name of whoever asked", async () => {
    const lead = await aLead(company.property);
    const { headers } = await move(lead.id, { new_status: "contacted", updated_by: "chatbot" });
    const rows = await db.select().from(auditLog).where(eq(auditLog.recordId, lead.id));
    expect(rows).toMatchObject([
      {
        action: "change_status",
        recordType: "lead",
        actorId: company.agent.id,
        before: { status: "new" },
        after: { status: "contacted" },
        requestId: headers.get("x-request-id"),
      },
    ]);
  });

  it.each([
    ["new_status", { new_status: "asleep" }],
    ["updated_by", { updated_by: "me" }],
    ["status_reason", { status_reason: " " }],
    ["context_data.urgency_level", { context_data: { urgency_level: "urgent" } }],
    ["context_data.key_insights", { context_data: { key_insights: "dog" } }],
    ["context_data.estimated_completion", { context_data: { estimated_completion: "next week" } }],
    ["context_data", { context_data: { transcript: "x".repeat(17_000) } }],
    ["trigger_notifications", { trigger_notifications: "no" }],
  ])("refuses a bad %s, naming it", async (field, over) => {
    const lead = await aLead(company.property);
    const { status, body } = await move(lead.id, {
      new_status: "contacted",
      updated_by: "resman_user",
      ...over,
    });
    expect(status).toBe(422);
    expect(body.error.details.map((problem: { field: string }) => problem.field)).toEqual([field]);
  });

  it("brings a lost lead back as contacted", async () => {
    const lead = await aLead(company.property);
    await move(lead.id, { new_status: "lost", status_reason: "Silent", updated_by: "resman_user" });
    const { body } = await move(lead.id, { new_status: "contacted", updated_by: "resman_user" });
    expect(body.data.new_status).toBe("contacted");
  });
});

describe("GET /api/resman/leads/:leadId/status-history", () => {
  it("tells the way of a lead, newest first, with who moved it and why", async () => {
    const lead = await aLead(company.property, { firstName: null });
    const api = as(company.agent);
    const path = `/api/resman/leads/${lead.id}/status`;
    await api.put(path, { new_status: "contacted", updated_by: "chatbot" });
    await api.put(path, {
      new_status: "lost",
      status_reason: "Rent above budget",
      updated_by: "resman_user",
      context_data: { key_insights: ["budget 1200"], urgency_level: "low" },
    });
    const { body } = await api.get(`${path}-history`);
    expect(body.data.total_count).toBe(3);
    expect(body.data.status_changes).toMatchObject([
      {
        old_status: "contacted",
        new_status: "lost",
        status_reason: "Rent above budget",
        updated_by: "resman_user",
        context_data: { key_insights: ["budget 1200"], urgency_level: "low" },
      },
      { old_status: "new", new_status: "contacted", updated_by: "chatbot" },
      { old_status: null, new_status: "new", updated_by: "system" },
    ]);
    const some = await api.get(`${path}-history?limit=1&date_from=2020-01-01T00:00:00Z`);
    expect(some.body.data.status_changes).toHaveLength(1);
    expect(some.body.data.total_count).toBe(3);
    const next = await api.get(`${path}-history?limit=2&page=2`);
    expect(next.body.data.status_changes).toMatchObject([{ new_status: "new" }]);
    const none = await api.get(`${path}-history?date_to=2020-01-01T00:00:00Z`);
    expect(none.body.data).toEqual({ status_changes: [], total_count: 0 });
  });

  it("is empty for a lead that has just come in", async () => {
    const lead = await aLead(company.property);
    const { body } = await as(company.viewer).get(`/api/resman/leads/${lead.id}/status-history`);
    expect(body.data).toEqual({ status_changes: [], total_count: 0 });
  });
});
