import { beforeEach, describe, expect, it } from "vitest";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { as } from "../support/api.ts";
import { aContext, owed } from "../support/deliver.ts";
import { aCompany, aLead, type TestCompany } from "../support/factories.ts";

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
