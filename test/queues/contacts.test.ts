import { env } from "cloudflare:workers";
import { and, eq, isNull } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { contacts } from "../../src/db/schema/contacts.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { users } from "../../src/db/schema/users.ts";
import { linkContact } from "../../src/modules/contacts/link-contact.ts";
import { updateLead } from "../../src/modules/leads/update-lead.ts";
import { upsertLead } from "../../src/modules/leads/upsert-lead.ts";
import { as } from "../support/api.ts";
import { aContact } from "../support/contacts.ts";
import { aContext, deliver, deliverAll, owed, passWaits } from "../support/deliver.ts";
import { aCompany, aConversation, aLead, aUser, db } from "../support/factories.ts";

async function aDesk() {
  const company = await aCompany();
  const ctx = await aContext(company.id);
  return {
    company,
    ctx,
    property: company.property,
    people: () =>
      db
        .select()
        .from(contacts)
        .where(and(eq(contacts.companyId, company.id), isNull(contacts.deletedAt)))
        .orderBy(contacts.id),
    lead: async (id: string) => (await db.select().from(leads).where(eq(leads.id, id)))[0]!,
    contact: async (id: string) => (await db.select().from(contacts).where(eq(contacts.id, id)))[0]!,
  };
}

const values = (list: { value: string }[]) => list.map(({ value }) => value);

describe("a lead that tells how to reach its person", () => {
  it("gets a contact, and so does its visitor; told again nothing changes", async () => {
    const { company, ctx, property, people, lead: leadNow } = await aDesk();
    const user = await aUser({ companyId: company.id });
    const lead = await aLead(property, {
      email: "Robin@Mail.Test",
      phone: "(312) 555-0123",
      userId: user.id,
    });
    const contactId = await linkContact(ctx, lead.id);
    const made = await people();
    expect(made).toMatchObject([
      {
        id: contactId,
        displayName: "Robin Field",
        relationshipStatus: "prospect",
        lifecycleStage: "awareness",
        source: "chatbot",
      },
    ]);
    expect(values([...made[0]!.emails, ...made[0]!.phones])).toEqual(["robin@mail.test", "+13125550123"]);
    expect(await leadNow(lead.id)).toEqual({ ...lead, contactId });
    const [visitor] = await db.select().from(users).where(eq(users.id, user.id));
    expect(visitor!.contactId).toBe(contactId);
    expect(await linkContact(ctx, lead.id)).toBe(contactId);
    expect(await people()).toEqual(made);
  });

  it("has none while nobody can be reached", async () => {
    const { ctx, property, people } = await aDesk();
    const lead = await aLead(property, { email: null, phone: null });
    const odd = await aLead(property, { email: "not an address", phone: "12" });
    expect([await linkContact(ctx, lead.id), await linkContact(ctx, odd.id)]).toEqual([null, null]);
    expect(await people()).toEqual([]);
  });

  it("shares the contact with other leads of the person, at whichever property", async () => {
    const { company, ctx, property, people } = await aDesk();
    const first = await aLead(property, { email: "robin@mail.test", phone: null });
    const second = await aLead(company.otherProperty, {
      email: "ROBIN@mail.test",
      phone: "+13125550124",
      lastName: null,
    });
    const third = await aLead(property, { email: null, phone: "312-555-0124" });
    const ids = [];
    for (const { id } of [first, second, third]) ids.push(await linkContact(ctx, id));
    expect(new Set(ids).size).toBe(1);
    const [contact, ...others] = await people();
    expect(others).toEqual([]);
    expect(values([...contact!.emails, ...contact!.phones])).toEqual(["robin@mail.test", "+13125550124"]);
  });

  it("adds to a contact what it did not know and overwrites nothing", async () => {
    const { company, ctx, property, contact: contactNow } = await aDesk();
    const contact = await aContact(company, {
      firstName: "Robert",
      lastName: null,
      emails: [
        { value: "robin@mail.test", label: "home", isPrimary: true, consent: "denied", consentAt: null },
      ],
    });
    const lead = await aLead(property, { email: "robin@mail.test", phone: "+13125550125" });
    expect(await linkContact(ctx, lead.id)).toBe(contact.id);
    expect(await contactNow(contact.id)).toMatchObject({
      firstName: "Robert",
      lastName: "Field",
      displayName: "Robert Field",
      emails: contact.emails,
      phones: [{ value: "+13125550125", consent: "unknown" }],
    });
    const found = await as(company.viewer).get("/api/contacts/search?q=3125550125");
    expect(found.body.total).toBe(1);
  });

  it("makes no person of one's first name and another's last name", async () => {
    const { company, ctx, property, contact: contactNow } = await aDesk();
    const smith = await aContact(company, { firstName: null, lastName: "Smith", emails: ["home@mail.test"] });
    const lead = await aLead(property, { firstName: "Bob", lastName: "Jones", email: "home@mail.test" });
    expect(await linkContact(ctx, lead.id)).toBe(smith.id);
    expect(await contactNow(smith.id)).toMatchObject({ firstName: null, displayName: "Smith" });
    const other = await aLead(property, { firstName: "Sue", lastName: "SMITH", email: "home@mail.test" });
    expect(await linkContact(ctx, other.id)).toBe(smith.id);
    expect((await contactNow(smith.id)).displayName).toBe("Sue Smith");
  });

  it("is another person's where two of address, number and last name differ", async () => {
    const { company, ctx, property, people } = await aDesk();
    const ann = await aContact(company, {
      lastName: "Smith",
      emails: ["ann@mail.test"],
      phones: ["+13125550126"],
    });
    const bob = await aLead(property, { lastName: "Jones", email: "bob@mail.test", phone: "+13125550126" });
    const bobs = await linkContact(ctx, bob.id);
    expect(bobs).not.toBe(ann.id);
    expect(await people()).toHaveLength(2);
    const again = await aLead(property, { lastName: "Jones", email: null, phone: "+13125550126" });
    expect(await linkContact(ctx, again.id)).toBe(bobs);
  });

  it("never takes an address away from whom it belongs to", async () => {
    const { company, ctx, property, contact: contactNow } = await aDesk();
    const ann = await aContact(company, { lastName: "Smith", emails: ["ann@mail.test"] });
    const other = await aContact(company, {
      lastName: "Jones",
      phones: ["+13125550127"],
      emails: ["other@mail.test"],
    });
    const lead = await aLead(property, { lastName: "Smith", email: "ann@mail.test", phone: "+13125550127" });
    expect(await linkContact(ctx, lead.id)).toBe(ann.id);
    expect((await contactNow(ann.id)).phones).toEqual([]);
    expect(await contactNow(other.id)).toEqual(other);
  });

  it("stays with its contact when it changes, and is found anew when that is gone", async () => {
    const { company, ctx, property, contact: contactNow } = await aDesk();
    const contact = await aContact(company, { emails: ["old@mail.test"] });
    const lead = await aLead(property, { email: "new@mail.test", phone: null, contactId: contact.id });
    expect(await linkContact(ctx, lead.id)).toBe(contact.id);
    expect(values((await contactNow(contact.id)).emails)).toEqual(["old@mail.test", "new@mail.test"]);
    const orphan = await aLead(property, { email: "orphan@mail.test", phone: null, contactId: "gone" });
    expect(await linkContact(ctx, orphan.id)).not.toBe("gone");
  });

  it("makes one contact with the many leads that come in at once", async () => {
    const { ctx, property, people } = await aDesk();
    const all = await Promise.all(
      Array.from({ length: 4 }, () => aLead(property, { email: "crowd@mail.test", phone: null })),
    );
    const linked = await Promise.all(all.map(({ id }) => linkContact(ctx, id)));
    expect(await people()).toHaveLength(1);
    expect(new Set(linked).size).toBe(1);
  });

  it.each(["new", "known"])(
    "leaves nothing with a contact (%s) when it is forgotten in that moment",
    async (who) => {
      const { company, ctx, property, people } = await aDesk();
      if (who === "known") await aContact(company, { emails: ["robin@mail.test"] });
      const lead = await aLead(property, { email: "robin@mail.test", phone: "+13125550130" });
      const before = await people();
      const slow = new Proxy(ctx.db, {
        get: (target, name) => {
          if (name !== "batch") return Reflect.get(target, name);
          return async (statements: Parameters<typeof target.batch>[0]) => {
            await db.update(leads).set({ deletedAt: new Date() }).where(eq(leads.id, lead.id));
            return target.batch(statements);
          };
        },
      });
      expect(await linkContact({ ...ctx, db: slow }, lead.id)).toBeNull();
      expect(await people()).toEqual(before);
    },
  );

  it("knows nobody of another company", async () => {
    const [one, other] = [await aDesk(), await aDesk()];
    const theirs = await aContact(other.company, { emails: ["same@mail.test"] });
    const lead = await aLead(one.property, { email: "same@mail.test", phone: null });
    expect(await linkContact(one.ctx, lead.id)).not.toBe(theirs.id);
    expect(await linkContact(other.ctx, lead.id)).toBeNull();
  });

  it("does not go to somebody only because they share a switchboard", async () => {
    const { company, ctx, property, people } = await aDesk();
    for (let n = 0; n < 21; n += 1)
      await aContact(company, { firstName: null, lastName: null, phones: ["+13125550128"] });
    const lead = await aLead(property, { email: null, phone: "+13125550128" });
    await linkContact(ctx, lead.id);
    expect(await people()).toHaveLength(22);
  });
});

describe("the lead pipeline", () => {
  it("owes a lead's contact from the moment an address is said, and pays it once however often it is delivered", async () => {
    const { company, ctx, property, people, lead: leadNow } = await aDesk();
    const conversation = await aConversation(property);
    const news = { conversationId: conversation.id, propertyId: property.id, userId: null };
    await upsertLead(ctx, { ...news, bedrooms: 2 });
    const rows = async () =>
      (await owed(company.id, "projections")).filter(({ payload }) => payload["kind"] === "contact_of_lead");
    expect(await rows()).toEqual([]);
    const lead = await upsertLead(ctx, {
      ...news,
      contact: { firstName: "Robin", email: "robin@mail.test" },
    });
    await upsertLead(ctx, { ...news, bedrooms: 3 });
    expect(await rows()).toHaveLength(1);
    const work = { topic: "projections" as const, key: `contact_of:${lead.id}` };
    await deliver(company.id, work);
    await deliver(company.id, work);
    expect(await people()).toHaveLength(1);
    await upsertLead(ctx, { ...news, contact: { lastName: "Field", phone: "+13125550129" } });
    await deliverAll(company.id, "projections");
    const [contact, ...others] = await people();
    expect(others).toEqual([]);
    expect((await leadNow(lead.id)).contactId).toBe(contact!.id);
    expect(contact).toMatchObject({ displayName: "Robin Field", phones: [{ value: "+13125550129" }] });
  });

  it("links a lead that staff correct", async () => {
    const { company, ctx, property, people, lead: leadNow } = await aDesk();
    const lead = await aLead(property, { email: null, phone: null });
    await updateLead(ctx, lead.id, { email: "found@mail.test" });
    await deliverAll(company.id, "projections");
    expect((await leadNow(lead.id)).contactId).toBe((await people())[0]!.id);
  });

  it("leaves neither half a contact nor a lost lead behind when the database fails", async () => {
    const { company, ctx, property, people, lead: leadNow } = await aDesk();
    const lead = await aLead(property, { email: null, phone: null });
    const trigger = `refuse_${lead.id.replaceAll("-", "")}`;
    await updateLead(ctx, lead.id, { email: "late@mail.test" });
    await env.DB.prepare(
      `create trigger ${trigger} before update of contact_id on leads when new.id = '${lead.id}'
       begin select raise(abort, 'database is away'); end`,
    ).run();
    const work = { topic: "projections" as const, key: `contact_of:${lead.id}` };
    await deliver(company.id, work);
    expect(await people()).toEqual([]);
    await env.DB.prepare(`drop trigger ${trigger}`).run();
    await passWaits(company.id);
    await deliver(company.id, work);
    expect((await leadNow(lead.id)).contactId).toBe((await people())[0]!.id);
  });
});
