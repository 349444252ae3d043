import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { conversations, leads } from "../../src/db/schema/conversations.ts";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { type LeadNews, upsertLead } from "../../src/modules/leads/upsert-lead.ts";
import { aContext, owed } from "../support/deliver.ts";
import { aCompany, aConversation, db } from "../support/factories.ts";

async function aTalk() {
  const company = await aCompany();
  const conversation = await aConversation(company.property);
  const ctx = await aContext(company.id);
  const about = { conversationId: conversation.id, propertyId: company.property.id, userId: null };
  return {
    company,
    conversation,
    tell: (news: Partial<LeadNews> = {}, parts = ctx) => upsertLead(parts, { ...about, ...news }),
    all: () => db.select().from(leads).where(eq(leads.companyId, company.id)),
    work: async () =>
      [...(await owed(company.id, "projections")), ...(await owed(company.id, "resman-sync"))].map(
        (row) => row.payload["kind"],
      ),
  };
}

describe("what a conversation tells of a person", () => {
  it("makes a lead of the first message, and marks the conversation with it", async () => {
    const { tell, conversation, work } = await aTalk();
    const lead = await tell();
    expect(lead).toMatchObject({
      conversationId: conversation.id,
      source: "chat",
      resmanSyncStatus: "waiting",
    });
    const [row] = await db.select().from(conversations).where(eq(conversations.id, conversation.id));
    expect(row!.leadId).toBe(lead.id);
    expect(await work()).toEqual(["lead_facts"]);
  });

  it("adds up: only what is newly said changes", async () => {
    const { tell, all } = await aTalk();
    await tell({ contact: { firstName: "Nora" }, bedrooms: 2, hasPets: true, petDetails: "a cat" });
    await tell({ contact: { lastName: "Field" }, priceRangeMax: 1900 });
    await tell({ bedrooms: 3 });
    expect(await all()).toMatchObject([
      {
        firstName: "Nora",
        lastName: "Field",
        bedrooms: 3,
        priceRangeMax: 1900,
        hasPets: true,
        petDetails: "a cat",
        version: 3,
      },
    ]);
  });

  it("takes back what is taken back", async () => {
    const { tell, all } = await aTalk();
    await tell({ priceRangeMax: 1900 });
    await tell({ priceRangeMax: null });
    expect((await all())[0]!.priceRangeMax).toBeNull();
  });

  it("told twice changes nothing and causes nothing", async () => {
    const { tell, all, work, company } = await aTalk();
    const news = {
      contact: { firstName: "Nora", lastName: "Field", email: "nora@example.test" },
      petDetails: { dogs: 1 },
    };
    await tell(news);
    await tell(news);
    expect((await all())[0]!.version).toBe(1);
    expect(await work()).toEqual(["lead_facts", "contact_of_lead", "lead"]);
    const trail = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.companyId, company.id), eq(auditLog.recordType, "lead")));
    expect(trail.map((row) => row.action)).toEqual(["create"]);
  });

  it("goes to ResMan once the person has a full name and can be reached, and with every change from then on", async () => {
    const { tell, work } = await aTalk();
    await tell({ contact: { firstName: "Nora" } });
    await tell({ contact: { email: "nora@example.test" } });
    expect(await work()).not.toContain("lead");
    expect((await tell({ contact: { lastName: "Field" } })).resmanSyncStatus).toBe("pending");
    await tell({ bedrooms: 1 });
    expect((await work()).filter((kind) => kind === "lead")).toHaveLength(2);
  });

  it("makes one lead of a conversation, also when two first messages come at once", async () => {
    const { tell, all } = await aTalk();
    const told = await Promise.all([
      tell({ contact: { firstName: "Nora" } }),
      tell({ bedrooms: 2 }),
      tell({ contact: { email: "nora@example.test" } }),
    ]);
    expect(new Set(told.map((lead) => lead.id)).size).toBe(1);
    expect(await all()).toMatchObject([{ firstName: "Nora", bedrooms: 2, email: "nora@example.test" }]);
  });

  it.each(["made", "known"])(
    "pushes a lead (%s) of whom name and address are told in the same moment",
    async (lead) => {
      const { tell, all, work } = await aTalk();
      if (lead === "known") await tell({ bedrooms: 2 });
      await Promise.all([
        tell({ contact: { firstName: "Nora", lastName: "Field" } }),
        tell({ contact: { email: "nora@example.test" } }),
      ]);
      expect(await all()).toMatchObject([
        { firstName: "Nora", lastName: "Field", email: "nora@example.test", resmanSyncStatus: "pending" },
      ]);
      expect((await work()).filter((kind) => kind === "lead")).toHaveLength(1);
    },
  );

  it("is not kept of somebody who has been forgotten", async () => {
    const { tell, all, work } = await aTalk();
    const { id } = await tell();
    await db.update(leads).set({ deletedAt: new Date() }).where(eq(leads.id, id));
    const before = [await all(), await work()];
    await tell({ contact: { email: "nora@example.test" }, bedrooms: 2 });
    expect([await all(), await work()]).toEqual(before);
  });

  it("commits the change and what must follow as one: a broken write leaves neither", async () => {
    const { tell, all, work, company } = await aTalk();
    const ctx = await aContext(company.id);
    const broken = new Proxy(ctx.db, {
      get: (target, name) =>
        name === "batch"
          ? () => Promise.reject(new Error("the connection broke"))
          : Reflect.get(target, name),
    });
    await expect(tell({ bedrooms: 2 }, { ...ctx, db: broken })).rejects.toThrow("the connection broke");
    expect(await all()).toEqual([]);
    expect(await work()).toEqual([]);
    await tell({ bedrooms: 2 });
    expect(await all()).toMatchObject([{ bedrooms: 2 }]);
  });
});
