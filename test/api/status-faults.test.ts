import {
  createExecutionContext,
  createScheduledController,
  runDurableObjectAlarm,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { statusMachine } from "../../src/durable/stubs.ts";
import worker from "../../src/index.ts";
import { checkCompany } from "../../src/modules/status/check-company.ts";
import { dueQueries } from "../../src/modules/status/due-queries.ts";
import { sweepOverdue } from "../../src/modules/status/sweep-overdue.ts";
import { type Api } from "../support/api.ts";
import { deliverAll, owed } from "../support/deliver.ts";
import { aLead, aTour } from "../support/factories.ts";
import { companyStatement, entitiesStatement } from "../support/fill-entities.ts";
import { compareAll } from "../support/rollups.ts";
import { anOrderDesk, move } from "../support/status.ts";

const v1 = "/api/v1/status";

describe("two clients from the same state", () => {
  it("get one 200 and one 409 that tells where the entity stands", async () => {
    const { agent, manager } = await anOrderDesk();
    for (let round = 0; round < 5; round += 1) {
      const order = { entity_id: uuidv7() };
      await move(agent, "open", order);
      const saw = { ...order, expected_from_status: "open" };
      const answers = await Promise.all([move(agent, "review", saw), move(manager, "waiting", saw)]);
      const [won, lost] = answers[0].status === 200 ? answers : answers.toReversed();
      expect([won?.status, lost?.status, lost?.body.error.code]).toEqual([200, 409, "CONFLICT"]);
      expect(lost?.body.error.details.current_status).toBe(won?.body.data.to_status);
      const { history } = (await agent.get(`${v1}/history/order/${order.entity_id}`)).body.data;
      expect(history).toHaveLength(2);
    }
  });

  it("who begin the same entity at once begin it once", async () => {
    const { agent, manager } = await anOrderDesk();
    const begin = { entity_id: uuidv7(), expected_from_status: null };
    const answers = await Promise.all([move(agent, "open", begin), move(manager, "open", begin)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it("who send the same change id at once make one change and get the same answer", async () => {
    const { agent } = await anOrderDesk();
    const change = { entity_id: uuidv7(), change_id: uuidv7() };
    const answers = await Promise.all([1, 2, 3, 4].map(() => move(agent, "open", change)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.data.transition_id)).size).toBe(1);
    const { pagination } = (await agent.get(`${v1}/history/order/${change.entity_id}`)).body.data;
    expect(pagination.total_count).toBe(1);
  });
});

describe("a database that refuses writes", () => {
  it("stops no change: two hundred are answered, and afterwards the lists show every one of them", async () => {
    const { agent, company } = await anOrderDesk();
    const ids = Array.from({ length: 10 }, () => uuidv7());
    for (const entity_id of ids) await move(agent, "open", { entity_id });
    const tables = ["status_entities", "status_transitions", "outbox", "audit_log"];
    const name = (table: string) => `refuse_${table}_${company.id.replaceAll("-", "")}`;
    await env.DB.batch(
      tables.map((table) =>
        env.DB.prepare(`create trigger ${name(table)} before insert on ${table}
          when new.company_id = '${company.id}' begin select raise(abort, 'database is away'); end`),
      ),
    );
    const answers = await Promise.all(
      ids.map(async (entity_id) => {
        const statuses: number[] = [];
        for (let n = 0; n < 20; n += 1)
          statuses.push((await move(agent, n % 2 === 0 ? "waiting" : "open", { entity_id })).status);
        return statuses;
      }),
    );
    expect(new Set(answers.flat())).toEqual(new Set([200]));
    await env.DB.batch(tables.map((table) => env.DB.prepare(`drop trigger ${name(table)}`)));
    for (const id of ids) await runDurableObjectAlarm(statusMachine(env, company.id, "order", id));
    const checked = await checkAll(company.id, false);
    expect(checked).toMatchObject({ checked: 10, drifts: [], rollupDifferences: 0 });
    const { body } = await agent.get(`${v1}/analytics`);
    expect(body.data.metrics).toMatchObject({ total_transitions: 210, unique_entities_affected: 10 });
    const audited = await env.DB.prepare(
      "select count(*) as n from audit_log where company_id = ? and action = 'change_status'",
    )
      .bind(company.id)
      .first<{ n: number }>();
    expect(audited?.n).toBe(210);
  });
});

/** All pages of a company's comparison. */
async function checkAll(companyId: string, repair: boolean) {
  const all = { checked: 0, drifts: [] as object[], rollupDifferences: null as number | null };
  for (let place = null, isFirst = true; isFirst || place; isFirst = false) {
    const page: Awaited<ReturnType<typeof checkCompany>> = await checkCompany(env, companyId, place, repair);
    all.checked += page.checked;
    all.drifts.push(...page.drifts);
    all.rollupDifferences = page.rollupDifferences;
    place = page.next as null;
  }
  return all;
}

async function rebuild(api: Api, body: object) {
  const pages = [];
  for (let cursor = null, isFirst = true; isFirst || cursor; isFirst = false) {
    const answer = await api.post(`${v1}/projections/rebuild`, { ...body, cursor });
    pages.push(answer.body.data);
    cursor = answer.body.data.next_cursor;
  }
  return pages;
}

/** A desk whose projection has been damaged in every way. */
async function aDamagedDesk() {
  const desk = await anOrderDesk();
  const { company, agent } = desk;
  const ids = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  for (const entity_id of ids)
    for (const status of ["open", "review"]) await move(agent, status, { entity_id });
  const lead = await aLead(company.property);
  await agent.post(`${v1}/change`, { entity_type: "lead", entity_id: lead.id, to_status: "contacted" });
  const run = (sql: string, id: string) => env.DB.prepare(sql).bind(company.id, id).run();
  const where = "where company_id = ? and entity_id = ?";
  await run(`update status_entities set current_status = 'done' ${where}`, ids[0]!);
  await run(`delete from status_transitions ${where}`, ids[1]!);
  await run(`update status_transitions set to_status = 'paid' ${where} and seq = 2`, ids[2]!);
  for (const table of ["status_entities", "status_transitions"])
    await run(`delete from ${table} ${where}`, lead.id);
  return { ...desk, ids, lead };
}

describe("POST /api/v1/status/projections/rebuild", () => {
  it("finds nothing where nothing was lost", async () => {
    const { admin, agent, company } = await anOrderDesk();
    await move(agent, "open");
    await aTour(company.property);
    const pages = await rebuild(admin, { repair: false });
    expect(pages.flatMap(({ drift }) => drift)).toEqual([]);
    expect(pages.at(-1)).toMatchObject({ rollup_drift: 0, next_cursor: null });
  });

  it("tells what differs, mends it from the machines, and has nothing to tell the next time", async () => {
    const { admin, ids, lead, company } = await aDamagedDesk();
    const told = (await rebuild(admin, { repair: false })).flatMap(({ drift }) => drift);
    expect(Object.fromEntries(told.map((drift) => [drift.entity_id, drift.differences]))).toEqual({
      [ids[0]!]: ["entities : current_status"],
      [ids[1]!]: ["transitions 1 is missing", "transitions 2 is missing"],
      [ids[2]!]: ["transitions 2: to_status"],
      [lead.id]: ["entities  is missing", "transitions 1 is missing", "transitions 2 is missing"],
    });
    expect((await rebuild(admin, { repair: true })).flatMap(({ drift }) => drift)).toHaveLength(4);
    const again = await rebuild(admin, {});
    expect(again.flatMap(({ drift }) => drift)).toEqual([]);
    expect(again.at(-1)?.rollup_drift).toBe(0);
    expect(await compareAll(company.id)).toBe(0);
    const bulk = await admin.post(`${v1}/current/bulk`, {
      entities: [{ entity_type: "lead", entity_id: lead.id }],
    });
    expect(bulk.body.data[0]).toMatchObject({ current_status: "contacted" });
  });

  it("hides what no machine knows of, once and for all", async () => {
    const { admin, company } = await anOrderDesk();
    await env.DB.prepare(entitiesStatement).bind(company.id, 0, 1, "lost-", Date.now()).run();
    const entities = [{ entity_type: "order", entity_id: "lost-0" }];
    const known = async () => (await admin.post(`${v1}/current/bulk`, { entities })).body.data;
    expect(await known()).toHaveLength(1);
    expect((await rebuild(admin, {})).flatMap(({ drift }) => drift)).toMatchObject([
      { entity_id: "lost-0", differences: ["the machine knows nothing of it"] },
    ]);
    expect(await known()).toEqual([]);
    expect((await rebuild(admin, {})).flatMap(({ drift }) => drift)).toEqual([]);
    await move(admin, "open", { entity_id: "lost-0" });
    expect(await known()).toMatchObject([{ current_status: "open" }]);
  });

  it("is for administrators, and knows its own cursors", async () => {
    const { manager, admin } = await anOrderDesk();
    expect((await manager.post(`${v1}/projections/rebuild`, {})).status).toBe(403);
    expect((await admin.post(`${v1}/projections/rebuild`, { cursor: "x" })).status).toBe(422);
  });
});

describe("the night's job", () => {
  it("compares every company once a day and mends what differs", async () => {
    const { company, admin } = await aDamagedDesk();
    const at = Date.parse("2027-03-01T08:30:00Z");
    for (let tick = 0; tick < 2; tick += 1) {
      const execution = createExecutionContext();
      const controller = createScheduledController({ cron: "30 8 * * *", scheduledTime: new Date(at) });
      await worker.scheduled(controller, env, execution);
      await waitOnExecutionContext(execution);
    }
    await deliverAll(company.id, "projections");
    const rows = (await owed(company.id, "projections")).filter((row) => row.key === "status_check");
    expect(rows.map(({ status }) => status)).toEqual(["done"]);
    expect((await rebuild(admin, { repair: false })).flatMap(({ drift }) => drift)).toEqual([]);
  });
});

describe("the minute's sweep", () => {
  it("does not come back to rows that no machine knows, which would stand in the way of others", async () => {
    const { company } = await anOrderDesk();
    const at = Date.now() - 60_000;
    await env.DB.prepare(entitiesStatement).bind(company.id, 0, 3, "lost-", at).run();
    expect(await sweepOverdue(env, Date.now())).toEqual({ woken: 3, failed: 0 });
    expect(await sweepOverdue(env, Date.now())).toEqual({ woken: 0, failed: 0 });
  });

  it("reads what is late, and not a row more when there is twenty times as much", async () => {
    const now = Date.now();
    const rowsRead = async () => {
      const answers = await env.DB.batch(dueQueries.map((query) => env.DB.prepare(query).bind(now)));
      return answers.map(({ meta }) => meta.rows_read);
    };
    const companies = [`onTime-${uuidv7()}`, `moved-${uuidv7()}`];
    const fill = (id: string, from: number, to: number, deadline: number) =>
      env.DB.prepare(entitiesStatement).bind(id, from, to, `n${from}-`, deadline);
    await env.DB.batch(companies.map((id, n) => env.DB.prepare(companyStatement).bind(id, n * 5000)));
    await env.DB.batch(
      companies.flatMap((id) => [fill(id, 0, 3, now - 60_000), fill(id, 3, 1000, now + 9e7)]),
    );
    const few = await rowsRead();
    await env.DB.batch(companies.map((id) => fill(id, 1000, 20_000, now + 9e7)));
    expect(await rowsRead()).toEqual(few);
    await env.DB.batch(
      companies.map((id) => env.DB.prepare("delete from status_entities where company_id = ?").bind(id)),
    );
  });
});
