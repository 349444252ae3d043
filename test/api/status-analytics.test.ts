import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { statusMachine } from "../../src/durable/stubs.ts";
import { systemContext } from "../../src/core/start-context.ts";
import { analyticsQueries } from "../../src/modules/status/analyze-status.ts";
import { periodOf } from "../../src/modules/status/analytics-period.ts";
import { AnalyticsQuery } from "../../src/modules/status/analytics.schemas.ts";
import { approvalPage } from "../../src/modules/status/decide-approval.ts";
import { ApprovalQuery } from "../../src/modules/status/approvals.schemas.ts";
import { overduePage } from "../../src/modules/status/list-overdue.ts";
import { projectStatus } from "../../src/modules/status/project-status.ts";
import { comparisons } from "../../src/modules/status/recount-rollups.ts";
import { statusesQuery } from "../../src/modules/status/status-of.ts";
import { OverdueQuery } from "../../src/modules/status/schemas.ts";
import { type Api, as } from "../support/api.ts";
import { aCompany } from "../support/factories.ts";
import { compareAll, recountAll, spansOf } from "../support/rollups.ts";
import { anOrderDesk, move, setClock } from "../support/status.ts";

const v1 = "/api/v1/status";
const hourMs = 3_600_000;

/** Three orders over two days: one in time, one far too late, one still there. */
async function aBusyDesk() {
  const desk = await anOrderDesk();
  const { agent, manager, company } = desk;
  const orders = [uuidv7(), uuidv7(), uuidv7()].map((entity_id) => ({ entity_id }));
  const at = (hours: number) => setClock(company.id, hours);
  await at(0);
  for (const order of orders) await move(agent, "open", order);
  await at(5);
  await move(agent, "review", orders[0]);
  await at(30);
  await move(manager, "review", orders[1]);
  await move(manager, "done", orders[1]);
  return { ...desk, orders, at };
}

const analytics = async (api: Api, query = "") => (await api.get(`${v1}/analytics?${query}`)).body.data;
const wide = () => {
  const day = (offset: number) => new Date(Date.now() + offset * 24 * hourMs).toISOString().slice(0, 10);
  return `date_from=${day(-1)}&date_to=${day(4)}`;
};

describe("GET /api/v1/status/analytics", () => {
  it("sums up a period: transitions, entities, durations, kept and missed deadlines", async () => {
    const { agent } = await aBusyDesk();
    const { metrics, status_performance } = await analytics(agent, wide());
    expect(metrics).toEqual({
      total_transitions: 6,
      unique_entities_affected: 3,
      average_status_duration_hours: expect.closeTo((5 + 30 + 0) / 3, 1),
      sla_compliance_rate: 66.7,
      overdue_incidents: 1,
    });
    const open = status_performance.find((row: { status_name: string }) => row.status_name === "open");
    expect(open).toEqual({
      entity_type: "order",
      status_name: "open",
      total_entries: 3,
      average_duration_hours: expect.closeTo(17.5, 1),
      sla_compliance_rate: 50,
      bottleneck_score: 7.5,
    });
    expect(status_performance[0].status_name).toBe("open");
  });

  it("counts an entity once however many days it moved on", async () => {
    const { agent, orders, at } = await aBusyDesk();
    await at(60);
    await move(agent, "done", orders[0]);
    const { metrics, trend_data } = await analytics(agent, wide());
    expect(metrics).toMatchObject({ total_transitions: 7, unique_entities_affected: 3 });
    const sum = trend_data.reduce(
      (total: number, day: { transitions: number }) => total + day.transitions,
      0,
    );
    expect(sum).toBe(7);
    const lastDay = new Date(Date.now() + 60 * hourMs).toISOString().slice(0, 10);
    const { metrics: last } = await analytics(agent, `date_from=${lastDay}&date_to=${lastDay}`);
    expect(last).toMatchObject({ total_transitions: 1, unique_entities_affected: 1 });
  });

  it("groups by status, type, user, day, week and month, and each adds up", async () => {
    const { agent, company } = await aBusyDesk();
    for (const by of ["status", "entity_type", "user", "day", "week", "month"]) {
      const { groups } = await analytics(agent, `${wide()}&group_by=${by}`);
      const sum = groups.reduce(
        (total: number, group: { transitions: number }) => total + group.transitions,
        0,
      );
      expect([by, sum]).toEqual([by, 6]);
    }
    const { groups } = await analytics(agent, `${wide()}&group_by=user`);
    expect(groups).toContainEqual(
      expect.objectContaining({ key: company.manager.id, label: company.manager.name, transitions: 2 }),
    );
    const { trend_data } = await analytics(agent, `${wide()}&group_by=month`);
    expect(trend_data.every(({ date }: { date: string }) => date.endsWith("-01"))).toBe(true);
  });

  it("shows a caller the caller's own properties and what belongs to the company as a whole", async () => {
    const { agent, manager, admin, company } = await anOrderDesk();
    await move(manager, "open", { property_id: company.otherProperty.id });
    await move(agent, "open", { property_id: company.property.id });
    await move(agent, "open");
    const total = async (api: Api, query = "") => (await analytics(api, query)).metrics.total_transitions;
    expect([await total(agent), await total(manager), await total(admin)]).toEqual([2, 3, 3]);
    expect(await total(admin, `property_id=${company.otherProperty.id}`)).toBe(1);
    expect(await total(agent, `property_id=${company.otherProperty.id}`)).toBe(0);
    const stranger = as((await aCompany()).admin);
    expect(await total(stranger, `business_entity_id=${company.id}`)).toBe(0);
    expect(await total(admin, `business_entity_id=${company.id}&entity_type=order`)).toBe(3);
  });

  it("tells the days it counted, which are whole ones, and refuses nonsense", async () => {
    const { agent } = await anOrderDesk();
    const { period } = await analytics(agent, "date_from=2026-05-01T10:00:00Z&date_to=2026-05-31");
    expect(period).toEqual({ from: "2026-05-01T00:00:00.000Z", to: "2026-06-01T00:00:00.000Z" });
    expect((await agent.get(`${v1}/analytics?date_from=yesterday`)).status).toBe(422);
    for (const date of ["0000-01-01", "0000-01-01T00:00:00Z", "9999-12-31", "9999-12-31T23:59:59Z"])
      for (const end of ["date_from", "date_to"])
        expect((await agent.get(`${v1}/analytics?${end}=${date}`)).status).toBe(422);
    expect((await agent.get(`${v1}/analytics?date_to=1970-01-02`)).status).toBe(200);
    expect((await agent.get(`${v1}/analytics?date_from=2026-05-02&date_to=2026-05-01`)).status).toBe(422);
  });
});

describe("the roll-ups", () => {
  it("are the same when pages come twice, and what the history sums up to", async () => {
    const { company, orders, agent } = await aBusyDesk();
    const before = await analytics(agent, wide());
    const machine = statusMachine(env, company.id, "order", orders[1]!.entity_id);
    const whole = await machine.snapshot({ seq: 0, event: 0 }, 100);
    const late = await machine.snapshot({ seq: 1, event: 1 }, 100);
    for (const page of [late, whole, late]) await projectStatus(env.DB, page!);
    expect(await analytics(agent, wide())).toEqual(before);
    expect(await compareAll(company.id)).toBe(0);
  });

  it("count a transition whichever comes first, the later or the earlier", async () => {
    const { company, orders, agent } = await aBusyDesk();
    const before = await analytics(agent, wide());
    const machine = statusMachine(env, company.id, "order", orders[1]!.entity_id);
    const pages = await Promise.all([2, 1, 0].map((n) => machine.snapshot({ seq: n, event: n }, 1)));
    const lost = ["status_transitions", "status_entity_days"].map((table) =>
      env.DB.prepare(`delete from ${table} where company_id = ? and entity_id = ?`).bind(
        company.id,
        orders[1]!.entity_id,
      ),
    );
    await env.DB.batch(lost);
    await recountAll(company.id);
    for (const page of pages) await projectStatus(env.DB, { ...page!, breaches: [] });
    expect(await compareAll(company.id)).toBe(0);
    expect(await analytics(agent, wide())).toEqual(before);
  });

  it("are found out and counted again when they are wrong", async () => {
    const { company, agent } = await aBusyDesk();
    const before = await analytics(agent, wide());
    await env.DB.prepare("update status_daily set entries = entries + 5 where company_id = ?")
      .bind(company.id)
      .run();
    expect(await compareAll(company.id)).toBeGreaterThan(0);
    await recountAll(company.id);
    expect(await compareAll(company.id)).toBe(0);
    expect(await analytics(agent, wide())).toEqual(before);
  });

  it("are compared and counted again some days at a time, however long the history", async () => {
    const { company, agent, orders, at } = await aBusyDesk();
    await at(60);
    await move(agent, "done", orders[0]);
    const before = await analytics(agent, wide());
    expect((await spansOf(company.id, 1)).length).toBeGreaterThan(3);
    expect(await compareAll(company.id, 1)).toBe(0);
    const tables = ["status_daily", "status_daily_actors", "status_daily_entities", "status_entity_days"];
    for (const table of tables)
      await env.DB.prepare(`delete from ${table} where company_id = ?`).bind(company.id).run();
    expect(await compareAll(company.id, 1)).toBe(await compareAll(company.id));
    await recountAll(company.id, 1);
    expect(await compareAll(company.id)).toBe(0);
    expect(await analytics(agent, wide())).toEqual(before);
  });

  it("are compared without a look at other days, or at other companies", async () => {
    for (const sql of comparisons) {
      const plan = await env.DB.prepare(`explain query plan ${sql}`)
        .bind("c", 0, 1)
        .all<{ detail: string }>();
      const scans = plan.results.filter(({ detail }) => detail.startsWith("SCAN status_"));
      expect(scans).toEqual([]);
      expect(
        plan.results.filter(({ detail }) => /^SEARCH status_\w+ .*\(company_id=\?\)$/.test(detail)),
      ).toEqual([]);
    }
  });
});

describe("what the dashboards ask of the database", () => {
  type Statement = { toSQL(): { sql: string; params: unknown[] } };
  const planOf = async (statement: Statement) => {
    const { sql, params } = statement.toSQL();
    const { results } = await env.DB.prepare(`explain query plan ${sql}`)
      .bind(...params)
      .all<{ detail: string }>();
    return results.map(({ detail }) => detail).filter((step) => !step.startsWith("USE TEMP B-TREE"));
  };
  const plansOf = (statements: readonly Statement[]) => Promise.all(statements.map(planOf));
  const context = async () => (await systemContext(env, (await aCompany()).id, "test", () => {}))!;

  it.each(["status", "user"])(
    "analytics by %s reads days of roll-ups, never a transition",
    async (group_by) => {
      const ctx = await context();
      const query = AnalyticsQuery.parse({ group_by, entity_type: "order" });
      const byDay = (table: string) => [
        `SEARCH ${table} USING INDEX sqlite_autoindex_${table}_1 (company_id=? AND day>? AND day<?)`,
      ];
      expect(await plansOf(analyticsQueries(ctx, query, periodOf(query, ctx.now())))).toEqual([
        byDay("status_daily"),
        byDay("status_daily"),
        byDay("status_daily_actors"),
        byDay("status_daily_entities"),
        ["SEARCH status_workflows USING INDEX status_workflows_by_name (company_id=?)"],
      ]);
    },
  );

  it("reads not a row more when ten times as much has happened", async () => {
    const { agent, company } = await anOrderDesk();
    const ctx = (await systemContext(env, company.id, "test", () => {}))!;
    const query = AnalyticsQuery.parse({ group_by: "user" });
    const rowsRead = async () => {
      const statements = analyticsQueries(ctx, query, periodOf(query, ctx.now())).map(
        (statement: Statement) => {
          const { sql, params } = statement.toSQL();
          return env.DB.prepare(sql).bind(...params);
        },
      );
      return (await env.DB.batch(statements)).map(({ meta }) => meta.rows_read);
    };
    const orders = Array.from({ length: 30 }, () => ({ entity_id: uuidv7() }));
    const work = async (of: typeof orders) => {
      for (const order of of)
        for (const status of ["open", "waiting", "open"]) await move(agent, status, order);
    };
    await work(orders.slice(0, 3));
    const few = await rowsRead();
    await work(orders.slice(3));
    expect(await rowsRead()).toEqual(few);
    expect((await analytics(agent)).metrics).toMatchObject({
      total_transitions: 90,
      unique_entities_affected: 30,
    });
  });

  it.each([{}, { entity_types: "order,quote", severity: "critical" }])(
    "overdue items by %j are found by their deadlines",
    async (asked) => {
      const ctx = await context();
      const plans = await plansOf(overduePage(ctx, OverdueQuery.parse(asked), ctx.now()));
      for (const plan of plans)
        expect(plan).toEqual([
          "SEARCH status_entities USING INDEX status_entities_by_clock (company_id=? AND is_overdue=? AND sla_deadline<?)",
        ]);
    },
  );

  it("five hundred current statuses are each found by their own key, in one statement", async () => {
    const refs = Array.from({ length: 500 }, (_, entityId) => ({ entityType: "order", entityId }));
    const plan = await planOf(statusesQuery(await context(), refs));
    expect(plan).toContain(
      "SEARCH status_entities USING INDEX sqlite_autoindex_status_entities_1 (company_id=? AND entity_type=? AND entity_id=?)",
    );
    expect(plan.filter((step) => step.startsWith("SCAN status_entities"))).toEqual([]);
  });

  it("approvals are found by their status", async () => {
    const plans = await plansOf(approvalPage(await context(), ApprovalQuery.parse({ status: "pending" })));
    expect(plans[0]).toEqual([
      "SEARCH status_approvals USING INDEX status_approvals_by_status (company_id=? AND status=?)",
    ]);
  });
});
