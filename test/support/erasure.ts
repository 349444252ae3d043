import { env } from "cloudflare:workers";
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { expect, vi } from "vitest";
import { outbox } from "../../src/db/schema/outgoing.ts";
import { leads, messages } from "../../src/db/schema/conversations.ts";
import { users } from "../../src/db/schema/users.ts";
import { liveFeed } from "../../src/durable/stubs.ts";
import { mailRow } from "../../src/modules/email/queue-mail.ts";
import { openQuestion } from "../../src/modules/faqs/open-question.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { as } from "./api.ts";
import { aChat } from "./chat.ts";
import { aContact, anInteraction } from "./contacts.ts";
import { aContext } from "./deliver.ts";
import { aNotification, aTask, aTour, db, type TestCompany } from "./factories.ts";

/** Words nobody else says, so that they can be looked for anywhere. */
export function aPerson() {
  const mark = crypto.randomUUID().replaceAll("-", "").slice(0, 10);
  return {
    firstName: `Zilla${mark}`,
    // JSON and SQL write this one another way.
    lastName: `O'Quark "${mark}"`,
    email: `zilla.${mark}@example.test`,
    formerEmail: `zila.${mark}@example.test`,
    phone: `+1312555${String(1000 + Math.floor(Math.random() * 8999))}`,
    secret: `my-dog-is-called-${mark}`,
  };
}

type Person = ReturnType<typeof aPerson>;

/** A visitor who chatted, became a lead and a contact, booked, got mail and was talked about. */
export async function aLife(company: TestCompany, person: Person) {
  const { firstName, lastName, email, phone, secret } = person;
  const named = { firstName, lastName, email, phone };
  const { visitor, conversationId } = await aChat(company);
  const userId = visitor.visitor.id;
  await visitor.post(`/api/conversations/${conversationId}/messages`, { text: `${secret}, ${email}` });
  const contact = await aContact(company, { firstName, lastName, emails: [email], phones: [phone] });
  await anInteraction(contact, { description: `Called ${firstName} about ${secret}` });
  await db
    .update(users)
    .set({ ...named, contactId: contact.id })
    .where(eq(users.id, userId));
  const own = { ...named, userId, contactId: contact.id };
  // The first message makes the lead, the bot answers it: only then does nothing more come by itself.
  const grown = await vi.waitFor(async () => {
    const said = await db.select().from(messages).where(eq(messages.conversationId, conversationId));
    expect(said.filter(({ role }) => role === "bot").length).toBeGreaterThan(1);
    return (await db.select().from(leads).where(eq(leads.conversationId, conversationId)))[0]!;
  }, 8000);
  const [lead] = await db
    .update(leads)
    .set({ ...own, notes: secret })
    .where(eq(leads.id, grown.id))
    .returning();
  if (!lead) throw new Error("the lead is there");
  const tour = await aTour(company.property, {
    userId,
    leadId: lead.id,
    prospectName: `${firstName} ${lastName}`,
    prospectEmail: email,
    prospectPhone: phone,
    specialRequests: secret,
  });
  await aNotification(company.property, {
    leadId: lead.id,
    title: `${firstName} wrote`,
    body: secret,
    responseNote: `told ${firstName} about ${secret}`,
  });
  await aTask(company.property, { conversationId, question: secret });
  const ctx = await aContext(company.id);
  await openQuestion(ctx, {
    propertyId: company.property.id,
    conversationId,
    leadId: lead.id,
    askedSeq: 1,
    question: `Is ${secret} fine with you?`,
  });
  const page = {
    device_id: email,
    session_id: secret,
    insert_id: secret,
    page_url: `https://m.test/?${secret}`,
  };
  const told = await visitor.post("/api/amplitude-data", { conversation_id: conversationId, ...page });
  expect(told.status).toBe(201);
  await changeStatus(ctx, {
    entityType: "tour",
    entityId: tour.id,
    toStatus: "scheduled",
    propertyId: company.property.id,
    entityDetails: { prospect_name: `${firstName} ${lastName}` },
    businessContext: { remark: secret },
  });
  const letter = (key: string, to: string) =>
    mailRow(ctx, {
      dedupeKey: `${key}:${lead.id}`,
      to: { address: to },
      subject: `Tour of ${firstName} ${lastName}`,
      text: `${email} ${phone}`,
    });
  await letter("theirs", email).insert;
  await letter("ours", company.manager.email).insert;
  await letter(`tour:${tour.id}`, person.formerEmail).insert;
  const admin = as(company.admin);
  await admin.put(`/api/users/${userId}`, { first_name: firstName, email });
  // The same person came by another browser once.
  const draft = { first_name: firstName, last_name: lastName, email };
  await admin.post(
    "/api/users",
    { ...draft, browser_id: `b_${crypto.randomUUID()}` },
    { "idempotency-key": crypto.randomUUID() },
  );
  await db.update(users).set({ contactId: contact.id }).where(eq(users.email, email));
  const double = await aContact(company, {
    firstName,
    lastName,
    emails: [person.formerEmail],
    notes: secret,
  });
  const merged = await admin.post("/api/contacts/merge", {
    primary_id: contact.id,
    secondary_ids: [double.id],
  });
  expect(merged.status).toBe(200);
  await db.insert(outbox).values({
    id: crypto.randomUUID(),
    companyId: company.id,
    topic: "notifications",
    key: "waiting",
    payload: { kind: "staff_notice", about: email },
    dedupeKey: crypto.randomUUID(),
    nextAttemptAt: new Date(Date.now() + 3_600_000),
    createdAt: new Date(),
  });
  await liveFeed(env, company.id, "property", company.property.id).publish("analytics", crypto.randomUUID(), {
    lead_id: lead.id,
    who: email,
  });
  return { userId, conversationId, leadId: lead.id, tourId: tour.id, contactId: contact.id, visitor };
}

/** Whether a word shows in what would be written of a value as JSON, or in JSON that the value holds as text. */
export function holds(value: unknown, person: Person): boolean {
  const text = JSON.stringify(value);
  const inJson = (word: string) => JSON.stringify(word).slice(1, -1);
  return Object.values(person).some((word) =>
    [inJson(word), inJson(inJson(word))].some((spelt) => text.includes(spelt)),
  );
}

/** Every table that still holds one of the person's words, but for a record of somebody else. */
export async function whereFound(companyId: string, person: Person): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "select name from sqlite_master where type = 'table' and sql like '%`company_id`%' and name not like '%fts%'",
  ).all<{ name: string }>();
  const tables = [...results.map(({ name }) => name), "idempotency_keys"];
  const found = await Promise.all(
    tables.map(async (name) => {
      const where = name === "idempotency_keys" ? "instr(caller, ?) = 1" : "company_id = ?";
      const rows = await env.DB.prepare(`select * from "${name}" where ${where}`).bind(companyId).all();
      return holds(rows.results, person) ? [name] : [];
    }),
  );
  return found.flat().toSorted((a, b) => a.localeCompare(b));
}

/** What an object's own database holds. */
async function holdingsOf(stub: unknown): Promise<unknown> {
  return runInDurableObject(stub as DurableObjectStub, (_object, state) => {
    const tables = state.storage.sql
      .exec<{ name: string }>(
        "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'",
      )
      .toArray();
    const rows = tables.map(({ name }) => state.storage.sql.exec(`select * from "${name}"`).toArray());
    return [rows, [...state.storage.kv.list()]];
  });
}

const idsIn = listDurableObjectIds as (namespace: unknown) => Promise<DurableObjectId[]>;

/** How many of all objects there are hold one of the person's words. */
export async function objectsHolding(person: Person): Promise<number> {
  type Namespace = { get(id: DurableObjectId): unknown };
  const bindings = env as unknown as Record<string, Namespace>;
  let found = 0;
  for (const name of ["CHAT_ROOM", "STATUS_MACHINE", "TOUR_BOOK", "LIVE_FEED", "RESMAN_GATE"])
    for (const id of await idsIn(bindings[name]))
      if (holds(await holdingsOf(bindings[name]!.get(id)), person)) found += 1;
  return found;
}
