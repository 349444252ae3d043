import { beforeEach, describe, expect, it } from "vitest";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { as } from "../support/api.ts";
import { aContext } from "../support/deliver.ts";
import { aCompany, aLead, aTour, type TestCompany } from "../support/factories.ts";

const base = "/api/resman/leads";
const hourMs = 3_600_000;
const start = Date.parse("2026-11-10T15:00:00Z");

let company: TestCompany;
beforeEach(async () => {
  company = await aCompany({ clockOffsetMs: Date.parse("2026-11-25T12:00:00Z") - Date.now() });
});

const span = () => `property_id=${company.property.id}&from=2026-11-01&to=2026-11-30`;

/** A lead that came to each status at so many hours after the start. */
async function aWay(way: [status: string, hours: number][], property = company.property) {
  const lead = await aLead(property, { hasApplication: true });
  await aTour(property, { leadId: lead.id });
  for (const [toStatus, hours] of way) {
    const real = start + hours * hourMs - company.company.clockOffsetMs;
    const ctx = await aContext(company.id, { now: () => real });
    await changeStatus(ctx, {
      entityType: "lead",
      entityId: lead.id,
      toStatus,
      propertyId: property.id,
      facts: { has_name: true, has_contact: true, has_live_tour: true, has_application: true },
      reason: "test",
    });
  }
  return lead;
}

async function threeLeads() {
  await aWay([
    ["new", 0],
    ["contacted", 2],
    ["qualified", 4],
    ["leased", 28],
  ]);
  await aWay([
    ["new", 1],
    ["qualified", 7],
  ]);
  await aWay([
    ["new", 0],
    ["lost", 10],
  ]);
  await aWay(
    [
      ["new", 0],
      ["qualified", 1],
    ],
    company.otherProperty,
  );
}

describe("GET /api/resman/leads/status-metrics", () => {
  it("counts a property's leads, how far they came and whether in time", async () => {
    await threeLeads();
    const { status, body } = await as(company.viewer).get(`${base}/status-metrics?${span()}`);
    expect(status).toBe(200);
    const { counts, conversion, time_in_status, sla, ...rest } = body.data;
    expect(rest).toMatchObject({
      property_id: company.property.id,
      period: { from: "2026-11-01T00:00:00.000Z", to: "2026-12-01T00:00:00.000Z" },
      total_leads: 3,
      lost: 1,
    });
    const at = (rows: { status: string }[], name: string) => rows.find((row) => row.status === name);
    expect(at(counts, "new")).toMatchObject({ label: "New", now: 0, entered: 3, left: 3 });
    expect(at(counts, "qualified")).toMatchObject({ now: 1, entered: 2, left: 1 });
    expect(conversion.map((row: { reached: number }) => row.reached)).toEqual([3, 2, 2, 1, 1, 1]);
    expect(at(conversion, "contacted")).toMatchObject({ from_previous: 66.7, from_first: 66.7 });
    // Two, six and ten hours.
    expect(at(time_in_status, "new")).toMatchObject({ stays: 3, average_hours: 6 });
    expect(sla.met + sla.missed).toBeGreaterThan(0);
    expect(sla.compliance_rate).toBe(Math.round((sla.met / (sla.met + sla.missed)) * 1000) / 10);
  });

  it("counts who is late now", async () => {
    await aWay([["new", 0]]);
    const { body } = await as(company.viewer).get(`${base}/status-metrics?${span()}`);
    expect(body.data).toMatchObject({ total_leads: 1, overdue_leads: 1 });
  });

  it("is empty where nothing happened in the period", async () => {
    await threeLeads();
    const { body } = await as(company.viewer).get(
      `${base}/status-metrics?property_id=${company.property.id}&from=2026-01-01&to=2026-01-31`,
    );
    expect(body.data.conversion[0]).toEqual({
      status: "new",
      reached: 0,
      from_previous: null,
      from_first: null,
    });
    expect(body.data.sla).toEqual({ met: 0, missed: 0, compliance_rate: null, breaches: 0 });
  });
});

describe("GET /api/resman/leads/status-trends", () => {
  it("tells how leads moved day by day, and week by week", async () => {
    await threeLeads();
    const days = await as(company.viewer).get(
      `${base}/status-trends?property_id=${company.property.id}&from=2026-11-10&to=2026-11-11`,
    );
    expect(days.body.data.points).toMatchObject([
      { date: "2026-11-10", total: 6, entered: { new: 3, contacted: 1, qualified: 2, leased: 0, lost: 0 } },
      { date: "2026-11-11", total: 2, entered: { leased: 1, lost: 1 } },
    ]);
    const weeks = await as(company.viewer).get(`${base}/status-trends?${span()}&interval=week`);
    const [busy] = weeks.body.data.points.filter((point: { total: number }) => point.total > 0);
    expect(busy).toMatchObject({ date: "2026-11-09", total: 8 });
  });
});

describe("GET /api/resman/leads/status-performance", () => {
  it("tells how long things take, who does them and what workflows do", async () => {
    await threeLeads();
    const { body } = await as(company.viewer).get(`${base}/status-performance?${span()}`);
    const { statuses, milestones, people, automation } = body.data;
    const at = (rows: { status: string }[], name: string) => rows.find((row) => row.status === name);
    expect(at(statuses, "qualified")).toMatchObject({ label: "Qualified", stays: 1, average_hours: 24 });
    expect(at(milestones, "qualified")).toMatchObject({ leads: 2, average_hours_from_start: 5 });
    expect(at(milestones, "leased")).toMatchObject({ leads: 1, average_hours_from_start: 28 });
    expect(people).toMatchObject([{ id: "test", changes: 8 }]);
    expect(automation).toEqual({ runs: 0, done: 0, failed: 0, stopped: 0, moved: 0, refused: 0 });
  });

  it("counts what workflows did", async () => {
    const workflow = {
      property_id: company.property.id,
      trigger_status: "contacted",
      target_status: "qualified",
      conditions: {},
      actions: [],
    };
    await as(company.admin).post("/api/resman/status-workflows", workflow);
    for (const lead of [
      await aLead(company.property),
      await aLead(company.property, { email: null, phone: null }),
    ])
      await as(company.agent).put(`${base}/${lead.id}/status`, {
        new_status: "contacted",
        updated_by: "resman_user",
      });
    const { body } = await as(company.viewer).get(
      `${base}/status-performance?property_id=${company.property.id}`,
    );
    expect(body.data.automation).toMatchObject({ runs: 2, done: 2, moved: 1, refused: 1 });
    expect(body.data.people).toContainEqual(expect.objectContaining({ id: "status-workflows", changes: 1 }));
  });
});

describe.each(["status-metrics", "status-trends", "status-performance"])("%s", (name) => {
  it("asks for a property, and one that the caller sees", async () => {
    expect((await as(company.agent).get(`${base}/${name}`)).body.error).toMatchObject({
      code: "MISSING_REQUIRED_FIELD",
      details: [{ field: "property_id" }],
    });
    const other = `${base}/${name}?property_id=${company.otherProperty.id}`;
    expect((await as(company.agent).get(other)).status).toBe(404);
    expect((await as(company.manager).get(other)).status).toBe(200);
    const stranger = await aCompany();
    expect((await as(stranger.admin).get(other)).status).toBe(404);
  });

  it.each([
    ["to", "from=2026-11-10&to=2026-11-09"],
    ["from", "from=2020-01-01&to=2026-01-01"],
    ["from", "from=yesterday"],
    ["from", "from=2020-01-01"],
    ["to", "from=2027-06-01"],
  ])("refuses a bad %s (%s)", async (field, period) => {
    const { status, body } = await as(company.agent).get(
      `${base}/${name}?property_id=${company.property.id}&${period}`,
    );
    expect(status).toBe(422);
    expect(body.error.details[0].field).toBe(field);
  });
});
