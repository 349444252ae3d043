import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { type Api, as } from "../support/api.ts";
import { deliverAll } from "../support/deliver.ts";
import { aCompany, aLead } from "../support/factories.ts";
import { entitiesStatement } from "../support/fill-entities.ts";
import { anOrderDesk, makeIt, move, setClock } from "../support/status.ts";

const v1 = "/api/v1/status";

const nineToFive = [{ open: "09:00", close: "17:00" }];
const weekdays = { mon: nineToFive, tue: nineToFive, wed: nineToFive, thu: nineToFive, fri: nineToFive };
const chicago = { time_zone: "America/Chicago", hours: weekdays };
/** Monday, nine in the morning in Chicago. */
const monday = "2027-01-11T15:00:00Z";

const overdue = async (api: Api, query = "") => (await api.get(`${v1}/overdue?${query}`)).body.data;
const explain = async (api: Api, id: string) => (await api.get(`${v1}/explain/order/${id}`)).body.data;
const hourMs = 3_600_000;
const secondsBetween = (a: string, b: string) => Math.abs(Date.parse(a) - Date.parse(b)) / 1000;

describe("GET /api/v1/status/overdue", () => {
  it("lists the longest overdue first, each as severe as its step says", async () => {
    const { agent, company } = await anOrderDesk();
    const context = { order_number: "ORD-1", customer_name: "ABC", priority: "high", lines: [1, 2] };
    const [first, second] = [{ entity_id: 1 }, { entity_id: "second" }];
    await move(agent, "open", { ...first, business_context: context });
    await move(agent, "open", second);
    await move(agent, "review", second);
    await setClock(company.id, 4.5);
    const { overdue_items, summary } = await overdue(agent);
    expect(overdue_items).toMatchObject([
      { entity_id: "second", current_status: "review", severity: "warning" },
      {
        entity_id: 1,
        current_status: "open",
        severity: "info",
        entity_details: { order_number: "ORD-1", customer_name: "ABC", priority: "high" },
      },
    ]);
    expect(overdue_items[0].hours_overdue).toBeCloseTo(2.5, 1);
    expect(summary).toEqual({
      total_overdue: 2,
      critical_overdue: 0,
      by_entity_type: { order: 2 },
      by_severity: { info: 1, warning: 1, critical: 0 },
    });
    await setClock(company.id, 100);
    expect((await overdue(agent)).summary).toMatchObject({ critical_overdue: 2 });
  });

  it("counts everything that matches, whatever the page shows", async () => {
    const { agent, manager, company } = await anOrderDesk();
    for (let n = 0; n < 5; n += 1) await move(agent, "open", { entity_id: n });
    await move(manager, "open", { property_id: company.otherProperty.id });
    const lead = await aLead(company.property);
    await agent.post(`${v1}/change`, { entity_type: "lead", entity_id: lead.id, to_status: "contacted" });
    await setClock(company.id, 80);
    const page = await overdue(agent, "limit=2&offset=1");
    expect(page.overdue_items).toHaveLength(2);
    expect(page.summary).toMatchObject({ total_overdue: 6, by_entity_type: { lead: 1, order: 5 } });
    const totals = async (query: string, api = agent) => (await overdue(api, query)).summary.total_overdue;
    expect(await totals("", manager)).toBe(7);
    expect(await totals("entity_types=lead,quote")).toBe(1);
    expect(await totals("severity=critical")).toBe(0);
    expect(await totals("severity=warning&entity_types=order")).toBe(5);
    expect(await totals(`property_id=${company.property.id}`)).toBe(1);
    expect(await totals(`property_id=${company.otherProperty.id}`, manager)).toBe(1);
    expect(await totals(`business_entity_id=${company.id}`)).toBe(6);
    const stranger = as((await aCompany()).admin);
    expect(await totals(`business_entity_id=${company.id}`, stranger)).toBe(0);
    expect((await agent.get(`${v1}/overdue?entity_types=Order!`)).status).toBe(422);
  });
});

describe("PUT /api/v1/status/current", () => {
  it("gives another priority: time already used stays used", async () => {
    const { agent, company } = await anOrderDesk();
    const order = { entity_id: 815 };
    const moved = await move(agent, "open", order);
    const begun = Date.parse(moved.body.data.transition_timestamp);
    const path = `${v1}/current/order/815`;
    await setClock(company.id, 3);
    const high = await agent.put(path, { priority: "high" });
    expect(high.status).toBe(200);
    expect(high.body.data).toMatchObject({
      entity_type: "order",
      entity_id: 815,
      current_status: "open",
      priority: "high",
      sla_deadline: new Date(begun + 4 * hourMs).toISOString(),
      hours_until_overdue: expect.closeTo(1, 1),
    });
    const { clock } = await explain(agent, "815");
    expect(clock).toMatchObject({ rule: "4 h of open at priority high", goal_ms: 4 * hourMs });
    expect(clock.elapsed_ms / hourMs).toBeCloseTo(3, 1);
    const usual = await agent.put(path, { priority: null });
    expect(usual.body.data.sla_deadline).toBe(new Date(begun + 10 * hourMs).toISOString());
    const trail = await as(company.admin).get("/api/audit-log?record_type=order");
    expect(trail.body.data[0]).toMatchObject({
      action: "adjust_status",
      before: { priority: "high" },
      after: { priority: null, sla_deadline: usual.body.data.sla_deadline },
    });
  });

  it("gives a promised date, also where there was no limit, and not where nothing is due any more", async () => {
    const { agent } = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    const path = `${v1}/current/order/${order.entity_id}`;
    const due_at = new Date(Date.now() + 50 * hourMs).toISOString();
    expect((await agent.put(path, { due_at })).body.error.code).toBe("ENTITY_NOT_FOUND");
    for (const status of ["open", "waiting"]) await move(agent, status, order);
    await agent.put(path, { due_at });
    await move(agent, "open", order);
    const { clock } = await explain(agent, order.entity_id);
    expect(clock).toMatchObject({ promised_for: due_at });
    expect(clock.goal_ms - clock.elapsed_ms).toBe(clock.remaining_ms);
    await move(agent, "done", order);
    const late = await agent.put(path, { due_at });
    expect([late.status, late.body.error.details[0].field]).toEqual([422, "due_at"]);
    expect((await agent.put(path, {})).status).toBe(422);
  });

  it("is for those who may change the entity, and not for records whose dates are part of more", async () => {
    const { agent, manager, viewer, company } = await anOrderDesk();
    const order = { entity_id: uuidv7(), property_id: company.otherProperty.id };
    await move(manager, "open", order);
    const put = async (api: Api, type: string, id: string) =>
      (await api.put(`${v1}/current/${type}/${id}`, { priority: "high" })).status;
    expect(await put(viewer, "order", order.entity_id)).toBe(403);
    expect(await put(agent, "order", order.entity_id)).toBe(404);
    expect(await put(manager, "order", order.entity_id)).toBe(200);
    const lead = await aLead(company.property);
    await agent.post(`${v1}/change`, { entity_type: "lead", entity_id: lead.id, to_status: "contacted" });
    expect(await put(agent, "lead", lead.id)).toBe(200);
    const { body } = await agent.post("/api/tasks", {
      property_id: company.property.id,
      question: "Is there a lift?",
    });
    expect(await put(agent, "task", body.data.id)).toBe(409);
  });
});

describe("business calendars", () => {
  it("count time for the company; the proof names calendar and version and adds up", async () => {
    const { admin, agent, company } = await anOrderDesk();
    const { status, body, headers } = await admin.post(`${v1}/calendars`, chicago);
    expect([status, headers.get("etag")]).toEqual([201, '"1"']);
    expect(body.data).toMatchObject({ id: company.id, property_id: null, calendar_version: "company:1" });
    await makeIt(company.id, monday);
    const order = { entity_id: uuidv7() };
    await move(agent, "open", order);
    const { clock, calendars } = await explain(agent, order.entity_id);
    expect(secondsBetween(clock.sla_deadline, "2027-01-12T17:00:00Z")).toBeLessThan(20);
    expect(Object.keys(calendars)).toEqual(["company:1"]);
    await makeIt(company.id, "2027-01-12T16:00:00Z");
    const later = (await explain(agent, order.entity_id)).clock;
    expect(later.elapsed_ms / 3_600_000).toBeCloseTo(9, 1);
    expect(later.segments[0]).toMatchObject({ calendar_version: "company:1", counted_ms: later.elapsed_ms });
  });

  it("that are changed reach the clocks that run; what was counted stays counted", async () => {
    const { admin, agent, company } = await anOrderDesk();
    await admin.post(`${v1}/calendars`, chicago);
    await makeIt(company.id, monday);
    const order = { entity_id: uuidv7() };
    await move(agent, "open", order);
    await makeIt(company.id, "2027-01-11T19:00:00Z");
    const longDays = { ...weekdays, mon: [{ open: "09:00", close: "20:00" }] };
    const changed = await admin.put(`${v1}/calendars/${company.id}`, { hours: longDays });
    expect(changed.body.data).toMatchObject({ version: 2, time_zone: "America/Chicago" });
    await deliverAll(company.id, "projections");
    const { clock } = await explain(agent, order.entity_id);
    expect(secondsBetween(clock.sla_deadline, "2027-01-12T01:00:00Z")).toBeLessThan(20);
    expect(clock.segments.map((s: { calendar_version: string }) => s.calendar_version)).toEqual([
      "company:1",
      "company:2",
    ]);
    const counted = clock.segments.reduce((sum: number, s: { counted_ms: number }) => sum + s.counted_ms, 0);
    expect(clock.elapsed_ms).toBe(counted);
    const bulk = await agent.post(`${v1}/current/bulk`, { entities: [{ entity_type: "order", ...order }] });
    expect(bulk.body.data[0].sla_deadline).toBe(clock.sla_deadline);
    const versions = await admin.get(`${v1}/calendars/${company.id}/versions`);
    expect(versions.body.data.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
  });

  it("of a property go before the company's; taken away, time is counted by what is left", async () => {
    const { admin, agent, company } = await anOrderDesk();
    const { property } = company;
    await makeIt(company.id, monday);
    const ten = { open: "10:00", close: "11:00" };
    const created = await admin.post(`${v1}/calendars`, {
      property_id: property.id,
      time_zone: "America/Chicago",
      hours: { mon: [ten], tue: [ten] },
    });
    expect(created.body.data).toMatchObject({ id: property.id, property_id: property.id });
    const order = { entity_id: uuidv7(), property_id: property.id };
    const moved = await move(agent, "open", order);
    // Ten hours at two a week.
    expect(secondsBetween(moved.body.data.sla_deadline, "2027-02-09T17:00:00Z")).toBeLessThan(20);
    expect((await admin.delete(`${v1}/calendars/${property.id}`)).status).toBe(200);
    await deliverAll(company.id, "projections");
    const { clock } = await explain(agent, order.entity_id);
    // The property's office hours: nine to six.
    expect(secondsBetween(clock.sla_deadline, "2027-01-12T16:00:00Z")).toBeLessThan(20);
    expect((await admin.get(`${v1}/calendars/${property.id}`)).status).toBe(404);
    const again = await admin.post(`${v1}/calendars`, { property_id: property.id, ...chicago });
    expect(again.body.data.version).toBe(3);
  });

  it("reach every running clock, also where there are more than one page of them", async () => {
    const { admin, agent, company } = await anOrderDesk();
    await makeIt(company.id, monday);
    // Projected before it in the order of ids, and known to no machine: they refuse, and the walk goes on.
    await env.DB.prepare(entitiesStatement).bind(company.id, 0, 130, "a-", Date.now()).run();
    await move(agent, "open", { entity_id: "last" });
    await admin.post(`${v1}/calendars`, chicago);
    await deliverAll(company.id, "projections");
    const { clock } = await explain(agent, "last");
    expect(clock.segments.at(-1)).toMatchObject({ calendar_version: "company:1" });
  });

  it("follow a property's office hours when those change", async () => {
    const { admin, agent, company } = await anOrderDesk();
    const { property } = company;
    await makeIt(company.id, monday);
    const order = { entity_id: uuidv7(), property_id: property.id };
    const moved = await move(agent, "open", order);
    expect(secondsBetween(moved.body.data.sla_deadline, "2027-01-12T16:00:00Z")).toBeLessThan(20);
    const hours = { mon: [{ open: "09:00", close: "10:00" }], tue: [{ open: "09:00", close: "23:00" }] };
    await admin.put(`/api/properties/${property.id}`, { office_hours: hours });
    await deliverAll(company.id, "projections");
    const { clock } = await explain(agent, order.entity_id);
    expect(secondsBetween(clock.sla_deadline, "2027-01-13T00:00:00Z")).toBeLessThan(20);
  });

  it("of the property an entity belongs to count every step, also where a change does not name it again", async () => {
    const { admin, agent, company } = await anOrderDesk();
    const { property } = company;
    await makeIt(company.id, monday);
    await admin.post(`${v1}/calendars`, { property_id: property.id, ...chicago });
    const order = { entity_id: uuidv7() };
    await move(agent, "open", { ...order, property_id: property.id });
    await move(agent, "review", order);
    const { clock } = await explain(agent, order.entity_id);
    expect(clock.segments[0]).toMatchObject({ calendar_version: `property:${property.id}:1` });
  });

  it("are refused when they cannot be counted with, exist already or were changed meanwhile", async () => {
    const { admin, agent, company } = await anOrderDesk();
    const code = async (answer: Promise<{ status: number; body: { error: { code: string } } }>) => {
      const { status, body } = await answer;
      return [status, body.error.code];
    };
    const post = (over: object) => admin.post(`${v1}/calendars`, { ...chicago, ...over });
    expect(await code(post({ hours: {} }))).toEqual([422, "VALIDATION_ERROR"]);
    expect(await code(post({ time_zone: "Mars/Base" }))).toEqual([422, "VALIDATION_ERROR"]);
    expect(await code(post({ property_id: uuidv7() }))).toEqual([404, "ENTITY_NOT_FOUND"]);
    expect((await post({})).status).toBe(201);
    expect(await code(post({}))).toEqual([409, "DUPLICATE_RECORD"]);
    expect(await code(agent.post(`${v1}/calendars`, chicago))).toEqual([403, "PERMISSION_DENIED"]);
    const put = (etag: string) =>
      admin.put(`${v1}/calendars/${company.id}`, { time_zone: "America/New_York" }, { "if-match": etag });
    expect((await put('"1"')).status).toBe(200);
    expect(await code(put('"1"'))).toEqual([412, "PRECONDITION_FAILED"]);
  });

  it("of properties out of sight are not shown", async () => {
    const { admin, agent, company } = await anOrderDesk();
    const places = [null, company.property.id, company.otherProperty.id];
    for (const property_id of places) await admin.post(`${v1}/calendars`, { property_id, ...chicago });
    const shown = async (api: Api) => {
      const { calendars, pagination } = (await api.get(`${v1}/calendars`)).body.data;
      expect(pagination.total_count).toBe(calendars.length);
      return calendars.map((one: { property_id: string | null }) => one.property_id);
    };
    expect(await shown(admin)).toEqual(expect.arrayContaining(places));
    expect(await shown(agent)).toEqual(expect.arrayContaining(places.slice(0, 2)));
    expect(await shown(agent)).toHaveLength(2);
    expect((await agent.get(`${v1}/calendars/${company.otherProperty.id}`)).status).toBe(404);
  });
});
