import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { sumsByActor, sumsByDay, sumsByStatus } from "../../src/modules/leads/lead-sums.ts";
import { propertyPeriod } from "../../src/modules/leads/property-period.ts";
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
      period: { from: "2026-11-01T05:00:00.000Z", to: "2026-12-01T06:00:00.000Z" },
      time_zone: "America/Chicago",
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
      { date: "2026-11-10", total: 7, entered: { new: 3, contacted: 1, qualified: 2, leased: 0, lost: 1 } },
      { date: "2026-11-11", total: 1, entered: { leased: 1, lost: 0 } },
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

describe("a day", () => {
  // A lead came to each property at each of these moments.
  const autumn = ["11-01T04:30Z", "11-01T05:30Z", "11-02T05:10Z", "11-02T05:50Z"].map((at) => `2026-${at}`);
  const spring = ["03-14T05:30Z", "03-14T06:00Z", "03-15T03:30Z", "03-15T04:30Z"].map((at) => `2027-${at}`);

  it.each([
    ["property", "2026-11-01", autumn, 3],
    ["otherProperty", "2026-11-01", autumn, 2],
    ["property", "2027-03-14", spring, 3],
    ["otherProperty", "2027-03-14", spring, 3],
    ["property", "2027-03-15", spring, 0],
    ["otherProperty", "2027-03-15", spring, 1],
  ] as const)("of %s, %s, when the clocks change, is its own", async (place, day, moments, expected) => {
    const { [place]: property, manager } = company;
    for (const moment of moments) await aWay([["new", (Date.parse(moment) - start) / hourMs]], property);
    const query = `property_id=${property.id}&from=${day}&to=${day}`;
    const ask = async (name: string) => (await as(manager).get(`${base}/${name}?${query}`)).body.data;
    const [metrics, trends, performance] = [
      await ask("status-metrics"),
      await ask("status-trends"),
      await ask("status-performance"),
    ];
    expect(metrics.counts[0]).toMatchObject({ status: "new", entered: expected });
    expect(metrics.conversion[0]).toMatchObject({ reached: expected });
    expect(trends.points.map((point: { total: number }) => point.total)).toEqual(
      day < "2026-12" || expected > 0 ? [expected] : [],
    );
    const [person] = performance.people;
    expect(person?.changes ?? 0).toBe(expected);
    expect(metrics.time_zone).toBe(property.timeZone);
  });

  it("is not widened to where a time is given", async () => {
    await threeLeads();
    const between = "from=2026-11-10T09:00:00-06:00&to=2026-11-10T16:00:00Z";
    const { body } = await as(company.viewer).get(
      `${base}/status-metrics?property_id=${company.property.id}&${encodeURI(between)}`,
    );
    // The third came at the end of that hour.
    expect(body.data.counts[0]).toMatchObject({ entered: 2, left: 0 });
    expect(body.data.period).toEqual({ from: "2026-11-10T15:00:00.000Z", to: "2026-11-10T16:00:00.000Z" });
  });
});

describe("what is counted", () => {
  it("is found by the property's own rows in the period alone", async () => {
    const ctx = await aContext(company.id);
    const now = ctx.now();
    const { id: propertyId, timeZone } = company.property;
    const spans = { propertyId, period: propertyPeriod({}, timeZone, now), now };
    for (const sums of [sumsByStatus, sumsByDay, sumsByActor]) {
      const { sql, params } = sums(ctx, spans).getQuery();
      const { results } = await env.DB.prepare(`explain query plan ${sql}`)
        .bind(...params)
        .all<{ detail: string }>();
      const reads = results.map(({ detail }) => detail).filter((detail) => detail.includes("status_"));
      expect(reads.join()).toContain("status_transitions_of_leads (company_id=? AND property_id=? AND at>");
      for (const read of reads)
        expect(read).toMatch(/USING INDEX status_(?:transitions_of_leads|breaches_by_property) \(/);
    }
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
