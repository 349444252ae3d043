import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { sweepExpired } from "../../src/cron/sweep-expired.ts";
import { contactMerges } from "../../src/db/schema/contacts.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { linkContact } from "../../src/modules/contacts/link-contact.ts";
import { type Api, as } from "../support/api.ts";
import {
  aContact,
  anEmail,
  anInteraction,
  aPairOfContacts,
  type ContactRow,
  everythingOf,
} from "../support/contacts.ts";
import { aContext } from "../support/deliver.ts";
import { aCompany, aLead, aUser, db, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
let agent: Api;

beforeAll(async () => {
  company = await aCompany();
  agent = as(company.agent);
});

const merge = (primary: ContactRow, secondaries: ContactRow[], more: object = {}) =>
  agent.post("/api/contacts/merge", {
    primary_id: primary.id,
    secondary_ids: secondaries.map(({ id }) => id),
    ...more,
  });
const undo = (id: string) => agent.post(`/api/contacts/merges/${id}/undo`);

describe("POST /api/contacts/merges/:merge_id/undo", () => {
  async function aMergedPair() {
    const pair = await aPairOfContacts(company);
    const before = await everythingOf(pair.ids);
    const { body } = await merge(pair.primary, [pair.secondary]);
    return { ...pair, before, mergeId: body.merge.id as string };
  }

  it("restores contacts, keys and everything that was moved, exactly", async () => {
    const { primary, secondary, ids, before, mergeId } = await aMergedPair();
    const { status, body } = await undo(mergeId);
    expect([status, body.contacts.map(({ id }: { id: string }) => id)]).toEqual([
      200,
      [primary.id, secondary.id],
    ]);
    expect(body.merge).toMatchObject({ id: mergeId, undone_by: company.agent.name });
    expect(await everythingOf(ids)).toEqual(before);
    expect((await agent.get(`/api/contacts/${secondary.id}`)).status).toBe(200);
  });

  it("asked again only tells; then the two can be merged anew", async () => {
    const { primary, secondary, mergeId } = await aMergedPair();
    const [first, second] = [await undo(mergeId), await undo(mergeId)];
    expect(second.body.merge).toEqual(first.body.merge);
    const again = await merge(primary, [secondary]);
    expect(again.body.merge.id).not.toBe(mergeId);
  });

  it("keeps what has come to the contact since", async () => {
    const { primary, before, ids, mergeId } = await aMergedPair();
    await agent.put(`/api/contacts/${primary.id}`, { source: "referral" });
    await agent.put(`/api/contacts/${primary.id}/status`, { relationship_status: "qualified_lead" });
    const { body: noted } = await agent.post(`/api/contacts/${primary.id}/interactions`, {
      type: "call",
      description: "since",
    });
    await undo(mergeId);
    const after = await everythingOf(ids);
    expect(after.records).toHaveLength(before.records.length + 1);
    expect(after.records.find(({ id }) => id === noted.id)?.of).toBe(primary.id);
    expect((await agent.get(`/api/contacts/${primary.id}`)).body).toMatchObject({
      source: "referral",
      relationship_status: "qualified_lead",
      lifecycle_stage: "interest",
      last_contacted: noted.timestamp,
      notes: "first",
    });
  });

  it("refuses, naming each, where what it made was changed or has gone elsewhere", async () => {
    const { primary, secondary, ids, mergeId } = await aMergedPair();
    await agent.put(`/api/contacts/${primary.id}`, { notes: "rewritten", phone: "+13125550199" });
    const elsewhere = await aContact(company);
    const theirs = await db.select().from(leads).where(eq(leads.contactId, primary.id)).orderBy(leads.id);
    await db.update(leads).set({ contactId: elsewhere.id }).where(eq(leads.id, theirs[1]!.id));
    const now = await everythingOf(ids);
    const { status, body } = await undo(mergeId);
    expect([status, body.detail.code]).toEqual([409, "CONFLICT"]);
    expect(body.detail.conflicts).toEqual([
      { contact_id: primary.id, field: "phones", message: "has been changed since the merge" },
      { contact_id: primary.id, field: "notes", message: "has been changed since the merge" },
      {
        contact_id: secondary.id,
        field: "lead",
        message: `lead ${theirs[1]!.id} has gone to another contact since`,
      },
    ]);
    expect(await everythingOf(ids)).toEqual(now);
  });

  it("goes back step by step: first the merge that came later", async () => {
    const { primary, mergeId } = await aMergedPair();
    const third = await aContact(company, { emails: [anEmail()] });
    const later = await merge(third, [primary]);
    const refused = await undo(mergeId);
    expect(refused.body.detail.conflicts).toEqual([
      { contact_id: primary.id, field: "contact", message: "was merged into another contact since" },
    ]);
    expect((await undo(later.body.merge.id)).status).toBe(200);
    expect((await undo(mergeId)).status).toBe(200);
  });

  it("of several merges into one contact begins with the last", async () => {
    const { primary, secondary, before, ids, mergeId } = await aMergedPair();
    const third = await aContact(company, { emails: [anEmail()], phones: ["+13125550124"] });
    const { body: later } = await merge(primary, [third]);
    const refused = await undo(mergeId);
    expect([refused.status, refused.body.detail.conflicts]).toMatchObject([
      409,
      [{ contact_id: primary.id, message: `was merged again since; undo merge ${later.merge.id} first` }],
    ]);
    expect((await undo(later.merge.id)).status).toBe(200);
    expect((await undo(mergeId)).status).toBe(200);
    expect(await everythingOf(ids)).toEqual(before);
    expect((await agent.get(`/api/contacts/${secondary.id}`)).status).toBe(200);
  });

  it("leaves what a chat has added to the contact since, and is not held up by it", async () => {
    const { primary, secondary, mergeId } = await aMergedPair();
    const lead = await aLead(company.property, {
      contactId: primary.id,
      email: primary.emails[0]!.value,
      phone: "+13125550198",
    });
    await linkContact(await aContext(company.id), lead.id);
    expect((await undo(mergeId)).status).toBe(200);
    const phones = async (id: string) =>
      (await agent.get(`/api/contacts/${id}`)).body.phones.map(({ value }: { value: string }) => value);
    expect(await phones(primary.id)).toEqual(["+13125550198"]);
    expect(await phones(secondary.id)).toEqual(["+13125550123"]);
  });

  it("is possible for thirty days", async () => {
    const { mergeId } = await aMergedPair();
    const { mergedAt } = (await db.select().from(contactMerges).where(eq(contactMerges.id, mergeId)))[0]!;
    const daysAgo = (days: number) =>
      db
        .update(contactMerges)
        .set({ mergedAt: new Date(mergedAt.getTime() - days * 86_400_000) })
        .where(eq(contactMerges.id, mergeId));
    await daysAgo(30.01);
    const refused = await undo(mergeId);
    expect([refused.status, refused.body.detail.message]).toEqual([409, "A merge can be undone for 30 days"]);
    await daysAgo(29.99);
    expect((await undo(mergeId)).status).toBe(200);
  });

  it("keeps nothing of what was once its time is long over", async () => {
    const [old, young] = [await aMergedPair(), await aMergedPair()];
    const kept = async (id: string) =>
      (await db.select().from(contactMerges).where(eq(contactMerges.id, id)))[0]!.before !== null;
    const longAgo = new Date(Date.now() - 61 * 86_400_000);
    await db.update(contactMerges).set({ mergedAt: longAgo }).where(eq(contactMerges.id, old.mergeId));
    await sweepExpired(env, Date.now());
    expect([await kept(old.mergeId), await kept(young.mergeId)]).toEqual([false, true]);
    expect((await undo(old.mergeId)).status).toBe(409);
  });

  it("knows no other company's merge", async () => {
    const { mergeId } = await aMergedPair();
    const stranger = as((await aCompany()).admin);
    const { status, body } = await stranger.post(`/api/contacts/merges/${mergeId}/undo`);
    expect([status, body]).toEqual([404, { detail: "Merge not found" }]);
    expect((await stranger.get("/api/contacts/merges")).body.total).toBe(0);
  });

  it("of many at once happens once", async () => {
    const { ids, before, mergeId } = await aMergedPair();
    const answers = await Promise.all(Array.from({ length: 5 }, () => undo(mergeId)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await everythingOf(ids)).toEqual(before);
  });
});

describe("any merge, undone", () => {
  /** The same numbers for the same seed. */
  function chance(seed: number) {
    let state = seed;
    const next = () => {
      state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
      return state / 4_294_967_296;
    };
    const below = (n: number) => Math.floor(next() * n);
    const one = <Value>(values: readonly Value[]) => values[below(values.length)]!;
    const some = <Value>(values: readonly Value[]) => values.filter(() => next() < 0.4);
    const maybe = <Value>(value: Value) => (next() < 0.5 ? value : null);
    return { below, one, some, maybe };
  }

  const consents = ["unknown", "granted", "denied"] as const;

  async function aRandomContact({ below, one, some, maybe }: ReturnType<typeof chance>) {
    const values = (all: string[]) =>
      some(all).map((value) => ({
        value,
        label: maybe("home"),
        isPrimary: below(2) === 0,
        consent: one(consents),
        consentAt: maybe("2026-01-01T00:00:00.000Z"),
      }));
    const contact = await aContact(company, {
      firstName: maybe(one(["Ann", "Bob"])),
      lastName: maybe(one(["Field", "Smith"])),
      companyName: maybe("Acme"),
      emails: values(["a@r.test", "b@r.test", "c@r.test"]),
      phones: values(["+13125550161", "+13125550162"]),
      tags: some(["vip", "VIP", "cat", "dog"]),
      notes: maybe(one(["one", "two"])),
      address: maybe({
        line1: one(["1 Main St", "2 Oak St"]),
        line2: null,
        city: null,
        state: null,
        postalCode: null,
        country: null,
      }),
      customFields: Object.fromEntries(some(["pet", "floor", "budget"]).map((name) => [name, below(3)])),
      source: maybe(one(["chat", "phone"])),
      lastContacted: maybe(new Date(Date.UTC(2026, 0, 1 + below(9)))),
      relationshipStatus: one(["prospect", "opportunity"]),
    });
    for (let n = below(3); n > 0; n -= 1) await aLead(company.property, { contactId: contact.id });
    for (let n = below(3); n > 0; n -= 1) await anInteraction(contact);
    for (let n = below(2); n > 0; n -= 1) await aUser({ companyId: company.id }, { contactId: contact.id });
    return contact;
  }

  it.each(Array.from({ length: 25 }, (_, n) => n + 1))(
    "leaves everything as it was (seed %i)",
    async (seed) => {
      const luck = chance(seed);
      const [primary, ...secondaries] = [
        await aRandomContact(luck),
        ...(await Promise.all(Array.from({ length: 1 + luck.below(3) }, () => aRandomContact(luck)))),
      ];
      const ids = [primary!, ...secondaries].map(({ id }) => id);
      const fields = Object.fromEntries(
        luck
          .some([
            "first_name",
            "last_name",
            "address",
            "notes",
            "source",
            "primary_email",
            "primary_phone",
            "custom_fields.pet",
          ])
          .map((field) => [field, luck.one(ids)]),
      );
      const before = await everythingOf(ids);
      const merged = await merge(primary!, secondaries, { fields });
      expect(merged.status).toBe(200);
      const between = await everythingOf(ids);
      expect(between.records.map(({ id }) => id)).toEqual(before.records.map(({ id }) => id));
      expect((await undo(merged.body.merge.id)).status).toBe(200);
      expect(await everythingOf(ids)).toEqual(before);
    },
  );
});
