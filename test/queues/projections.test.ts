import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { conversations, leads } from "../../src/db/schema/conversations.ts";
import { statusTransitions } from "../../src/db/schema/status.ts";
import { tours } from "../../src/db/schema/tours.ts";
import { leadFactsWork } from "../../src/modules/leads/lead-work.ts";
import { type LeadNews, upsertLead } from "../../src/modules/leads/upsert-lead.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { statusOf } from "../../src/modules/status/status-of.ts";
import { aContext, deliver, deliverAll, owe, owed, passWaits } from "../support/deliver.ts";
import { aCompany, aConversation, aLead, aMessage, aTour, db } from "../support/factories.ts";

/** A conversation in which the visitor has written; `reply` is what came back. */
async function aConversationWithNews() {
  const company = await aCompany();
  const conversation = await aConversation(company.property);
  await aMessage(conversation, { seq: 1, role: "bot", text: "Hi" });
  await aMessage(conversation, { seq: 2, role: "visitor" });
  const ctx = await aContext(company.id);
  return {
    company,
    ctx,
    news: (more: Partial<LeadNews> = {}) =>
      upsertLead(ctx, {
        conversationId: conversation.id,
        propertyId: company.property.id,
        userId: null,
        ...more,
      }),
    reply: (over: object = {}) => aMessage(conversation, { seq: 3, role: "bot", text: "Yes, two", ...over }),
    draw: async () => {
      await passWaits(company.id);
      await deliverAll(company.id, "projections");
    },
    leadNow: async () => (await db.select().from(leads).where(eq(leads.conversationId, conversation.id)))[0]!,
    conversationNow: async () =>
      (await db.select().from(conversations).where(eq(conversations.id, conversation.id)))[0]!,
    statusNow: async (id: string) => (await statusOf(ctx, "lead", id))?.currentStatus ?? null,
    pastOf: async (id: string) =>
      (await db.select().from(statusTransitions).where(eq(statusTransitions.entityId, id))).map(
        (row) => row.toStatus,
      ),
  };
}

const contact = { firstName: "Nora", lastName: "Field", email: "nora@example.test" };

describe("a lead's status", () => {
  it("is new from the first message, contacted once it was answered, qualified once it can be reached", async () => {
    const { news, reply, draw, statusNow, pastOf } = await aConversationWithNews();
    const lead = await news();
    await draw();
    expect(await statusNow(lead.id)).toBe("new");
    await reply();
    await draw();
    expect(await statusNow(lead.id)).toBe("contacted");
    await news({ contact });
    await draw();
    expect(await statusNow(lead.id)).toBe("qualified");
    expect(await pastOf(lead.id)).toEqual(["new", "contacted", "qualified"]);
  });

  it("is looked at again until the bot's answer is there", async () => {
    const { news, reply, company, statusNow } = await aConversationWithNews();
    const lead = await news();
    const work = leadFactsWork(lead.id, "any");
    expect(await deliver(company.id, work)).toBe("retried");
    await reply();
    await passWaits(company.id);
    expect(await deliver(company.id, work)).toBe("acked");
    expect(await statusNow(lead.id)).toBe("contacted");
  });

  it("stays new when all that came back was a call for a person", async () => {
    const { news, reply, draw, statusNow } = await aConversationWithNews();
    const lead = await news();
    await reply({ payload: { kind: "handoff" } });
    await draw();
    expect(await statusNow(lead.id)).toBe("new");
  });

  it("takes every step once, however often the facts are told", async () => {
    const { news, reply, draw, pastOf, company } = await aConversationWithNews();
    const lead = await news({ contact });
    await reply();
    for (const because of ["again", "and again"]) {
      await owe(company.id, leadFactsWork(lead.id, because));
      await draw();
    }
    expect(await pastOf(lead.id)).toEqual(["new", "contacted", "qualified"]);
  });

  it("is not moved once people have taken it further or lost it", async () => {
    const { news, reply, draw, statusNow, ctx } = await aConversationWithNews();
    const lead = await news();
    await reply();
    await draw();
    await changeStatus(ctx, { entityType: "lead", entityId: lead.id, toStatus: "lost", reason: "Spam" });
    await news({ contact });
    await draw();
    expect(await statusNow(lead.id)).toBe("lost");
  });

  it("can be qualified again after the lead came back", async () => {
    const { news, reply, draw, statusNow, ctx, company } = await aConversationWithNews();
    const lead = await news({ contact });
    await reply();
    await draw();
    await changeStatus(ctx, { entityType: "lead", entityId: lead.id, toStatus: "lost", reason: "Silent" });
    await changeStatus(ctx, { entityType: "lead", entityId: lead.id, toStatus: "contacted" });
    await owe(company.id, leadFactsWork(lead.id, "back"));
    await draw();
    expect(await statusNow(lead.id)).toBe("qualified");
  });
});

describe("a lead's score", () => {
  it("follows what is known, and stands on lead and conversation with its explanation", async () => {
    const { news, reply, draw, leadNow, conversationNow } = await aConversationWithNews();
    await news({ contact, bedrooms: 2 });
    await reply();
    await draw();
    expect(await leadNow()).toMatchObject({
      leadScore: 25,
      scoreExplanation: [
        { reason: "gave a full name", points: 10 },
        { reason: "gave an e-mail address", points: 10 },
        { reason: "named a number of bedrooms", points: 5 },
      ],
    });
    expect((await conversationNow()).leadScore).toBe(25);
  });

  it("counts a tour ahead, and no longer when it is called off", async () => {
    const company = await aCompany();
    const lead = await aLead(company.property);
    const tour = await aTour(company.property, { leadId: lead.id, status: "cancelled" });
    const score = async (status: "scheduled" | "cancelled") => {
      await db.update(tours).set({ status }).where(eq(tours.id, tour.id));
      await owe(company.id, leadFactsWork(lead.id, status));
      await deliverAll(company.id, "projections");
      return (await db.select().from(leads).where(eq(leads.id, lead.id)))[0]!.leadScore;
    };
    expect(await score("scheduled")).toBe(55);
    expect(await score("cancelled")).toBe(30);
  });

  it("does not make the record another version", async () => {
    const { news, reply, draw, leadNow } = await aConversationWithNews();
    const { version } = await news({ contact });
    await reply();
    await draw();
    expect((await leadNow()).version).toBe(version);
  });
});

describe("work of unknown shape", () => {
  it("is set aside", async () => {
    const company = await aCompany();
    const work = { topic: "projections" as const, key: "x", payload: { kind: "weather" }, dedupeKey: "x" };
    await owe(company.id, work);
    await deliver(company.id, work);
    expect(await owed(company.id, "projections")).toMatchObject([{ status: "parked", attempts: 1 }]);
  });
});
