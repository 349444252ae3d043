import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { conversations, leads } from "../../src/db/schema/conversations.ts";
import { leadFactsWork } from "../../src/modules/leads/lead-work.ts";
import { statusOf } from "../../src/modules/status/status-of.ts";
import { followLead } from "../../src/modules/conversations/follow-lead.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { leadEnteredWork } from "../../src/modules/status-workflows/enter-status.ts";
import { as } from "../support/api.ts";
import { aWorkedLead, breakTasks } from "../support/automation.ts";
import { deliverAll, owe, passWaits } from "../support/deliver.ts";
import { aConversation, aTour, db } from "../support/factories.ts";

const tell = { type: "send_notification", config: { recipients: [{ type: "all_managers" }] } };

const task = { type: "create_task", config: { title: "Call {{lead_name}}", notify: false } };

const points = (delta: number) => ({ type: "update_lead_score", config: { delta, reason: "wrote a lot" } });

const followUp = (config: object = {}) => ({
  type: "schedule_follow_up",
  config: { delay_minutes: 60, ...config },
});

describe("a workflow", () => {
  it("does its actions in order when a lead comes to its status, and then moves the lead on", async () => {
    const { workflow, move, settle, runs, steps, notices, tasks, followUps, moves, now } =
      await aWorkedLead();
    await workflow({ actions: [tell, task, points(15), followUp()] });
    await move("new");
    await settle();
    expect(await runs()).toMatchObject([{ status: "done", cause: "entered", move: "moved", detail: null }]);
    expect((await steps()).map(({ action, status }) => [action.type, status])).toEqual([
      ["send_notification", "done"],
      ["create_task", "done"],
      ["update_lead_score", "done"],
      ["schedule_follow_up", "done"],
    ]);
    expect(await notices("status_workflow")).toHaveLength(3);
    expect((await tasks()).map(({ question }) => question)).toEqual(["Call Robin Field"]);
    expect(await followUps()).toMatchObject([{ status: "cancelled" }]);
    expect((await now()).scoreExplanation).toContainEqual({ reason: "wrote a lot", points: 15 });
    expect(await moves()).toEqual(["new", "contacted*"]);
  });

  it("does everything once, however often its work is delivered and however many deliver it at once", async () => {
    const { company, lead, workflow, move, settle, steps, notices, tasks, mails, runs, now } =
      await aWorkedLead();
    const letter = {
      ...tell.config,
      recipients: [{ type: "email", email: "desk@example.test" }],
      channels: ["email"],
    };
    await workflow({
      targetStatus: "new",
      actions: [tell, { ...tell, config: letter }, task, points(15)],
    });
    const entered = await move("new");
    for (const again of ["once", "twice", "thrice"]) {
      const work = leadEnteredWork(lead.id, entered);
      await owe(company.id, { ...work, dedupeKey: again, key: `${work.key}:${again}` });
    }
    await Promise.all([
      settle(),
      deliverAll(company.id, "projections"),
      deliverAll(company.id, "projections"),
    ]);
    await settle();
    expect(await runs()).toHaveLength(1);
    expect((await steps()).every(({ status }) => status === "done")).toBe(true);
    expect(await notices("status_workflow")).toHaveLength(3);
    expect(await tasks()).toHaveLength(1);
    expect(await mails()).toMatchObject([{ toAddress: "desk@example.test", status: "kept" }]);
    expect((await now()).scoreExplanation?.filter(({ reason }) => reason === "wrote a lot")).toHaveLength(1);
  });

  it("runs again when the lead comes back to the status, and not while it stays", async () => {
    const { workflow, move, settle, runs, tasks, company, lead } = await aWorkedLead();
    await workflow({ triggerStatus: "contacted", targetStatus: "contacted", actions: [task] });
    await move("new");
    await move("contacted");
    await settle();
    await owe(company.id, leadFactsWork(lead.id, "news"));
    await settle();
    expect(await runs()).toHaveLength(1);
    await move("lost");
    await move("contacted");
    await settle();
    expect(await runs()).toHaveLength(2);
    expect(await tasks()).toHaveLength(2);
  });

  it("runs for a lead that went on at once", async () => {
    const { workflow, move, settle, runs, steps, tasks } = await aWorkedLead();
    await workflow({ triggerStatus: "new", targetStatus: "contacted", actions: [task, followUp()] });
    await move("new");
    await move("contacted");
    await move("qualified");
    await settle();
    expect(await tasks()).toHaveLength(1);
    expect((await steps())[1]).toMatchObject({ status: "skipped", detail: "the lead has left new" });
    expect(await runs()).toMatchObject([
      { status: "done", move: "refused", detail: "the lead has left new" },
    ]);
  });

  it("that is off, archived, of another property or for another status does nothing", async () => {
    const { workflow, move, settle, runs, company } = await aWorkedLead();
    await workflow({ isActive: false });
    await workflow({ deletedAt: new Date() });
    await workflow({ propertyId: company.otherProperty.id });
    await workflow({ triggerStatus: "qualified", targetStatus: "lost" });
    await move("new");
    await settle();
    expect(await runs()).toEqual([]);
  });

  it("tells nobody of a change that was to be told to nobody, nor further down the chain", async () => {
    const { workflow, move, settle, notices, steps, moves } = await aWorkedLead();
    await workflow({ triggerStatus: "new", targetStatus: "contacted", actions: [tell] });
    await workflow({ triggerStatus: "contacted", targetStatus: "contacted", actions: [tell, task] });
    await move("new", { metadata: { trigger_notifications: false } });
    await settle();
    expect(await moves()).toEqual(["new", "contacted*"]);
    expect((await steps()).map(({ status }) => status)).toEqual(["skipped", "skipped", "done"]);
    expect(await notices("status_workflow")).toEqual([]);
  });
});

describe("an action that fails", () => {
  it("is tried again without repeating those before it, and holds up no other workflow", async () => {
    const { company, workflow, move, settle, runs, steps, tasks, notices, moves } = await aWorkedLead();
    const mend = await breakTasks(company.id);
    await workflow({ name: "broken", actions: [tell, task, points(5)] });
    await workflow({ name: "sound", targetStatus: "new", actions: [tell] });
    await move("new");
    const failures = async () =>
      (await steps()).find(({ action }) => action.type === "create_task")?.failures ?? 0;
    await vi.waitFor(async () => {
      await passWaits(company.id);
      await deliverAll(company.id, "notifications");
      await deliverAll(company.id, "projections");
      expect(await failures()).toBeGreaterThanOrEqual(3);
    });
    expect((await runs()).map(({ workflowName, status }) => [workflowName, status])).toEqual([
      ["broken", "running"],
      ["sound", "done"],
    ]);
    expect((await steps()).filter(({ runId }) => runId).map(({ status }) => status)).toEqual(
      expect.arrayContaining(["done", "failed", "waiting"]),
    );
    expect((await steps()).find(({ status }) => status === "failed")!.detail).toBe("failed on our side");
    expect(await moves()).toEqual(["new"]);
    await mend();
    await settle();
    expect((await runs()).map(({ status }) => status)).toEqual(["done", "done"]);
    expect(await tasks()).toHaveLength(1);
    expect(await notices("status_workflow")).toHaveLength(6);
    expect(await moves()).toEqual(["new", "contacted*"]);
  });

  it("too often is given up, is told to the managers, and goes on where it stood when somebody retries", async () => {
    const { company, lead, workflow, move, settle, runs, tasks, notices } = await aWorkedLead();
    const mend = await breakTasks(company.id);
    const { id } = await workflow({ actions: [tell, task] });
    await move("new");
    await vi.waitFor(
      async () => {
        await passWaits(company.id);
        await deliverAll(company.id, "notifications");
        await deliverAll(company.id, "projections");
        expect(await runs()).toMatchObject([{ status: "failed" }]);
        expect(await notices("workflow_failed")).toHaveLength(3);
      },
      { timeout: 15_000 },
    );
    await mend();
    const path = `/api/resman/status-workflows/${id}/runs`;
    const { body } = await as(company.admin).get(`${path}?status=failed&lead_id=${lead.id}`);
    expect(body.data[0].actions).toMatchObject([{ status: "done" }, { status: "failed", failures: 8 }]);
    const retry = () => as(company.admin).post(`${path}/${body.data[0].id}/retry`);
    const retried = await Promise.all([retry(), retry()]);
    expect(retried.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(retried.find(({ status }) => status === 200)!.body.data.status).toBe("running");
    await settle();
    expect(await runs()).toMatchObject([{ status: "done", move: "moved" }]);
    expect(await tasks()).toHaveLength(1);
    expect(await notices("status_workflow")).toHaveLength(3);
    expect((await retry()).status).toBe(409);
  });
});

describe("a move", () => {
  it("that the lead's rules refuse is written down and not tried again", async () => {
    const { workflow, move, settle, runs, moves } = await aWorkedLead();
    await workflow({ triggerStatus: "new", targetStatus: "leased" });
    await workflow({ triggerStatus: "new", targetStatus: "tour_scheduled" });
    await move("new");
    await settle();
    expect(await runs()).toMatchObject([
      { status: "done", move: "refused", detail: "leased requires has_application" },
      { status: "done", move: "refused", detail: "tour_scheduled requires has_live_tour" },
    ]);
    expect(await moves()).toEqual(["new"]);
  });

  it("is made as soon as the lead's facts allow it", async () => {
    const { workflow, move, settle, moves, company, lead } = await aWorkedLead();
    await aTour(company.property, { leadId: lead.id });
    await workflow({ triggerStatus: "contacted", targetStatus: "tour_scheduled" });
    await move("new");
    await move("contacted");
    await settle();
    expect(await moves()).toEqual(["new", "contacted", "tour_scheduled*"]);
  });

  it("stops after eight in a row where workflows go round in circles, and people are told once", async () => {
    const { workflow, move, settle, runs, moves, notices } = await aWorkedLead();
    await workflow({ name: "away", triggerStatus: "contacted", targetStatus: "lost", actions: [points(1)] });
    await workflow({ name: "back", triggerStatus: "lost", targetStatus: "contacted", actions: [points(1)] });
    await move("new");
    await move("contacted");
    await settle();
    const way = ["lost*", "contacted*"];
    expect(await moves()).toEqual(["new", "contacted", ...way, ...way, ...way, ...way]);
    expect((await runs()).map(({ status }) => status)).toEqual([...Array<string>(8).fill("done"), "stopped"]);
    expect(await notices("workflow_stopped")).toHaveLength(3);
    await settle();
    expect(await moves()).toHaveLength(10);
  });

  it("by a person begins a new chain", async () => {
    const { workflow, move, settle, moves } = await aWorkedLead();
    await workflow({ triggerStatus: "contacted", targetStatus: "lost" });
    await workflow({ triggerStatus: "lost", targetStatus: "contacted" });
    await move("new");
    await move("contacted");
    await settle();
    await move("lost");
    await settle();
    expect(await moves()).toHaveLength(2 + 8 + 1 + 8);
  });
});

describe("a task", () => {
  it("whose title stands for nothing names the lead and the status, and people are told of it", async () => {
    const { workflow, move, settle, tasks, notices } = await aWorkedLead();
    const empty = { type: "create_task", config: { title: "{{assigned_to}} {{status_reason}}" } };
    await workflow({ targetStatus: "new", actions: [empty] });
    await move("new", { reason: null });
    await settle();
    expect(await tasks()).toMatchObject([{ question: "Robin Field: New" }]);
    expect((await notices("task_created")).map(({ body }) => body)).toEqual(
      Array(3).fill("Robin Field: New"),
    );
  });
});

describe("a lead's conversation", () => {
  it("ends with a lead that is lost and goes on with one that is back; who waits for a person goes on waiting", async () => {
    const { company, lead, ctx, move, settle } = await aWorkedLead();
    const conversation = await aConversation(company.property, { leadId: lead.id });
    await db.update(leads).set({ conversationId: conversation.id }).where(eq(leads.id, lead.id));
    const talk = { entityType: "conversation", entityId: conversation.id };
    const status = async () => (await statusOf(ctx, "conversation", conversation.id))?.currentStatus;
    const endTime = async () =>
      (await db.select().from(conversations).where(eq(conversations.id, conversation.id)))[0]!.endTime;
    await changeStatus(ctx, { ...talk, toStatus: "active" });
    await move("new");
    await move("lost");
    await settle();
    expect([await status(), await endTime()]).toEqual(["closed", expect.any(Date)]);
    await move("contacted");
    await settle();
    expect([await status(), await endTime()]).toEqual(["active", null]);
    await changeStatus(ctx, { ...talk, toStatus: "waiting_for_agent" });
    await move("lost");
    await settle();
    expect(await status()).toBe("waiting_for_agent");
  });

  it("is ended whole by the second try when the database failed between its two writes", async () => {
    const { company, lead, ctx } = await aWorkedLead();
    const conversation = await aConversation(company.property, { leadId: lead.id });
    await db.update(leads).set({ conversationId: conversation.id }).where(eq(leads.id, lead.id));
    await changeStatus(ctx, { entityType: "conversation", entityId: conversation.id, toStatus: "active" });
    const trigger = `refuse_${conversation.id.replaceAll("-", "")}`;
    await env.DB.prepare(
      `create trigger ${trigger} before update of end_time on conversations when new.id = '${conversation.id}'
       begin select raise(abort, 'database is away'); end`,
    ).run();
    await expect(followLead(ctx, lead.id, "lost", "new")).rejects.toThrow();
    await env.DB.prepare(`drop trigger ${trigger}`).run();
    const endTime = async () =>
      (await db.select().from(conversations).where(eq(conversations.id, conversation.id)))[0]!.endTime;
    expect(await endTime()).toBeNull();
    await followLead(ctx, lead.id, "lost", "new");
    const ended = await endTime();
    expect(ended).toBeInstanceOf(Date);
    await followLead(ctx, lead.id, "lost", "new");
    expect(await endTime()).toEqual(ended);
  });
});
