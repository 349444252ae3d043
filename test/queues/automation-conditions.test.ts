import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { conversations, leads } from "../../src/db/schema/conversations.ts";
import { leadFactsWork } from "../../src/modules/leads/lead-work.ts";
import { statusOf } from "../../src/modules/status/status-of.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { aWorkedLead } from "../support/automation.ts";
import { aContext, owe } from "../support/deliver.ts";
import { aConversation, aLead, aProperty, db } from "../support/factories.ts";

const task = { type: "create_task", config: { title: "Call {{lead_name}}", notify: false } };

const points = (delta: number) => ({ type: "update_lead_score", config: { delta, reason: "wrote a lot" } });

describe("conditions", () => {
  async function aTalkingLead(conditions: object) {
    const worked = await aWorkedLead();
    const { company, lead } = worked;
    const conversation = await aConversation(company.property, { leadId: lead.id, startTime: new Date(0) });
    await db.update(leads).set({ conversationId: conversation.id }).where(eq(leads.id, lead.id));
    await worked.workflow({ conditions, actions: [task] });
    await worked.move("new");
    await worked.settle();
    let said = 0;
    const says = async (projected: Partial<typeof conversations.$inferInsert>) => {
      await db.update(conversations).set(projected).where(eq(conversations.id, conversation.id));
      await owe(company.id, {
        topic: "projections",
        key: `workflows:${lead.id}`,
        payload: { kind: "lead_said", lead_id: lead.id },
        dedupeKey: `said ${(said += 1)}`,
      });
      await worked.settle();
    };
    return { ...worked, says };
  }

  it("that do not hold yet are looked at again with each message, and let the workflow run once", async () => {
    const { says, runs, moves } = await aTalkingLead({ message_count: 4, conversation_duration: 2 });
    await says({ messageCount: 3, lastMessageAt: new Date(180_000) });
    await says({ messageCount: 4, lastMessageAt: new Date(100_000) });
    expect(await runs()).toEqual([]);
    await says({ messageCount: 4, lastMessageAt: new Date(120_000) });
    expect(await runs()).toMatchObject([{ cause: "message", status: "done", move: "moved" }]);
    await says({ messageCount: 9, lastMessageAt: new Date(900_000) });
    expect(await runs()).toHaveLength(1);
    expect(await moves()).toEqual(["new", "contacted*"]);
  });

  it("of the score hold as soon as the score is drawn, points of other workflows included", async () => {
    const { company, lead, workflow, runs, settle, move, now } = await aWorkedLead();
    const there = { triggerStatus: "qualified", targetStatus: "qualified" };
    await workflow({ ...there, name: "for hot leads", conditions: { lead_score: 50 }, actions: [task] });
    await workflow({ ...there, name: "gives points", actions: [points(20)] });
    await move("new");
    await owe(company.id, leadFactsWork(lead.id, "a name and a phone number"));
    await settle();
    expect(await now()).toMatchObject({ leadScore: 50 });
    expect((await runs()).map(({ workflowName }) => workflowName)).toEqual(["gives points", "for hot leads"]);
  });
});

describe("time_of_day", () => {
  // Nine in the morning is an hour earlier by the sun from March to November, and at another moment in each zone.
  it.each([
    ["America/Chicago", "2027-03-13T14:30:00Z", false],
    ["America/Chicago", "2027-03-14T14:30:00Z", true],
    ["America/Chicago", "2026-11-01T14:30:00Z", false],
    ["America/Chicago", "2026-11-01T15:30:00Z", true],
    ["America/New_York", "2027-03-13T13:30:00Z", false],
    ["America/New_York", "2027-03-14T13:30:00Z", true],
    ["America/New_York", "2026-11-01T13:30:00Z", false],
    ["America/New_York", "2026-11-01T14:30:00Z", true],
  ])("of a property in %s at %s is read by the property's clock: %s", async (timeZone, now, expected) => {
    const { company, workflow, settle } = await aWorkedLead({ now });
    const property = await aProperty(company.company, { timeZone });
    const there = await aLead(property);
    await workflow({ propertyId: property.id, conditions: { time_of_day: "09:00-18:00" } });
    await workflow({
      propertyId: property.id,
      targetStatus: "lost",
      conditions: { time_of_day: expected ? "after_hours" : "business_hours" },
    });
    const ctx = await aContext(company.id);
    await changeStatus(ctx, {
      entityType: "lead",
      entityId: there.id,
      toStatus: "new",
      propertyId: property.id,
    });
    await settle();
    expect((await statusOf(ctx, "lead", there.id))?.currentStatus).toBe(expected ? "contacted" : "new");
  });
});

describe("points", () => {
  it("stay however often the score is drawn again, and are explained", async () => {
    const { company, lead, workflow, move, settle, now } = await aWorkedLead();
    await workflow({ targetStatus: "new", actions: [points(-20)] });
    await move("new");
    await settle();
    expect(await now()).toMatchObject({ leadScore: 10 });
    await owe(company.id, leadFactsWork(lead.id, "again"));
    await settle();
    const { leadScore, scoreExplanation } = await now();
    expect(leadScore).toBe(10);
    expect(scoreExplanation?.at(-1)).toEqual({ reason: "wrote a lot", points: -20 });
  });
});
