import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { companies } from "../../src/db/schema/companies.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { propertyAssignments } from "../../src/db/schema/properties.ts";
import { outbox } from "../../src/db/schema/outgoing.ts";
import { sweepFollowUps } from "../../src/modules/status-workflows/sweep-follow-ups.ts";
import { anonymous, as } from "../support/api.ts";
import { aWorkedLead } from "../support/automation.ts";
import { deliver, deliverAll } from "../support/deliver.ts";
import { aCompany, db, type TestCompany } from "../support/factories.ts";

const followUp = (config: object) => ({
  type: "schedule_follow_up",
  config: { delay_minutes: 60, ...config },
});

describe("a follow-up", () => {
  const at = "2026-11-20T16:00:00Z";

  async function aRemindedLead(config: object | ((company: TestCompany) => object) = {}) {
    const worked = await aWorkedLead({ now: at });
    const { company } = worked;
    const own = typeof config === "function" ? config(company) : config;
    await worked.workflow({ targetStatus: "new", actions: [followUp(own)] });
    await worked.move("new");
    await worked.settle();
    return {
      ...worked,
      /** The company's clock jumps, and the minute's sweep comes by. */
      later: async (minutes: number) => {
        const clockOffsetMs = Date.parse(at) + minutes * 60_000 - Date.now();
        await db.update(companies).set({ clockOffsetMs }).where(eq(companies.id, company.id));
        await sweepFollowUps(env, Date.now(), { waitUntil: () => {} });
        await deliverAll(company.id, "projections");
      },
      rung: () =>
        db
          .select()
          .from(outbox)
          .where(and(eq(outbox.companyId, company.id), eq(outbox.topic, "projections"))),
    };
  }

  it("becomes a task and a notice when it is due by the company's clock, once", async () => {
    const { later, settle, followUps, tasks, notices, company } = await aRemindedLead({
      assign_to: "primary_manager",
      title: "Call {{lead_name}} again",
    });
    const [row] = await followUps();
    expect(row).toMatchObject({ status: "scheduled", title: "Call Robin Field again" });
    expect(Math.abs(row!.dueAt.getTime() - (Date.parse(at) + 3_600_000))).toBeLessThan(60_000);
    await later(58);
    await settle();
    expect(await tasks()).toEqual([]);
    for (const minutes of [62, 63, 64]) await later(minutes);
    await deliver(company.id, { topic: "projections", key: `follow_up:${row!.id}` });
    await settle();
    expect(await followUps()).toMatchObject([{ status: "fired" }]);
    expect(await tasks()).toMatchObject([
      { id: row!.id, question: "Call Robin Field again", status: "pending" },
    ]);
    expect(await notices("follow_up_due")).toHaveLength(3);
  });

  it("is rung to the second by the sweep before it, not minutes later", async () => {
    const { later, rung, followUps } = await aRemindedLead();
    const [row] = await followUps();
    await later(59);
    const ring = (await rung()).find(({ key }) => key === `follow_up:${row!.id}`)!;
    const [{ clockOffsetMs }] = (await db
      .select({ clockOffsetMs: companies.clockOffsetMs })
      .from(companies)
      .where(eq(companies.id, row!.companyId))) as [{ clockOffsetMs: number }];
    expect(Math.abs(ring.nextAttemptAt.getTime() - (row!.dueAt.getTime() - clockOffsetMs))).toBeLessThan(
      1500,
    );
  });

  it("comes by itself within seconds when its time is near", async () => {
    const { company, later, followUps, tasks } = await aRemindedLead();
    const [row] = await followUps();
    const clockOffsetMs = row!.dueAt.getTime() - Date.now() - 2000;
    await later(0);
    await db.update(companies).set({ clockOffsetMs }).where(eq(companies.id, company.id));
    await sweepFollowUps(env, Date.now(), { waitUntil: () => {} });
    await vi.waitFor(async () => expect(await tasks()).toHaveLength(1), { timeout: 12_000, interval: 100 });
  });

  it("comes within seconds of a jump of the company's clock beyond its time", async () => {
    const { company, tasks, notices } = await aRemindedLead();
    const now = "2026-11-20T17:10:00Z";
    expect((await anonymous().post("/api/test/clock", { company_id: company.id, now })).status).toBe(200);
    await vi.waitFor(
      async () => {
        expect(await tasks()).toHaveLength(1);
        expect(await notices("follow_up_due")).toHaveLength(3);
      },
      { timeout: 12_000, interval: 100 },
    );
  });

  it("is cancelled when the lead leaves the status, even where nobody has noticed yet", async () => {
    const { move, settle, followUps, later, tasks } = await aRemindedLead();
    await move("contacted");
    await settle();
    expect(await followUps()).toMatchObject([{ status: "cancelled" }]);
    await later(90);
    expect(await tasks()).toEqual([]);

    const unnoticed = await aRemindedLead();
    await unnoticed.move("contacted");
    await unnoticed.later(90);
    await unnoticed.settle();
    expect(await unnoticed.followUps()).toMatchObject([{ status: "cancelled" }]);
    expect(await unnoticed.tasks()).toEqual([]);
  });

  it("is cancelled when its lead was archived meanwhile", async () => {
    const { lead, later, settle, followUps, tasks, notices } = await aRemindedLead();
    await db.update(leads).set({ deletedAt: new Date() }).where(eq(leads.id, lead.id));
    await later(90);
    await settle();
    expect(await followUps()).toMatchObject([{ status: "cancelled" }]);
    expect(await tasks()).toEqual([]);
    expect(await notices("follow_up_due")).toEqual([]);
  });

  it("is for whoever has the lead when it is due", async () => {
    const { company, lead, later, settle, followUps, tasks, notices } = await aRemindedLead();
    expect((await followUps())[0]!.assignedTo).toBeNull();
    const { managerId: assignedTo } = company.agent;
    await db.update(leads).set({ assignedTo }).where(eq(leads.id, lead.id));
    await later(90);
    await settle();
    expect(await followUps()).toMatchObject([{ status: "fired", assignedTo }]);
    expect(await tasks()).toMatchObject([{ assignedTo }]);
    expect(await notices("follow_up_due")).toMatchObject([{ propertyManagerId: assignedTo }]);
  });

  it("of somebody who has left the property since reaches those who are there", async () => {
    const { company, later, settle, followUps, tasks, notices } = await aRemindedLead(({ agent }) => ({
      assign_to: agent.managerId,
    }));
    const { managerId } = company.agent;
    expect((await followUps())[0]!.assignedTo).toBe(managerId);
    await db.delete(propertyAssignments).where(eq(propertyAssignments.managerId, managerId));
    await later(90);
    await settle();
    expect(await tasks()).toMatchObject([{ assignedTo: null }]);
    const told = (await notices("follow_up_due")).map((notice) => notice.propertyManagerId);
    expect(new Set(told)).toEqual(new Set([company.manager.managerId, company.viewer.managerId]));
  });

  it("is seen beforehand by those who see the lead, with what became of it", async () => {
    const { company, lead, later, settle } = await aRemindedLead();
    const path = `/api/resman/leads/${lead.id}/follow-ups`;
    const { body } = await as(company.viewer).get(`${path}?status=scheduled`);
    expect(body.meta.pagination.total).toBe(1);
    expect(body.data).toMatchObject([
      { lead_id: lead.id, title: "Follow up with Robin Field", status: "scheduled", task_id: null },
    ]);
    expect((await as(company.viewer).get(`${path}?status=fired`)).body.data).toEqual([]);
    await later(90);
    await settle();
    const { body: fired } = await as(company.agent).get(path);
    expect(fired.data).toMatchObject([
      { status: "fired", task_id: body.data[0].id, fired_at: expect.any(String) },
    ]);
    const stranger = await aCompany();
    expect((await as(stranger.admin).get(path)).status).toBe(404);
  });

  it("counts its delay in office hours where that is wanted", async () => {
    const { followUps } = await aRemindedLead({ delay_minutes: 9 * 60, business_hours: true });
    const [row] = await followUps();
    // Ten in Chicago: eight hours are left of the day, and the ninth is the first of the next.
    expect(Math.abs(row!.dueAt.getTime() - Date.parse("2026-11-21T16:00:00Z"))).toBeLessThan(60_000);
  });
});
