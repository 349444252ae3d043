import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/conversations.ts";
import { statusEntities } from "../../src/db/schema/status.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { type Api, as } from "../support/api.ts";
import {
  aContact,
  anEmail,
  aPairOfContacts,
  type ContactRow,
  everythingOf,
  onceDelivered,
} from "../support/contacts.ts";
import { aContext } from "../support/deliver.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";

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

describe("POST /api/contacts/merge", () => {
  it("tells in a dry run what would be, and changes nothing", async () => {
    const { primary, secondary, ids } = await aPairOfContacts(company);
    const before = await everythingOf(ids);
    const { status, body } = await merge(primary, [secondary], {
      dry_run: true,
      fields: { first_name: secondary.id },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dry_run: true,
      merge: null,
      contact: {
        id: primary.id,
        display_name: "Eleonora Field",
        notes: "first\n\nsecond",
        phone: "+13125550123",
      },
      moved: { leads: 1, interactions: 1, users: 1 },
      archived_ids: [secondary.id],
      warnings: [],
    });
    expect(body.fields).toContainEqual({
      field: "first_name",
      value: "Eleonora",
      from: [secondary.id],
      alternatives: [{ contact_id: primary.id, value: "Nora" }],
    });
    expect(await everythingOf(ids)).toEqual(before);
  });

  it("does what the dry run told: one contact with all that belonged to both", async () => {
    const { primary, secondary, ids } = await aPairOfContacts(company);
    const told = await merge(primary, [secondary], { dry_run: true });
    const { status, body } = await merge(primary, [secondary]);
    expect(status).toBe(200);
    const { updated_at: _then, ...promised } = told.body.contact;
    expect(body.contact).toMatchObject(promised);
    expect([body.fields, body.moved]).toEqual([told.body.fields, told.body.moved]);
    expect((await agent.get(`/api/contacts/${primary.id}`)).body).toEqual(body.contact);
    expect((await agent.get(`/api/contacts/${secondary.id}`)).status).toBe(404);
    const { records, keys } = await everythingOf(ids);
    expect(records.map(({ of }) => of)).toEqual(Array(6).fill(primary.id));
    expect(new Set(keys.map(({ contactId }) => contactId))).toEqual(new Set([primary.id]));
    expect((await agent.get(`/api/contacts/${primary.id}/interactions`)).body.total).toBe(2);
  });

  it("asked again is answered the same and made once", async () => {
    const { primary, secondary } = await aPairOfContacts(company);
    const [first, second] = [await merge(primary, [secondary]), await merge(primary, [secondary])];
    expect(second.body).toEqual(first.body);
    const { body } = await agent.get(`/api/contacts/merges?primary_id=${primary.id}`);
    expect(body.total).toBe(1);
  });

  it("made many times at once is made once", async () => {
    const { primary, secondary } = await aPairOfContacts(company);
    const answers = await Promise.all(Array.from({ length: 5 }, () => merge(primary, [secondary])));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.merge?.id}`)).size).toBe(1);
  });

  it("asked again with other choices is not the merge that was made", async () => {
    const { primary, secondary } = await aPairOfContacts(company);
    const fields = { first_name: secondary.id, notes: primary.id };
    const { body: made } = await merge(primary, [secondary], { fields });
    const turned = { notes: primary.id, first_name: secondary.id };
    expect((await merge(primary, [secondary], { fields: turned })).body.merge).toEqual(made.merge);
    const other = await merge(primary, [secondary], { fields: { first_name: primary.id } });
    expect([other.status, other.body]).toEqual([404, { detail: "Contact not found" }]);
  });

  it("of two that exclude each other makes one, and leaves nobody with a part of both", async () => {
    const { primary, secondary, ids } = await aPairOfContacts(company);
    const third = await aContact(company, { emails: [anEmail()] });
    const all = [...ids, third.id];
    const before = await everythingOf(all);
    const answers = await Promise.all([
      merge(primary, [secondary]),
      merge(secondary, [primary]),
      merge(third, [secondary, primary]),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => Number(a) - Number(b))).toEqual([
      200, 404, 404,
    ]);
    const { merge: made } = answers.find(({ status }) => status === 200)!.body;
    const { rows, records, keys } = await everythingOf(all);
    const alive = rows.filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id);
    expect(alive.toSorted()).toEqual(all.filter((id) => !made.secondary_ids.includes(id)).toSorted());
    expect(new Set(keys.map(({ contactId }) => contactId))).toEqual(new Set(alive));
    expect(new Set(records.map(({ of }) => of))).toEqual(new Set([made.primary_id]));
    expect((await agent.post(`/api/contacts/merges/${made.id}/undo`)).status).toBe(200);
    expect(await everythingOf(all)).toEqual(before);
  });

  it("does not lose a dealing that is noted in the same moment", async () => {
    const { primary, secondary, ids } = await aPairOfContacts(company);
    const [merged, ...noted] = await Promise.all([
      merge(primary, [secondary]),
      ...Array.from({ length: 4 }, () =>
        agent.post(`/api/contacts/${secondary.id}/interactions`, { type: "call", description: "now" }),
      ),
    ]);
    expect(merged.status).toBe(200);
    const kept = noted.filter(({ status }) => status === 201).length;
    expect(noted.every(({ status }) => status === 201 || status === 404)).toBe(true);
    const { records } = await everythingOf(ids);
    expect(records).toHaveLength(6 + kept);
    expect(new Set(records.map(({ of }) => of))).toEqual(new Set([primary.id]));
  });

  it("refuses itself, strangers, the archived and choices of nothing", async () => {
    const { primary, secondary } = await aPairOfContacts(company);
    const self = await merge(primary, [primary, secondary, secondary], { fields: { shoe_size: primary.id } });
    expect([self.status, self.body.detail.map(({ loc }: { loc: string[] }) => loc.join("."))]).toEqual([
      422,
      ["body.secondary_ids.0", "body.secondary_ids.2", "body.fields.shoe_size"],
    ]);
    const stranger = await aContact(await aCompany());
    const gone = await aContact(company, { deletedAt: new Date() });
    for (const other of [stranger, gone]) {
      const refused = await merge(primary, [other]);
      expect([refused.status, refused.body]).toEqual([404, { detail: "Contact not found" }]);
    }
    expect((await agent.post("/api/contacts/merge", { primary_id: primary.id })).body.detail).toEqual([
      { loc: ["body", "secondary_ids"], msg: "field required", type: "value_error.missing" },
    ]);
  });

  it.each(["application", "leased"])(
    "never merges somebody with a lead at %s into another",
    async (toStatus) => {
      const { primary, secondary } = await aPairOfContacts(company);
      const lead = await aLead(company.property, { contactId: secondary.id });
      await moveLead(lead.id, toStatus);
      const refused = await merge(primary, [secondary]);
      expect([refused.status, refused.body.detail]).toMatchObject([
        409,
        { code: "CONFLICT", protected_ids: [secondary.id] },
      ]);
      expect((await merge(secondary, [primary])).status).toBe(200);
    },
  );

  it("never overwrites what an applicant's record says, and fills what it does not", async () => {
    const { primary, secondary } = await aPairOfContacts(company, { primary: { lastName: null } });
    await aLead(company.property, { contactId: primary.id, hasApplication: true });
    const refused = await merge(primary, [secondary], {
      fields: { first_name: secondary.id, last_name: secondary.id },
    });
    expect([refused.status, refused.body.detail]).toMatchObject([
      409,
      { protected_ids: [primary.id], fields: ["first_name"] },
    ]);
    const { body } = await merge(primary, [secondary], { fields: { last_name: secondary.id } });
    expect(body.contact.display_name).toBe("Nora Field");
  });

  it("takes over who looks after somebody, and gives a contact to others only by those who assign work", async () => {
    const [mine, theirs] = [company.agent.managerId, company.manager.managerId];
    const { primary, secondary } = await aPairOfContacts(company, {
      primary: { assignedTo: mine },
      secondary: { assignedTo: theirs },
    });
    const fields = { assigned_to: secondary.id };
    const refused = await merge(primary, [secondary], { fields });
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      "Insufficient permissions: assign_work required",
    ]);
    expect((await merge(primary, [secondary])).body.contact.assigned_to).toBe(mine);
    const free = await aContact(company);
    expect((await merge(free, [primary])).body.contact.assigned_to).toBe(mine);
  });

  it("leaves the lead's own words alone", async () => {
    const { primary, secondary } = await aPairOfContacts(company);
    const [lead] = await db.select().from(leads).where(eq(leads.contactId, secondary.id));
    await merge(primary, [secondary]);
    const [after] = await db.select().from(leads).where(eq(leads.id, lead!.id));
    expect(after).toEqual({ ...lead, contactId: primary.id });
  });

  it("takes the merged contact's status out of the lists, and brings it back by the undo", async () => {
    const own = await aCompany();
    const api = as(own.agent);
    const [one, two] = [await aContact(own), await aContact(own)];
    await api.put(`/api/contacts/${two.id}/status`, { relationship_status: "qualified_lead" });
    const { body } = await api.post("/api/contacts/merge", { primary_id: one.id, secondary_ids: [two.id] });
    expect(body.warnings).toEqual(["Nora Field is qualified_lead; the merged contact stays prospect"]);
    const entity = async () =>
      (
        await db
          .select()
          .from(statusEntities)
          .where(and(eq(statusEntities.companyId, own.id), eq(statusEntities.entityId, two.id)))
      )[0]!;
    await onceDelivered(own.id, "projections", async () => {
      expect((await entity()).archivedAt).not.toBeNull();
    });
    await api.post(`/api/contacts/merges/${body.merge.id}/undo`);
    await onceDelivered(own.id, "projections", async () => {
      expect(await entity()).toMatchObject({ archivedAt: null, currentStatus: "qualified_lead" });
    });
    const moved = await api.put(`/api/contacts/${two.id}/status`, { relationship_status: "opportunity" });
    expect(moved.body).toMatchObject({ old_status: "qualified_lead", new_status: "opportunity" });
  });

  it("is all or nothing", async () => {
    const { primary, secondary, ids } = await aPairOfContacts(company);
    const before = await everythingOf(ids);
    const trigger = `refuse_${secondary.id.replaceAll("-", "")}`;
    await env.DB.prepare(
      `create trigger ${trigger} before update on contact_interactions when old.contact_id = '${secondary.id}'
       begin select raise(abort, 'database is away'); end`,
    ).run();
    expect((await merge(primary, [secondary])).status).toBe(500);
    expect(await everythingOf(ids)).toEqual(before);
    await env.DB.prepare(`drop trigger ${trigger}`).run();
    expect((await merge(primary, [secondary])).status).toBe(200);
  });
});

async function moveLead(id: string, toStatus: string) {
  const ctx = await aContext(company.id);
  const facts = { has_name: true, has_contact: true, has_live_tour: true, has_application: true };
  await changeStatus(ctx, { entityType: "lead", entityId: id, toStatus: "new", facts });
  await changeStatus(ctx, { entityType: "lead", entityId: id, toStatus, facts });
}
