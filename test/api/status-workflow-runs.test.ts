import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { leadWorkflowRuns } from "../../src/db/schema/automation.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import { statusOf } from "../../src/modules/status/status-of.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { as } from "../support/api.ts";
import { aChat } from "../support/chat.ts";
import { aContext, deliverAll, passWaits } from "../support/deliver.ts";
import { aCompany, aLead, db, aUnit, type TestCompany } from "../support/factories.ts";

const base = "/api/resman/status-workflows";

let company: TestCompany;

beforeEach(async () => {
  company = await aCompany();
});

const draft = (over: object = {}) => ({
  property_id: company.property.id,
  trigger_status: "new",
  target_status: "contacted",
  conditions: {},
  actions: [{ type: "create_task", config: { title: "Call {{lead_name}}" } }],
  ...over,
});

const create = (over: object = {}, account = company.admin) => as(account).post(base, draft(over));

/** Puts a lead at a status, as nobody in particular. */
async function at(lead: { id: string; propertyId: string }, toStatus: string) {
  const ctx = await aContext(company.id);
  const { propertyId } = lead;
  await changeStatus(ctx, { entityType: "lead", entityId: lead.id, toStatus, propertyId });
}

describe("a lead's status", () => {
  const move = (leadId: string, body: object) =>
    as(company.agent).put(`/api/resman/leads/${leadId}/status`, { updated_by: "resman_user", ...body });

  const told = (type: string) =>
    db
      .select()
      .from(leadNotifications)
      .where(eq(leadNotifications.companyId, company.id))
      .then((rows) => rows.filter((row) => row.notificationType === type));

  const settled = (check: () => Promise<void>) =>
    vi.waitFor(async () => {
      await passWaits(company.id);
      await deliverAll(company.id, "notifications");
      await check();
    });

  it("changed by hand says which actions that set off and how many are told", async () => {
    await create({
      trigger_status: "contacted",
      target_status: "contacted",
      actions: [
        {
          type: "send_notification",
          config: {
            recipients: [{ type: "all_managers" }, { type: "email", email: "desk@example.test" }],
            channels: ["in_app", "email"],
          },
        },
        { type: "create_task", config: { title: "Call" } },
      ],
    });
    const lead = await aLead(company.property);
    const { body } = await move(lead.id, { new_status: "contacted" });
    expect(body.data).toMatchObject({
      new_status: "contacted",
      // Three managers hear of the change, by notice and mail of the workflow, and of the task; the desk gets a mail.
      notifications_sent: 3 + (3 + 4) + 3,
      workflow_actions_triggered: ["send_notification", "create_task"],
    });
    await settled(async () => {
      expect(await told("status_changed")).toHaveLength(3);
      expect(await told("status_workflow")).toHaveLength(3);
      expect(await told("task_created")).toHaveLength(3);
    });
    const sent = await db.select().from(mails).where(eq(mails.companyId, company.id));
    expect(sent.map(({ toAddress }) => toAddress)).toContain("desk@example.test");
    expect(sent).toHaveLength(4);
  });

  it("changed quietly tells nobody, and the rest is done", async () => {
    await create({
      trigger_status: "contacted",
      target_status: "contacted",
      actions: [
        { type: "send_notification", config: { recipients: [{ type: "all_managers" }] } },
        draft().actions[0],
      ],
    });
    const lead = await aLead(company.property);
    const { body } = await move(lead.id, { new_status: "contacted", trigger_notifications: false });
    expect(body.data).toMatchObject({
      notifications_sent: 0,
      workflow_actions_triggered: ["create_task"],
    });
  });

  it("that is refused says what it asks for", async () => {
    const lead = await aLead(company.property, { email: null, phone: null });
    const missing = await move(lead.id, { new_status: "qualified" });
    expect(missing.status).toBe(422);
    expect(missing.body.error.details).toMatchObject({
      missing_fields: ["has_contact"],
      required_conditions: [
        { field: "has_name", met: true },
        { field: "has_contact", description: "an e-mail address or a phone number", met: false },
      ],
    });
    await move(lead.id, { new_status: "contacted" });
    const back = await move(lead.id, { new_status: "new" });
    expect(back.status).toBe(409);
    expect(back.body.error.details).toMatchObject({ current_status: "contacted", required_conditions: [] });
  });

  it("keeps what was said with it", async () => {
    const lead = await aLead(company.property);
    const first = { conversation_summary: "Wants a dog", extra: { a: [1] }, priority: "vip" };
    const second = { next_steps: "Call", key_insights: ["dog"], urgency_level: "high" };
    await move(lead.id, { new_status: "contacted", context_data: first });
    await move(lead.id, { new_status: "qualified", context_data: second });
    const { body } = await as(company.viewer).get(`/api/resman/leads/${lead.id}/status-history`);
    const told = body.data.status_changes.map((change: { context_data: object }) => change.context_data);
    expect(told).toEqual([second, first, {}]);
  });

  it("moved by a workflow says so in its history", async () => {
    await create({ name: "Quick" });
    const lead = await aLead(company.property);
    await at(lead, "new");
    await settled(async () => {
      await deliverAll(company.id, "projections");
      const { body } = await as(company.viewer).get(`/api/resman/leads/${lead.id}/status-history`);
      expect(body.data.status_changes[0]).toMatchObject({
        new_status: "contacted",
        status_reason: 'Workflow "Quick"',
        updated_by: "system",
      });
    });
  });
});

describe("a conversation", () => {
  it("sets a workflow off with the message that fulfils its conditions", async () => {
    await aUnit(company.property);
    const { visitor, conversationId } = await aChat(company);
    await create({
      trigger_status: "contacted",
      target_status: "contacted",
      conditions: { message_count: 5 },
      actions: [{ type: "create_task", config: { title: "Take over from the bot" } }],
    });
    const say = async (text: string) =>
      visitor.post(`/api/conversations/${conversationId}/messages`, { text, client_id: text });
    const runs = () => db.select().from(leadWorkflowRuns).where(eq(leadWorkflowRuns.companyId, company.id));
    const ctx = await aContext(company.id);
    const until = (check: () => Promise<void>) =>
      vi.waitFor(
        async () => {
          await passWaits(company.id);
          await deliverAll(company.id, "notifications");
          await deliverAll(company.id, "projections");
          await check();
        },
        { timeout: 12_000 },
      );
    await say("Hi, I look for a two bedroom");
    await until(async () => {
      const [lead] = await db.select().from(leads).where(eq(leads.conversationId, conversationId));
      expect((await statusOf(ctx, "lead", lead!.id))?.currentStatus).toBe("contacted");
    });
    expect(await runs()).toEqual([]);
    await say("Thank you!");
    await until(async () => expect(await runs()).toMatchObject([{ status: "done", cause: "message" }]));
  });
});
