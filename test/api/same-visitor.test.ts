import { and, eq, isNull } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { contacts } from "../../src/db/schema/contacts.ts";
import { conversations, leads } from "../../src/db/schema/conversations.ts";
import { users } from "../../src/db/schema/users.ts";
import { anonymous, as, withToken } from "../support/api.ts";
import { ask } from "../support/chat.ts";
import { deliverAll, passWaits } from "../support/deliver.ts";
import { aCompany, db, type Property, type TestCompany } from "../support/factories.ts";

/** A browser that opens the chat on a property's site. */
async function visit(browserId: string, { id, companyId, embedKey }: Property, told: object = {}) {
  const entered = await anonymous().post(`/api/users/browser/${browserId}/session`, {
    embed_key: embedKey,
    ...told,
  });
  const { token, user } = entered.body.data;
  const identity = { id: user.id as string, companyId, propertyId: id, browserId };
  const visitor = { ...withToken(token), visitor: identity };
  const opened = await visitor.post("/api/conversations", { property_id: id });
  return { visitor, userId: identity.id, conversationId: opened.body.data.id as string };
}

const aBrowser = () => `browser-${crypto.randomUUID()}`;

async function leadOf(conversationId: string) {
  return (await db.select().from(leads).where(eq(leads.conversationId, conversationId)))[0]!;
}

function peopleOf({ id }: TestCompany) {
  return db
    .select()
    .from(contacts)
    .where(and(eq(contacts.companyId, id), isNull(contacts.deletedAt)));
}

async function linkedOf(company: TestCompany, conversationId: string): Promise<string> {
  return vi.waitFor(async () => {
    await passWaits(company.id);
    await deliverAll(company.id, "projections");
    const { contactId } = await leadOf(conversationId);
    expect(contactId).not.toBeNull();
    return contactId!;
  }, 8000);
}

const values = (list: { value: string }[]) => list.map(({ value }) => value);

describe("one visitor", () => {
  it("who said at one property who he is need not say it at another: lead, contact and ResMan know", async () => {
    const company = await aCompany();
    const browserId = aBrowser();
    const first = await visit(browserId, company.property);
    await ask(first, "I am Nora Field, nora@mail.test, and I look for a two bedroom");
    const second = await visit(browserId, company.otherProperty);
    await ask(second, "Is parking included?");
    expect(second.userId).toBe(first.userId);
    expect(await leadOf(second.conversationId)).toMatchObject({
      firstName: "Nora",
      lastName: "Field",
      email: "nora@mail.test",
      bedrooms: null,
      propertyId: company.otherProperty.id,
    });
    expect((await leadOf(second.conversationId)).resmanSyncStatus).not.toBe("waiting");
    expect(await linkedOf(company, second.conversationId)).toBe(
      await linkedOf(company, first.conversationId),
    );
    expect(await peopleOf(company)).toHaveLength(1);
    const [talk] = await db.select().from(conversations).where(eq(conversations.id, second.conversationId));
    expect(talk!.isQualified).toBe(true);
  });

  it("whom the page introduced is known to the lead; what the lead knows is not overwritten by that", async () => {
    const company = await aCompany();
    const named = { first_name: "Nora", last_name: "Field", email: "nora@mail.test" };
    const talk = await visit(aBrowser(), company.property, named);
    await ask(talk, "Hello");
    const lead = await leadOf(talk.conversationId);
    expect(lead).toMatchObject({ firstName: "Nora", lastName: "Field", email: "nora@mail.test" });
    await as(company.admin).put(`/api/resman/leads/${lead.id}`, { email: "right@mail.test" });
    await ask(talk, "Is parking included?");
    expect((await leadOf(talk.conversationId)).email).toBe("right@mail.test");
  });

  it("who changes his address stays one lead and one contact, reached by both", async () => {
    const company = await aCompany();
    const talk = await visit(aBrowser(), company.property);
    await ask(talk, "I am Nora Field, my email is nora@mail.test");
    const contactId = await linkedOf(company, talk.conversationId);
    await ask(talk, "Sorry, my email is nora.field@mail.test");
    expect((await leadOf(talk.conversationId)).email).toBe("nora.field@mail.test");
    await vi.waitFor(async () => {
      expect(await linkedOf(company, talk.conversationId)).toBe(contactId);
      const [contact, ...others] = await peopleOf(company);
      expect(others).toEqual([]);
      expect(values(contact!.emails)).toEqual(["nora@mail.test", "nora.field@mail.test"]);
    }, 8000);
  });

  it("changes the record he tells of: a version read before is stale", async () => {
    const company = await aCompany();
    const talk = await visit(aBrowser(), company.property);
    const admin = as(company.admin);
    const path = `/api/conversations/${talk.conversationId}`;
    const seen = async (of: string) => (await admin.get(of)).headers.get("etag")!;
    const [before, person] = [await seen(path), await seen(`/api/users/${talk.userId}`)];
    await talk.visitor.post(`${path}/qualify`, { first_name: "Nora", bedrooms: 2 });
    for (const [of, etag] of [
      [path, before],
      [`/api/users/${talk.userId}`, person],
    ] as const)
      expect((await admin.put(of, {}, { "if-match": etag })).status).toBe(412);
  });
});

describe("one address", () => {
  it("told by two browsers is one contact and two visitors, who see nothing of each other", async () => {
    const company = await aCompany();
    const [mine, theirs] = [
      await visit(aBrowser(), company.property),
      await visit(aBrowser(), company.property),
    ];
    await Promise.all([
      ask(mine, "I am Nora Field, nora@mail.test"),
      ask(theirs, "My email is NORA@mail.test"),
    ]);
    const contactId = await linkedOf(company, mine.conversationId);
    expect(await linkedOf(company, theirs.conversationId)).toBe(contactId);
    expect(await peopleOf(company)).toHaveLength(1);
    expect(theirs.userId).not.toBe(mine.userId);
    for (const path of ["", "/messages"]) {
      const refused = await theirs.visitor.get(`/api/conversations/${mine.conversationId}${path}`);
      expect(refused.status).toBe(404);
    }
    expect((await leadOf(theirs.conversationId)).firstName).toBeNull();
    expect(JSON.stringify((await theirs.visitor.get("/api/conversations")).body)).not.toContain("Nora");
  });
});

describe("a visitor who was forgotten", () => {
  it("comes back as somebody new, of whom nothing is known", async () => {
    const company = await aCompany();
    const browserId = aBrowser();
    const before = await visit(browserId, company.property);
    await ask(before, "I am Nora Field, nora@mail.test");
    const old = await linkedOf(company, before.conversationId);
    const admin = as(company.admin);
    expect((await admin.delete(`/api/users/${before.userId}?erase=true`)).status).toBeLessThan(300);
    await vi.waitFor(async () => {
      await passWaits(company.id);
      await deliverAll(company.id, "projections");
      expect((await admin.get(`/api/users/${before.userId}/erasure`)).body.data.status).toBe("done");
    }, 8000);
    const again = await visit(browserId, company.property);
    expect(again.userId).not.toBe(before.userId);
    await ask(again, "Hello");
    expect(await leadOf(again.conversationId)).toMatchObject({
      firstName: null,
      email: null,
      contactId: null,
    });
    await ask(again, "My email is nora@mail.test");
    const contactId = await linkedOf(company, again.conversationId);
    expect(contactId).not.toBe(old);
    const [gone] = await db.select().from(contacts).where(eq(contacts.id, old));
    expect([gone!.emails, gone!.firstName]).toEqual([[], null]);
    const [forgotten] = await db.select().from(users).where(eq(users.id, before.userId));
    expect(forgotten).toMatchObject({ email: null, firstName: null, browserId: null });
  });
});
