import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/conversations.ts";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { as } from "../support/api.ts";
import { aContext, owed } from "../support/deliver.ts";
import { aCompany, aLead, aTour, db, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
beforeEach(async () => {
  company = await aCompany();
});

/** Puts a lead at a status; `now` is when. */
async function at(lead: { id: string; propertyId: string }, status: string, more: object = {}, now?: number) {
  const ctx = await aContext(company.id, now === undefined ? {} : { now: () => now });
  await changeStatus(ctx, {
    entityType: "lead",
    entityId: lead.id,
    toStatus: status,
    propertyId: lead.propertyId,
    ...more,
  });
}

async function ids(query: string, account = company.admin): Promise<string[]> {
  const { body } = await as(account).get(`/api/leads${query}`);
  return body.data.map((lead: { id: string }) => lead.id);
}

describe("GET /api/leads", () => {
  it("lists the latest first, with status and deadline", async () => {
    const old = await aLead(company.property, { lastActivityAt: new Date("2026-01-01T00:00:00Z") });
    const fresh = await aLead(company.property);
    await at(fresh, "new");
    const { body } = await as(company.agent).get("/api/leads");
    expect(body.data.map((lead: { id: string }) => lead.id)).toEqual([fresh.id, old.id]);
    expect(body.meta.pagination).toMatchObject({ total: 2, page: 1, limit: 10 });
    expect(body.data[0]).toMatchObject({ status: "new", status_label: "New", is_overdue: false });
    expect(Date.parse(body.data[0].sla_deadline)).toBeGreaterThan(Date.now());
  });

  it("shows a lead whose status is not written yet as new", async () => {
    const lead = await aLead(company.property);
    expect(await ids("?status=new")).toEqual([lead.id]);
    expect(await ids("?status=contacted")).toEqual([]);
  });

  it("finds by status", async () => {
    const [fresh, contacted] = [await aLead(company.property), await aLead(company.property)];
    await at(fresh, "new");
    await at(contacted, "new");
    await at(contacted, "contacted");
    expect(await ids("?status=contacted")).toEqual([contacted.id]);
    expect(await ids("?status=new")).toEqual([fresh.id]);
  });

  it("finds by name, e-mail and phone, however they are written", async () => {
    const nora = await aLead(company.property, {
      firstName: "Nora",
      lastName: "O'Field",
      email: "nora_50%@example.test",
      phone: "+13125550777",
    });
    await aLead(company.property);
    for (const q of ["nora o'f", "NORA", "nora_50%@", "(312) 555-0777"])
      expect(await ids(`?q=${encodeURIComponent(q)}`)).toEqual([nora.id]);
    expect(await ids(`?q=${encodeURIComponent("%")}`)).toEqual([nora.id]);
  });

  it("finds what is late, also before anybody was told of it", async () => {
    const [late, timely] = [await aLead(company.property), await aLead(company.property)];
    await at(late, "new", {}, Date.now() - 3 * 86_400_000);
    await at(timely, "new");
    expect(await ids("?overdue=true")).toEqual([late.id]);
    expect(await ids("?overdue=false")).toEqual([timely.id]);
    expect(await ids("?sort=sla_deadline")).toEqual([late.id, timely.id]);
  });

  it("finds by property, person, day and sync", async () => {
    const lead = await aLead(company.property, {
      assignedTo: company.agent.managerId,
      resmanSyncStatus: "failed",
      createdAt: new Date("2026-03-01T12:00:00Z"),
    });
    const other = await aLead(company.otherProperty);
    expect(await ids(`?property_id=${company.property.id}`)).toEqual([lead.id]);
    expect(await ids(`?assigned_to=${company.agent.managerId}`)).toEqual([lead.id]);
    expect(await ids("?sync_status=failed")).toEqual([lead.id]);
    expect(await ids("?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z")).toEqual([lead.id]);
    expect(await ids("?from=2026-03-02T00:00:00Z")).toEqual([other.id]);
  });

  it("keeps other properties and archived leads out", async () => {
    const mine = await aLead(company.property);
    await aLead(company.otherProperty);
    await aLead(company.property, { deletedAt: new Date() });
    expect(await ids("", company.agent)).toEqual([mine.id]);
  });
});

describe("GET /api/resman/leads/:leadId", () => {
  it("tells everything of a lead, with its score explained", async () => {
    const lead = await aLead(company.property, {
      leadScore: 10,
      scoreExplanation: [{ reason: "gave a full name", points: 10 }],
    });
    const { status, body, headers } = await as(company.viewer).get(`/api/resman/leads/${lead.id}`);
    expect(status).toBe(200);
    expect(headers.get("etag")).toBe('"1"');
    expect(body.data).toMatchObject({
      id: lead.id,
      first_name: "Robin",
      lead_score: 10,
      score_explanation: [{ reason: "gave a full name", points: 10 }],
      resman_sync_status: "waiting",
      resman_prospect_id: null,
    });
  });

  it("is 404 for a lead of a property one does not see", async () => {
    const lead = await aLead(company.otherProperty);
    expect((await as(company.agent).get(`/api/resman/leads/${lead.id}`)).status).toBe(404);
  });
});

describe("PUT /api/resman/leads/:leadId", () => {
  it("changes what is said, clears what is null, keeps the rest, and has ResMan told", async () => {
    const lead = await aLead(company.property, { bedrooms: 1 });
    const { body } = await as(company.agent).put(`/api/resman/leads/${lead.id}`, {
      last_name: "Fielding",
      bedrooms: null,
      phone: "(312) 555-0188",
    });
    expect(body.data).toMatchObject({
      first_name: "Robin",
      last_name: "Fielding",
      bedrooms: null,
      phone: "+13125550188",
      resman_sync_status: "pending",
    });
    const [work] = await owed(company.id, "resman-sync");
    expect(work).toMatchObject({ key: `lead:${lead.id}`, payload: { kind: "lead", lead_id: lead.id } });
  });

  it("refuses to write over a version the caller has not seen", async () => {
    const lead = await aLead(company.property);
    const api = as(company.agent);
    await api.put(`/api/resman/leads/${lead.id}`, { bedrooms: 2 });
    const late = await api.put(`/api/resman/leads/${lead.id}`, { bedrooms: 3 }, { "if-match": '"1"' });
    expect(late.status).toBe(412);
  });

  it("lets managers give a lead to a person of its property, and nobody else", async () => {
    const lead = await aLead(company.otherProperty);
    const path = `/api/resman/leads/${lead.id}`;
    const given = await as(company.manager).put(path, { assigned_to: company.manager.managerId });
    expect(given.body.data.assigned_to).toBe(company.manager.managerId);
    const stranger = await as(company.manager).put(path, { assigned_to: company.agent.managerId });
    expect(stranger.status).toBe(422);
    expect(stranger.body.error.details[0].field).toBe("assigned_to");
    const own = await aLead(company.property);
    const byAgent = await as(company.agent).put(`/api/resman/leads/${own.id}`, {
      assigned_to: company.agent.managerId,
    });
    expect(byAgent.status).toBe(403);
  });

  it.each([
    ["price_range_max", { price_range_min: 2000, price_range_max: 1500 }],
    ["price_range_max", { price_range_max: 900 }],
    ["price_range_min", { price_range_min: 2500 }],
  ])("refuses a budget whose ends are not in order, for its %s", async (field, budget) => {
    const lead = await aLead(company.property, { priceRangeMin: 1000, priceRangeMax: 2000 });
    const { status, body } = await as(company.agent).put(`/api/resman/leads/${lead.id}`, budget);
    expect([status, body.error?.details[0].field]).toEqual([422, field]);
  });

  it("is closed to those who may only read", async () => {
    const lead = await aLead(company.property);
    expect((await as(company.viewer).put(`/api/resman/leads/${lead.id}`, { bedrooms: 2 })).status).toBe(403);
  });
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

describe("POST /api/resman/leads/sync", () => {
  const sync = (body: object, account = company.manager) => as(account).post("/api/resman/leads/sync", body);

  it("queues the leads of a property that are not in step", async () => {
    const lead = await aLead(company.property);
    await aLead(company.property, { resmanSyncStatus: "synced" });
    await aLead(company.property, { lastName: null });
    await aLead(company.otherProperty);
    const { body } = await sync({ property_id: company.property.id });
    expect(body.data).toEqual({ queued: 1, retried: 0, waiting: 1, remaining: 0 });
    expect((await owed(company.id, "resman-sync")).map((row) => row.key)).toEqual([`lead:${lead.id}`]);
  });

  it("queues a named lead even when it is in step", async () => {
    const lead = await aLead(company.property, { resmanSyncStatus: "synced" });
    expect((await sync({ lead_ids: [lead.id] })).body.data.queued).toBe(1);
  });

  it("takes a hundred at a time and says how many are left", async () => {
    for (let n = 0; n < 102; n += 1) await aLead(company.property);
    expect((await sync({})).body.data).toMatchObject({ queued: 100, remaining: 2 });
  });

  it("is 404 when one of the leads is not the caller's to see", async () => {
    const stranger = await aCompany();
    const [mine, theirs] = [await aLead(company.property), await aLead(stranger.property)];
    expect((await sync({ lead_ids: [mine.id, theirs.id] })).status).toBe(404);
    expect((await sync({ property_id: stranger.property.id })).status).toBe(404);
    expect(await owed(company.id, "resman-sync")).toEqual([]);
  });

  it("is not for agents", async () => {
    expect((await sync({}, company.agent)).status).toBe(403);
  });
});
