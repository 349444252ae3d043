import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { contacts } from "../../src/db/schema/contacts.ts";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { type Api, as, asVisitor } from "../support/api.ts";
import { aContact } from "../support/contacts.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
let agent: Api;
let viewer: Api;

beforeAll(async () => {
  company = await aCompany();
  agent = as(company.agent);
  viewer = as(company.viewer);
});

const path = (id: string, more = "") => `/api/contacts/${id}${more}`;
const nobody = "0195f3a0-0000-7000-8000-00000000dead";

async function rowOf(id: string) {
  return (await db.select().from(contacts).where(eq(contacts.id, id)))[0]!;
}

/** Somebody whom no other test has entered. */
let made = 0;
const someone = (over: object = {}) => ({
  first_name: "Nora",
  last_name: "Field",
  email: `nora.${(made += 1)}@mail.test`,
  ...over,
});

async function enter(over: object = {}) {
  const answer = await agent.post("/api/contacts", someone(over));
  expect(answer.status).toBe(201);
  return answer;
}

describe("POST /api/contacts", () => {
  it("answers the contact bare, with its version as ETag", async () => {
    const { body, headers } = await enter({
      email: undefined,
      emails: [
        { value: "Nora.First@Mail.test", label: "work", consent: "granted" },
        { value: "nora.second@mail.test", is_primary: true },
      ],
      phones: [{ value: "(312) 555-0177", label: "mobile", consent: "denied" }],
      company_name: "Field & Sons",
      address: { line1: "1 Main St", city: "Chicago", postal_code: "60601" },
      tags: ["VIP", "vip", "two-bedroom"],
      custom_fields: { budget: 1900, pets: ["cat"] },
    });
    expect(headers.get("etag")).toBe('"1"');
    expect(body).toMatchObject({
      company_id: company.id,
      display_name: "Nora Field",
      email: "nora.second@mail.test",
      phone: "+13125550177",
      emails: [
        { value: "nora.first@mail.test", label: "work", is_primary: false, consent: "granted" },
        {
          value: "nora.second@mail.test",
          label: null,
          is_primary: true,
          consent: "unknown",
          consent_at: null,
        },
      ],
      phones: [{ value: "+13125550177", is_primary: true, consent: "denied" }],
      address: { line1: "1 Main St", line2: null, city: "Chicago", postal_code: "60601" },
      tags: ["VIP", "two-bedroom"],
      custom_fields: { budget: 1900, pets: ["cat"] },
      relationship_status: "prospect",
      lifecycle_stage: "awareness",
      last_contacted: null,
    });
    expect(body.emails[0].consent_at).toMatch(/Z$/);
    expect((await agent.get(path(body.id))).body).toEqual(body);
  });

  it("begins in any status, aligned, and names who entered it in the history", async () => {
    const { body } = await enter({ relationship_status: "active_client" });
    expect(body.lifecycle_stage).toBe("customer");
    const { body: told } = await agent.get(path(body.id, "/status-history"));
    expect(told).toMatchObject({ total: 1, skip: 0, limit: 50 });
    expect(told.history[0]).toMatchObject({
      old_status: null,
      new_status: "active_client",
      old_lifecycle_stage: null,
      new_lifecycle_stage: "customer",
      changed_by: company.agent.name,
      changed_by_id: company.agent.id,
    });
  });

  it("wants somebody: a name, an address or a number", async () => {
    const { status, body } = await agent.post("/api/contacts", { notes: "who?" });
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ loc: ["body", "__root__"], type: "value_error" }]);
  });

  it("lists every complaint as FastAPI does", async () => {
    const { status, body } = await agent.post("/api/contacts", {
      first_name: 5,
      email: "nobody",
      phone: "12",
      tags: "vip",
      relationship_status: "friend",
      custom_fields: [],
    });
    expect(status).toBe(422);
    expect(body.detail).toEqual([
      { loc: ["body", "first_name"], msg: "str type expected", type: "type_error.str" },
      { loc: ["body", "email"], msg: "value is not a valid email address", type: "value_error.email" },
      { loc: ["body", "phone"], msg: expect.stringContaining("phone number"), type: "value_error" },
      { loc: ["body", "tags"], msg: "value is not a valid list", type: "type_error.list" },
      { loc: ["body", "custom_fields"], msg: "value is not a valid dict", type: "type_error.dict" },
      {
        loc: ["body", "relationship_status"],
        msg: expect.stringMatching(/^value is not a valid enumeration member; permitted: 'prospect', 'qual/),
        type: "type_error.enum",
        ctx: { enum_values: expect.arrayContaining(["prospect", "inactive"]) },
      },
    ]);
  });

  it("gives contacts away only by those who assign work, and only to people of the company", async () => {
    const assigned_to = company.manager.managerId;
    const refused = await agent.post("/api/contacts", someone({ assigned_to }));
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      "Insufficient permissions: assign_work required",
    ]);
    const manager = as(company.manager);
    expect((await manager.post("/api/contacts", someone({ assigned_to }))).body.assigned_to).toBe(
      assigned_to,
    );
    const strange = (await aCompany()).manager.managerId;
    expect((await manager.post("/api/contacts", someone({ assigned_to: strange }))).body.detail).toEqual([
      { loc: ["body", "assigned_to"], msg: "is no property manager of the company", type: "value_error" },
    ]);
  });

  it("is told once however often the same request comes", async () => {
    const draft = someone();
    const key = { "idempotency-key": crypto.randomUUID() };
    const [first, second] = [
      await agent.post("/api/contacts", draft, key),
      await agent.post("/api/contacts", draft, key),
    ];
    expect(second.body).toEqual(first.body);
    expect([first.status, second.status]).toEqual([201, 201]);
  });
});

describe("PUT /api/contacts/:contact_id", () => {
  it("changes what is named, clears what is null and leaves the rest", async () => {
    const { body } = await enter({ notes: "Likes light", source: "walk-in", custom_fields: { a: 1, b: 2 } });
    const { body: changed, headers } = await agent.put(path(body.id), {
      last_name: "Fields",
      notes: null,
      custom_fields: { b: null, c: 3 },
      lifecycle_stage: "decision",
    });
    expect(headers.get("etag")).toBe('"2"');
    expect(changed).toMatchObject({
      first_name: "Nora",
      display_name: "Nora Fields",
      notes: null,
      source: "walk-in",
      custom_fields: { a: 1, c: 3 },
      lifecycle_stage: "decision",
      relationship_status: "prospect",
    });
  });

  it("keeps the consent of an address that is told again without it", async () => {
    const { body } = await enter({ email: undefined, emails: [{ value: "k@mail.test", consent: "denied" }] });
    const { body: changed } = await agent.put(path(body.id), {
      emails: [{ value: "k@mail.test", label: "home" }, { value: "l@mail.test" }],
    });
    expect(changed.emails).toEqual([
      { ...body.emails[0], label: "home" },
      { value: "l@mail.test", label: null, is_primary: false, consent: "unknown", consent_at: null },
    ]);
  });

  it("keeps custom fields to what a row can carry, however they come", async () => {
    const { body } = await enter();
    const many = (n: number) => Object.fromEntries([1, 2, 3].map((k) => [`f${n}${k}`, "x".repeat(15_000)]));
    expect((await agent.put(path(body.id), { custom_fields: many(1) })).status).toBe(200);
    const refused = await agent.put(path(body.id), { custom_fields: many(2) });
    const msg = "must be at most 64 KB of JSON together";
    const detail = [{ loc: ["body", "custom_fields"], msg, type: "value_error" }];
    expect([refused.status, refused.body]).toEqual([422, { detail }]);
    const other = await enter({ custom_fields: many(2) });
    const merged = { primary_id: body.id, secondary_ids: [other.body.id] };
    expect((await agent.post("/api/contacts/merge", merged)).body).toEqual({ detail });
    const both = { ...many(1), ...many(2) };
    expect((await agent.post("/api/contacts", someone({ custom_fields: both }))).body).toEqual({ detail });
  });

  it("is found by its new name and address, and no longer by the old", async () => {
    const { body } = await enter({ last_name: "Oldname", email: "old.place@mail.test" });
    await agent.put(path(body.id), { last_name: "Newname", email: "new.place@mail.test" });
    const found = async (q: string) => (await agent.get(`/api/contacts/search?q=${q}`)).body.total;
    expect(await Promise.all(["oldname", "old.place", "newname", "new.place"].map(found))).toEqual([
      0, 0, 1, 1,
    ]);
  });

  it("honours If-Match, and lets those who do not mind change at the same time", async () => {
    const { body } = await enter();
    await agent.put(path(body.id), { notes: "one" }, { "if-match": '"1"' });
    const stale = await agent.put(path(body.id), { notes: "two" }, { "if-match": '"1"' });
    expect([stale.status, stale.body]).toEqual([412, { detail: "The record has changed since you read it" }]);
    const answers = await Promise.all(
      ["first_name", "last_name", "source", "company_name"].map((field) =>
        agent.put(path(body.id), { [field]: field }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await agent.get(path(body.id))).body).toMatchObject({
      first_name: "first_name",
      last_name: "last_name",
      source: "source",
      company_name: "company_name",
      notes: "one",
    });
  });

  it("does not move the status, and does not leave nobody", async () => {
    const { body } = await enter();
    expect((await agent.put(path(body.id), { relationship_status: "prospect" })).status).toBe(200);
    const moved = await agent.put(path(body.id), { relationship_status: "opportunity" });
    expect([moved.status, moved.body.detail[0].loc]).toEqual([422, ["body", "relationship_status"]]);
    const emptied = await agent.put(path(body.id), { first_name: null, last_name: "", email: null });
    expect([emptied.status, emptied.body.detail[0].loc]).toEqual([422, ["body", "__root__"]]);
  });
});

describe("DELETE /api/contacts/:contact_id", () => {
  it("archives: the contact leaves lists, searches and the status engine's view", async () => {
    const { body } = await enter({ last_name: "Goneaway" });
    const archived = await agent.delete(path(body.id));
    expect(archived.body).toEqual({ id: body.id, deleted_at: expect.stringMatching(/Z$/) });
    expect((await agent.get(path(body.id))).body).toEqual({ detail: "Contact not found" });
    expect((await agent.get("/api/contacts/search?q=goneaway")).body.total).toBe(0);
    expect((await agent.delete(path(body.id))).status).toBe(404);
    expect(
      (await agent.put(path(body.id, "/status"), { relationship_status: "qualified_lead" })).status,
    ).toBe(404);
    expect(
      (await agent.post(path(body.id, "/interactions"), { type: "call", description: "x" })).status,
    ).toBe(404);
  });

  it("is refused while live leads would be left without it, and counts them", async () => {
    const { body } = await enter();
    await aLead(company.property, { contactId: body.id });
    await aLead(company.property, { contactId: body.id, deletedAt: new Date() });
    const refused = await agent.delete(path(body.id));
    expect(refused.status).toBe(409);
    expect(refused.body).toEqual({
      detail: { code: "CONFLICT", message: "Contact still has live leads", leads: 1 },
    });
  });
});

describe("a contact's leads", () => {
  it("are listed as far as their property is seen, the latest active first", async () => {
    const contact = await aContact(company);
    const at = (day: number) => ({ contactId: contact.id, lastActivityAt: new Date(Date.UTC(2026, 0, day)) });
    const old = await aLead(company.property, at(1));
    const late = await aLead(company.property, at(3));
    const far = await aLead(company.otherProperty, at(2));
    await aLead(company.property, { contactId: contact.id, deletedAt: new Date() });
    const seen = async (api: Api) => {
      const { body } = await api.get(path(contact.id, "/leads"));
      expect(body.total).toBe(body.leads.length);
      return body.leads.map(({ id }: { id: string }) => id);
    };
    expect(await seen(viewer)).toEqual([late.id, old.id]);
    expect(await seen(as(company.admin))).toEqual([late.id, far.id, old.id]);
  });
});

describe("who may", () => {
  it("viewers look and change nothing", async () => {
    const contact = await aContact(company);
    for (const more of ["", "/interactions", "/status-history", "/duplicates"])
      expect((await viewer.get(path(contact.id, more))).status).toBe(200);
    const refused = await viewer.post(path(contact.id, "/interactions"), { type: "call", description: "x" });
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({ detail: "Insufficient permissions: edit_contacts required" });
    const moved = await viewer.put(path(contact.id, "/status"), { relationship_status: "qualified_lead" });
    expect(moved.body).toEqual({ detail: "Insufficient permissions: edit_contacts required" });
  });

  it("visitors are refused, strangers are asked who they are", async () => {
    const visitor = await asVisitor(company, company.property);
    const contact = await aContact(company);
    expect((await visitor.get("/api/contacts")).status).toBe(403);
    expect((await visitor.get(path(contact.id))).status).toBe(403);
  });

  it("another company's contact is one that does not exist, word for word", async () => {
    const contact = await aContact(company);
    const stranger = as((await aCompany()).admin);
    for (const id of [contact.id, nobody])
      for (const call of [
        stranger.get(path(id)),
        stranger.put(path(id), { notes: "mine" }),
        stranger.delete(path(id)),
        stranger.get(path(id, "/interactions")),
        stranger.post(path(id, "/interactions"), { type: "call", description: "x" }),
        stranger.put(path(id, "/status"), { relationship_status: "qualified_lead" }),
        stranger.get(path(id, "/status-history")),
        stranger.get(path(id, "/duplicates")),
      ]) {
        const { status, body } = await call;
        expect([status, body]).toEqual([404, { detail: "Contact not found" }]);
      }
    expect((await stranger.get("/api/contacts")).body.total).toBe(0);
    expect((await stranger.get("/api/contacts/search?q=nora")).body.total).toBe(0);
    expect((await rowOf(contact.id)).version).toBe(1);
  });

  it("every write leaves an audit row", async () => {
    const { body } = await enter();
    await agent.put(path(body.id), { notes: "x" });
    await agent.post(path(body.id, "/interactions"), { type: "call", description: "x" });
    await agent.put(path(body.id, "/status"), { relationship_status: "qualified_lead" });
    await agent.delete(path(body.id));
    const rows = await db.select().from(auditLog).where(eq(auditLog.recordId, body.id));
    expect(rows.map(({ action }) => action).toSorted()).toEqual([
      "add_interaction",
      "archive",
      "change_status",
      "create",
      "update",
    ]);
    expect(new Set(rows.map(({ actorId }) => actorId))).toEqual(new Set([company.agent.id]));
  });
});
