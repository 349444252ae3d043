import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/conversations.ts";
import { users, userSessions } from "../../src/db/schema/users.ts";
import { as, asVisitor } from "../support/api.ts";
import {
  aCompany,
  aConversation,
  aLead,
  anAccount,
  aManager,
  anAssignment,
  aTour,
  aUser,
  db,
  type Property,
} from "../support/factories.ts";

/** A visit of the user to the property's site. */
async function aSession(property: Property, userId: string, startedAt = new Date()) {
  const { companyId, id: propertyId } = property;
  const row = { id: uuidv7(), companyId, userId, propertyId, startedAt, lastSeenAt: startedAt };
  await db.insert(userSessions).values(row);
  return row;
}

describe("POST /api/users", () => {
  it("keeps every field, address and number in their plain form", async () => {
    const { id, agent } = await aCompany();
    const draft = {
      first_name: "Nora",
      last_name: "Field",
      age: 34,
      lead_source: "walk_in",
      hubspot_contact_id: "hs-9",
      browser_id: "browser_0-9",
    };
    const sent = { ...draft, email: "Nora@Example.test", phone: "312 555 0142" };
    const { status, body, headers } = await as(agent).post("/api/users", sent);
    expect(status).toBe(201);
    expect(headers.get("etag")).toBe('"1"');
    const kept = { ...draft, email: "nora@example.test", phone: "+13125550142" };
    expect(body.data).toMatchObject({ ...kept, company_id: id, session_count: 0, last_seen: null });
    expect((await as(agent).get(`/api/users/${body.data.id}`)).body.data).toEqual(body.data);
  });

  it.each([
    [{}, "body"],
    [{ age: 34 }, "body"],
    [{ email: "no" }, "email"],
    [{ first_name: "Nora", age: 131 }, "age"],
    [{ first_name: "Nora", age: 30.5 }, "age"],
    [{ browser_id: "short" }, "browser_id"],
    [{ browser_id: "has space in it" }, "browser_id"],
    [{ phone: "call me" }, "phone"],
  ])("refuses %j, naming %s", async (draft, field) => {
    const { agent } = await aCompany();
    const { status, body } = await as(agent).post("/api/users", draft);
    expect(status).toBe(422);
    expect(body.error.details[0].field).toBe(field);
  });

  it("refuses a browser the company knows, and takes it in another company", async () => {
    const { agent } = await aCompany();
    const draft = { browser_id: "browser-of-nora" };
    await as(agent).post("/api/users", draft);
    const second = await as(agent).post("/api/users", draft);
    expect([second.status, second.body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
    const other = await aCompany();
    expect((await as(other.agent).post("/api/users", draft)).status).toBe(201);
  });

  it("makes one user of a repeated request with one key", async () => {
    const { agent } = await aCompany();
    const send = () => as(agent).post("/api/users", { first_name: "Nora" }, { "Idempotency-Key": "nora-1" });
    const [first, second] = await Promise.all([send(), send()]);
    expect(first.body.data.id).toBe(second.body.data.id);
  });
});

describe("GET /api/users", () => {
  const people = [
    { firstName: "Nora", lastName: "Field", email: "nora@example.test", phone: "+13125550142" },
    { firstName: "Omar", lastName: "Stone", email: "omar@example.test", phone: "+13125550143" },
  ];

  it.each([
    ["q=nora%20f", ["Nora"]],
    ["q=OMAR@", ["Omar"]],
    ["q=5550142", ["Nora"]],
    ["q=%25", []],
    ["email=Omar%40example.test", ["Omar"]],
    ["phone=312-555-0142", ["Nora"]],
    ["sort=last_name", ["Nora", "Omar"]],
    ["from=2099-01-01T00:00:00Z", []],
    ["to=2099-01-01T00:00:00Z&sort=last_name", ["Nora", "Omar"]],
  ])("?%s finds %j", async (query, names) => {
    const { id, admin } = await aCompany();
    for (const person of people) await aUser({ companyId: id }, person);
    const { body } = await as(admin).get(`/api/users?${query}`);
    expect(body.data.map(({ first_name }: { first_name: string }) => first_name)).toEqual(names);
    expect(body.meta.pagination.total).toBe(names.length);
  });

  it("finds who was at a property, by session or by conversation", async () => {
    const { id, admin, property, otherProperty } = await aCompany();
    const [caller, chatter, elsewhere] = [
      await aUser({ companyId: id }),
      await aUser({ companyId: id }),
      await aUser({ companyId: id }),
    ];
    await aSession(property, caller.id);
    await aSession(property, caller.id);
    await aConversation(property, { userId: chatter.id });
    await aSession(otherProperty, elsewhere.id);
    const { body } = await as(admin).get(`/api/users?property_id=${property.id}&sort=created_at`);
    expect(body.data.map((one: { id: string }) => one.id)).toEqual([caller.id, chatter.id]);
    expect(body.meta.pagination.total).toBe(2);
  });

  it("shows an agent those of the assigned properties and those known nowhere", async () => {
    const { id, agent, admin, property, otherProperty } = await aCompany();
    const make = () => aUser({ companyId: id });
    const [here, there, both, byLead, nowhere] = [
      await make(),
      await make(),
      await make(),
      await make(),
      await make(),
    ];
    await aSession(property, here.id);
    await aSession(otherProperty, there.id);
    await aSession(property, both.id);
    await aSession(otherProperty, both.id);
    await aLead(property, { userId: byLead.id });
    const seen = async (account: Parameters<typeof as>[0], query = "") =>
      (await as(account).get(`/api/users?sort=created_at${query}`)).body.data.map(
        (one: { id: string }) => one.id,
      );
    expect(await seen(agent)).toEqual([here.id, both.id, byLead.id, nowhere.id]);
    expect(await seen(admin)).toHaveLength(5);
    expect(await seen(agent, `&property_id=${otherProperty.id}`)).toEqual([]);
    expect((await as(agent).get(`/api/users/${there.id}`)).status).toBe(404);
    expect((await as(agent).get(`/api/users/browser/${there.browserId}`)).status).toBe(404);
    expect((await as(agent).get(`/api/users/browser/${here.browserId}`)).body.data.id).toBe(here.id);
  });
});

describe("GET /api/users/:id", () => {
  it("shows a visitor himself and nobody else", async () => {
    const company = await aCompany();
    const visitor = await asVisitor(company, company.property);
    const other = await asVisitor(company, company.property);
    const { status, body } = await visitor.get(`/api/users/${visitor.visitor.id}`);
    expect([status, body.data.id]).toEqual([200, visitor.visitor.id]);
    expect((await visitor.get(`/api/users/${other.visitor.id}`)).status).toBe(404);
    expect((await visitor.get(`/api/users/browser/${visitor.visitor.browserId}`)).status).toBe(403);
    expect((await visitor.get("/api/users")).status).toBe(403);
    expect((await visitor.put(`/api/users/${visitor.visitor.id}`, { first_name: "X" })).status).toBe(403);
  });
});

describe("PUT /api/users/:id", () => {
  it("changes the named fields, clears with null, honours If-Match", async () => {
    const { id, agent } = await aCompany();
    const user = await aUser({ companyId: id }, { firstName: "Nora", email: "nora@example.test" });
    const path = `/api/users/${user.id}`;
    const { body } = await as(agent).put(path, { last_name: "Field", email: null }, { "If-Match": '"1"' });
    expect(body.data).toMatchObject({ first_name: "Nora", last_name: "Field", email: null });
    expect((await as(agent).put(path, { age: 40 }, { "If-Match": '"1"' })).status).toBe(412);
  });

  it("refuses who may only read at the person's properties", async () => {
    const { id, company, property, otherProperty } = await aCompany();
    const person = await aManager(company);
    await anAssignment(property, person, { accessLevel: "read" });
    await anAssignment(otherProperty, person, { accessLevel: "write" });
    const agent = await anAccount(company, "agent", { managerId: person.id });
    const [here, there, nowhere] = [
      await aUser({ companyId: id }),
      await aUser({ companyId: id }),
      await aUser({ companyId: id }),
    ];
    await aSession(property, here.id);
    await aSession(otherProperty, there.id);
    const change = async (userId: string) =>
      (await as(agent).put(`/api/users/${userId}`, { age: 30 })).status;
    expect([await change(here.id), await change(there.id), await change(nowhere.id)]).toEqual([
      403, 200, 200,
    ]);
  });
});

describe("DELETE /api/users/:id", () => {
  it("archives: the token is dead, and the browser comes back as a stranger", async () => {
    const company = await aCompany();
    const visitor = await asVisitor(company, company.property);
    const { id, browserId } = visitor.visitor;
    const { status, body } = await as(company.admin).delete(`/api/users/${id}`);
    expect([status, body.data.id]).toEqual([200, id]);
    expect((await visitor.get(`/api/users/${id}`)).status).toBe(401);
    expect((await as(company.admin).get(`/api/users/${id}`)).status).toBe(404);
    const visit = { embed_key: company.property.embedKey };
    const again = await visitor.post(`/api/users/browser/${browserId}/session`, visit);
    expect(again.body.data.user).toMatchObject({ browser_id: browserId, session_count: 1 });
    expect(again.body.data.user.id).not.toBe(id);
  });

  it("counts the conversations, leads and tours that keep the person", async () => {
    const { id, admin, property } = await aCompany();
    const user = await aUser({ companyId: id });
    await aConversation(property, { userId: user.id });
    const lead = await aLead(property, { userId: user.id });
    await aTour(property, { userId: user.id });
    const { status, body } = await as(admin).delete(`/api/users/${user.id}`);
    expect([status, body.error.details]).toEqual([409, { conversations: 1, leads: 1, tours: 1 }]);
    await db.update(leads).set({ deletedAt: new Date() }).where(eq(leads.id, lead.id));
    const later = await as(admin).delete(`/api/users/${user.id}`);
    expect(later.body.error.details).toEqual({ conversations: 1, leads: 0, tours: 1 });
  });
});

describe("GET /api/users/:id/sessions", () => {
  it("lists visits, latest first, at the properties the caller sees", async () => {
    const { id, admin, agent, property, otherProperty } = await aCompany();
    const user = await aUser({ companyId: id });
    const first = await aSession(property, user.id, new Date("2026-01-01T10:00:00Z"));
    const second = await aSession(otherProperty, user.id, new Date("2026-01-02T10:00:00Z"));
    const path = `/api/users/${user.id}/sessions`;
    const seen = async (account: Parameters<typeof as>[0], query = "") =>
      (await as(account).get(path + query)).body.data.map((one: { id: string }) => one.id);
    expect(await seen(admin)).toEqual([second.id, first.id]);
    expect(await seen(agent)).toEqual([first.id]);
    expect(await seen(admin, `?property_id=${otherProperty.id}`)).toEqual([second.id]);
  });
});

describe("GET /api/users/:id/conversations", () => {
  it("lists a person's conversations to staff and to the visitor himself", async () => {
    const company = await aCompany();
    const { admin, agent, property, otherProperty } = company;
    const visitor = await asVisitor(company, property);
    const { id: userId } = visitor.visitor;
    const here = await aConversation(property, { userId, startTime: new Date("2026-01-02T10:00:00Z") });
    const there = await aConversation(otherProperty, { userId, startTime: new Date("2026-01-01T10:00:00Z") });
    await aConversation(property);
    const path = `/api/users/${userId}/conversations`;
    const ids = ({ body }: { body: { data: { id: string }[] } }) => body.data.map(({ id }) => id);
    expect(ids(await as(admin).get(path))).toEqual([here.id, there.id]);
    expect(ids(await as(agent).get(path))).toEqual([here.id]);
    expect(ids(await visitor.get(path))).toEqual([here.id]);
    const other = await asVisitor(company, property);
    expect((await other.get(path)).status).toBe(404);
    expect((await as((await aCompany()).admin).get(path)).status).toBe(404);
    expect(await db.select().from(users).where(eq(users.id, userId))).toHaveLength(1);
  });
});
