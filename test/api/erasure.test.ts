import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { erasures } from "../../src/db/schema/access.ts";
import { auditLog, idempotencyKeys } from "../../src/db/schema/ledger.ts";
import { mails } from "../../src/db/schema/outgoing.ts";
import { contacts } from "../../src/db/schema/contacts.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { faqs } from "../../src/db/schema/knowledge.ts";
import { tourBook } from "../../src/durable/stubs.ts";
import { writeNextPage } from "../../src/modules/company-export/write-export.ts";
import { findSubject } from "../../src/modules/erasure/find-subject.ts";
import { stepErasure } from "../../src/modules/erasure/run-erasure.ts";
import { openQuestion } from "../../src/modules/faqs/open-question.ts";
import { as } from "../support/api.ts";
import { aContext, deliver, deliverAll } from "../support/deliver.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";
import { aLife, aPerson, holds, objectsHolding, whereFound } from "../support/erasure.ts";

async function erase(company: TestCompany, userId: string) {
  const { status, body } = await as(company.admin).delete(`/api/users/${userId}?erase=true`);
  expect(status).toBe(200);
  return body.data.erasure as { id: string; status: string };
}

/** The queue comes back as long as there is work. */
async function finish(company: TestCompany, id: string): Promise<void> {
  const key = `erasure:${id}`;
  for (let round = 0; round < 10; round += 1) {
    if ((await deliver(company.id, { topic: "projections", key })) === "acked") return;
  }
}

describe("erasing a visitor", () => {
  it("leaves none of the person's words in any table or object, and gives a receipt", async () => {
    const company = await aCompany();
    const person = aPerson();
    const life = await aLife(company, person);
    await deliverAll(company.id, "projections");
    expect((await whereFound(company.id, person)).length).toBeGreaterThan(12);
    expect(await objectsHolding(person)).toBeGreaterThan(3);
    const { id } = await erase(company, life.userId);
    expect((await life.visitor.get(`/api/conversations/${life.conversationId}`)).status).toBe(401);
    await finish(company, id);
    await deliverAll(company.id, "projections");
    expect(await whereFound(company.id, person)).toEqual([]);
    expect(await objectsHolding(person)).toBe(0);
    const { body } = await as(company.admin).get(`/api/users/${life.userId}/erasure`);
    expect(body.data).toMatchObject({
      status: "done",
      receipt: { users: 2, leads: 1, tours: 1, contacts: 2, conversations: 1 },
    });
    expect(body.data.receipt.messages).toBeGreaterThan(1);
    expect(body.data.receipt.mails).toBeGreaterThanOrEqual(1);
    expect(holds(body, person)).toBe(false);
  });

  it("leaves what webhooks were told in its place, without the words", async () => {
    const company = await aCompany();
    const admin = as(company.admin);
    const { SANDBOX_ORIGIN } = env as unknown as { SANDBOX_ORIGIN: string };
    const hook = { webhook_url: `${SANDBOX_ORIGIN}/sink/erased`, entity_types: ["tour"] };
    const { id } = (await admin.post("/api/v1/status/webhooks", hook)).body.data;
    const person = aPerson();
    const { userId, tourId } = await aLife(company, person);
    const events = () => admin.get(`/api/v1/status/events/tour/${tourId}`);
    const before = (await events()).body.data.events;
    expect(before[0].data.business_context).toEqual({ remark: person.secret });
    await finish(company, (await erase(company, userId)).id);
    const log = await admin.get(`/api/v1/status/webhooks/${id}/deliveries`);
    expect(log.body.data).toMatchObject([{ entity_id: tourId, sequence: 1, status: "cancelled" }]);
    const one = await admin.get(`/api/v1/status/webhooks/${id}/deliveries/${log.body.data[0].id}`);
    const blank = { transition_id: before[0].data.transition_id, business_context: {} };
    expect(one.body.data.payload).toMatchObject({ event: "status_changed", data: blank });
    expect((await events()).body.data.events[0].data).toMatchObject(blank);
  });

  it("keeps the audit: who did what to which record, without the words", async () => {
    const company = await aCompany();
    const person = aPerson();
    const { userId } = await aLife(company, person);
    const before = await db.select().from(auditLog).where(eq(auditLog.recordId, userId));
    await finish(company, (await erase(company, userId)).id);
    const after = await db.select().from(auditLog).where(eq(auditLog.recordId, userId));
    expect(after.map(({ action }) => action)).toEqual([...before.map(({ action }) => action), "erase"]);
    expect(after.every((row) => row.before === null && row.after === null)).toBe(true);
  });

  it("is the same promise when asked twice, and works nothing twice", async () => {
    const company = await aCompany();
    const { userId } = await aLife(company, aPerson());
    const [first, second] = [await erase(company, userId), await erase(company, userId)];
    expect(second.id).toBe(first.id);
    await finish(company, first.id);
    const [receipt] = await db.select().from(erasures).where(eq(erasures.id, first.id));
    await finish(company, first.id);
    const [again] = await db.select().from(erasures).where(eq(erasures.id, first.id));
    expect(again).toEqual(receipt);
    expect((await erase(company, userId)).status).toBe("done");
  });

  it("goes on after a crash at any step, with the same end and nothing counted twice", async () => {
    const company = await aCompany();
    const person = aPerson();
    const { userId } = await aLife(company, person);
    const { id } = await erase(company, userId);
    await deliverAll(company.id, "notifications");
    const ctx = await aContext(company.id);
    let place: Awaited<ReturnType<typeof stepErasure>> = null;
    let steps = 0;
    do {
      // Every step is done twice, as if its end had been lost.
      await stepErasure(ctx, id, place);
      const [row] = await db.select().from(erasures).where(eq(erasures.id, id));
      if (row!.status === "done") break;
      place = await stepErasure(ctx, id, place);
      steps += 1;
    } while (place !== null);
    expect(steps).toBeGreaterThan(5);
    const [row] = await db.select().from(erasures).where(eq(erasures.id, id));
    expect(row).toMatchObject({ status: "done", receipt: { users: 2, leads: 1, tours: 1 } });
    expect(await whereFound(company.id, person)).toEqual([]);
  });

  it("takes exports along: a finished one is gone, one being written begins again and never shows the person", async () => {
    const company = await aCompany();
    const person = aPerson();
    const { userId } = await aLife(company, person);
    const path = `/api/companies/${company.id}/export`;
    const begin = async () => (await as(company.admin).post(path)).body.data.id as string;
    const ctx = await aContext(company.id);
    const finished = await begin();
    while (await writeNextPage(ctx, finished));
    const running = await begin();
    for (let page = 0; page < 30; page += 1) await writeNextPage(ctx, running);
    expect(await whereFound(company.id, person)).toContain("company_export_chunks");
    await finish(company, (await erase(company, userId)).id);
    expect(await whereFound(company.id, person)).toEqual([]);
    const exported = async (id: string) =>
      (await as(company.admin).get(`${path}s/${id}`)).body.data as { status: string; counts: object };
    expect(await exported(finished)).toMatchObject({ status: "expired" });
    expect(await exported(running)).toMatchObject({ status: "pending", counts: {} });
    while (await writeNextPage(ctx, running));
    const download = await as(company.admin).fetch(`${path}s/${running}/download`);
    const text = new TextDecoder().decode(await download.arrayBuffer());
    expect(text.startsWith('{"table":"companies"')).toBe(true);
    expect(holds(text, person)).toBe(false);
    expect((await as(company.admin).fetch(`${path}s/${finished}/download`)).status).toBe(404);
  });

  it("frees the time of a tour to come and stops what was on its way", async () => {
    const company = await aCompany();
    const person = aPerson();
    const { userId, tourId } = await aLife(company, person);
    await finish(company, (await erase(company, userId)).id);
    const letters = await db.select().from(mails).where(eq(mails.companyId, company.id));
    expect(letters.map(({ toAddress }) => toAddress)).not.toContain(person.email);
    const kept = await db.select().from(idempotencyKeys);
    expect(JSON.stringify(kept)).not.toContain(person.email);
    expect((await as(company.admin).get(`/api/tours/${tourId}`)).status).toBe(404);
    const busy = await tourBook(env, company.id, company.property.id).busy(
      0,
      Number.MAX_SAFE_INTEGER,
      Date.now(),
    );
    expect(busy.map(({ claimId }) => claimId)).not.toContain(tourId);
  });

  it("leaves other people alone, the company's own people among them", async () => {
    const company = await aCompany();
    const [person, neighbour] = [aPerson(), aPerson()];
    const life = await aLife(company, { ...person, phone: company.property.phone! });
    const other = await aLife(company, neighbour);
    const elsewhere = await aCompany();
    const namesake = await aLead(elsewhere.property, { email: person.email });
    const ctx = await aContext(company.id);
    for (const { conversationId, leadId } of [life, other])
      await openQuestion(ctx, {
        propertyId: company.property.id,
        conversationId,
        leadId,
        askedSeq: 2,
        question: "Do you take parrots?",
      });
    await finish(company, (await erase(company, life.userId)).id);
    const [lead] = await db.select().from(leads).where(eq(leads.id, other.leadId));
    expect(lead).toMatchObject({ email: neighbour.email, notes: neighbour.secret, deletedAt: null });
    const [contact] = await db.select().from(contacts).where(eq(contacts.id, other.contactId));
    expect(contact!.displayName).toContain(neighbour.lastName);
    const [stranger] = await db.select().from(leads).where(eq(leads.id, namesake.id));
    expect(stranger!.email).toBe(person.email);
    const [asked] = await db
      .select()
      .from(faqs)
      .where(and(eq(faqs.companyId, company.id), eq(faqs.questionKey, "do you take parrots")));
    expect(asked).toMatchObject({ conversationId: null, deletedAt: null });
    const subject = await findSubject(ctx, other.userId);
    expect(subject.words).not.toContain(company.property.phone);
    expect((await as(company.admin).get(`/api/properties/${company.property.id}`)).body.data.phone).toBe(
      company.property.phone,
    );
  });

  it("is an administrator's to ask for, in his own company", async () => {
    const [company, other] = [await aCompany(), await aCompany()];
    const { userId } = await aLife(company, aPerson());
    expect((await as(company.agent).delete(`/api/users/${userId}?erase=true`)).status).toBe(403);
    expect((await as(other.admin).delete(`/api/users/${userId}?erase=true`)).status).toBe(404);
    expect((await as(company.admin).get(`/api/users/${userId}/erasure`)).status).toBe(404);
  });
});
