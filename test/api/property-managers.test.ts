import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { propertyAssignments } from "../../src/db/schema/properties.ts";
import { as } from "../support/api.ts";
import {
  aCompany,
  aLead,
  aManager,
  anAssignment,
  anAccount,
  aNotification,
  aTask,
  aTour,
  db,
  everyDay,
} from "../support/factories.ts";

const draft = {
  first_name: "Ana",
  last_name: "Abel",
  email: "Ana.Abel@Example.test",
  phone: "(312) 555-0199",
  access_level: "write",
};

function assignmentsOf(propertyId: string) {
  return db.select().from(propertyAssignments).where(eq(propertyAssignments.propertyId, propertyId));
}

describe("POST /api/property-managers", () => {
  it("adds a person, address and number in their plain form", async () => {
    const { id, admin } = await aCompany();
    const full = { ...draft, role: "Leasing agent", hours: everyDay };
    const { status, body } = await as(admin).post("/api/property-managers", full);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      ...full,
      company_id: id,
      email: "ana.abel@example.test",
      phone: "+13125550199",
      assignments: [],
    });
    const read = await as(admin).get(`/api/property-managers/${body.data.id}`);
    expect(read.body.data).toEqual({ ...body.data, notifications: [] });
  });

  it("refuses an address the company has, whatever its case, and takes it in another company", async () => {
    const { admin } = await aCompany();
    await as(admin).post("/api/property-managers", draft);
    const second = await as(admin).post("/api/property-managers", {
      ...draft,
      email: "ana.abel@example.test",
    });
    expect([second.status, second.body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
    const other = await aCompany();
    expect((await as(other.admin).post("/api/property-managers", draft)).status).toBe(201);
  });

  it("lists every bad field at once", async () => {
    const { admin } = await aCompany();
    const bad = { first_name: "", email: "no", phone: "1", access_level: "all", hours: { noday: [] } };
    const { status, body } = await as(admin).post("/api/property-managers", bad);
    expect(status).toBe(422);
    const fields = body.error.details.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(["first_name", "last_name", "email", "phone", "access_level", "hours.noday"]);
  });
});

describe("GET /api/property-managers", () => {
  it.each([
    ["q=abel", ["Abel"]],
    ["q=ANA%20ABEL", ["Abel"]],
    ["q=leasing", ["Abel"]],
    ["access_level=read", ["Zorn"]],
    ["q=nobody", []],
  ])("?%s finds %j among the admin's people", async (query, names) => {
    const { admin, company, property } = await aCompany();
    await aManager(company, { firstName: "Ana", lastName: "Abel", role: "Leasing agent" });
    const reader = await aManager(company, { lastName: "Zorn", accessLevel: "read" });
    await anAssignment(property, { id: reader.id, accessLevel: "read" });
    const { body } = await as(admin).get(`/api/property-managers?${query}`);
    const found = body.data.map(({ last_name }: { last_name: string }) => last_name);
    expect(found.filter((name: string) => name !== "Reed")).toEqual(names);
  });

  it("finds who works at a property, with all assignments the caller may see", async () => {
    const { admin, agent, manager, property, otherProperty } = await aCompany();
    const seenBy = async (account: Parameters<typeof as>[0], propertyId: string) =>
      (await as(account).get(`/api/property-managers?property_id=${propertyId}`)).body;
    const there = await seenBy(admin, otherProperty.id);
    expect(there.data.map(({ id }: { id: string }) => id)).toEqual([manager.managerId]);
    expect(there.data[0].assignments.map((one: { property_name: string }) => one.property_name)).toEqual([
      "Maple Court",
      "Maple Heights",
    ]);
    expect((await seenBy(agent, otherProperty.id)).meta.pagination.total).toBe(0);
    const here = await seenBy(agent, property.id);
    expect(here.meta.pagination.total).toBe(3);
    const colleague = here.data.find(({ id }: { id: string }) => id === manager.managerId);
    expect(colleague.assignments.map((one: { property_id: string }) => one.property_id)).toEqual([
      property.id,
    ]);
  });

  it("hides from an agent those who work elsewhere only", async () => {
    const { agent, company, otherProperty } = await aCompany();
    const elsewhere = await aManager(company);
    await anAssignment(otherProperty, elsewhere);
    const nowhere = await aManager(company);
    expect((await as(agent).get(`/api/property-managers/${elsewhere.id}`)).status).toBe(404);
    expect((await as(agent).get(`/api/property-managers/${nowhere.id}`)).status).toBe(200);
  });
});

describe("PUT /api/property-managers/:id", () => {
  it("changes the named fields and honours If-Match", async () => {
    const { admin, agent } = await aCompany();
    const path = `/api/property-managers/${agent.managerId}`;
    const first = await as(admin).put(path, { role: "Concierge", hours: everyDay }, { "If-Match": '"1"' });
    expect(first.body.data).toMatchObject({ role: "Concierge", first_name: "Morgan", hours: everyDay });
    expect((await as(admin).put(path, { role: null }, { "If-Match": '"1"' })).status).toBe(412);
    expect((await as(admin).put(path, { role: null })).body.data.role).toBeNull();
  });

  it("refuses somebody else's address", async () => {
    const { admin, agent, manager } = await aCompany();
    const taken = await as(admin).put(`/api/property-managers/${agent.managerId}`, { email: manager.email });
    expect([taken.status, taken.body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
  });

  it("lets a manager keep his own details and the records of his people, but hand out no more than he has", async () => {
    const { manager, agent, company, property, otherProperty } = await aCompany();
    const third = await aManager(company, { accessLevel: "read" });
    await anAssignment(property, third);
    await db
      .update(propertyAssignments)
      .set({ accessLevel: "read" })
      .where(
        and(
          eq(propertyAssignments.managerId, manager.managerId),
          eq(propertyAssignments.propertyId, otherProperty.id),
        ),
      );
    const change = (id: string, body: object) => as(manager).put(`/api/property-managers/${id}`, body);
    expect((await change(agent.managerId, { phone: "+13125550177" })).status).toBe(200);
    expect((await change(manager.managerId, { phone: "+13125550178" })).status).toBe(200);
    expect((await change(manager.managerId, { access_level: "write" })).status).toBe(403);
    await anAssignment(otherProperty, third);
    expect((await change(third.id, { access_level: "write" })).status).toBe(403);
  });
});

describe("DELETE /api/property-managers/:id", () => {
  it("ends the assignments and frees the address", async () => {
    const { admin, agent, property } = await aCompany();
    const { status, body } = await as(admin).delete(`/api/property-managers/${agent.managerId}`);
    expect(status).toBe(200);
    expect(body.data.id).toBe(agent.managerId);
    expect((await as(admin).get(`/api/property-managers/${agent.managerId}`)).status).toBe(404);
    expect((await assignmentsOf(property.id)).some(({ managerId }) => managerId === agent.managerId)).toBe(
      false,
    );
    expect((await as(agent).get("/api/properties")).body.meta.pagination.total).toBe(0);
    expect((await as(admin).post("/api/property-managers", { ...draft, email: agent.email })).status).toBe(
      201,
    );
  });

  it("counts the tours, leads and tasks that wait for this person", async () => {
    const { admin, agent, property } = await aCompany();
    const { managerId } = agent;
    await aTour(property, { propertyManagerId: managerId });
    await aLead(property, { assignedTo: managerId });
    await aTask(property, { assignedTo: managerId });
    await aTask(property, { assignedTo: managerId, status: "completed" });
    const { status, body } = await as(admin).delete(`/api/property-managers/${managerId}`);
    expect([status, body.error.code]).toEqual([409, "CONFLICT"]);
    expect(body.error.details).toEqual({ tours: 1, leads: 1, tasks: 1 });
  });
});

describe("/api/property-managers/:id/assignments", () => {
  it("gives a property one primary manager: the new one takes the place of the old", async () => {
    const { admin, manager, agent, property } = await aCompany();
    const list = async (id: string) =>
      (await as(admin).get(`/api/property-managers/${id}/assignments`)).body.data;
    const [here] = await list(agent.managerId);
    const path = `/api/property-managers/${agent.managerId}/assignments/${here.id}`;
    const raised = await as(admin).put(path, { is_primary: true });
    expect(raised.body.data).toMatchObject({
      is_primary: true,
      access_level: "write",
      property_name: "Maple Court",
    });
    const his = (await list(manager.managerId)).find(
      (one: { property_id: string }) => one.property_id === property.id,
    );
    await as(admin).put(`/api/property-managers/${manager.managerId}/assignments/${his.id}`, {
      is_primary: true,
    });
    const primary = (await assignmentsOf(property.id)).filter(({ isPrimary }) => isPrimary);
    expect(primary.map(({ managerId }) => managerId)).toEqual([manager.managerId]);
    const stepped = await as(admin).put(`/api/property-managers/${manager.managerId}/assignments/${his.id}`, {
      is_primary: false,
      access_level: "read",
    });
    expect(stepped.body.data).toMatchObject({ is_primary: false, access_level: "read" });
  });

  it("leaves one primary when two are named at once", async () => {
    const { admin, company, otherProperty } = await aCompany();
    const people = await Promise.all([aManager(company), aManager(company), aManager(company)]);
    const answers = await Promise.all(
      people.map(({ id }) =>
        as(admin).post(`/api/property-managers/${id}/assignments`, {
          property_id: otherProperty.id,
          is_primary: true,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect((await assignmentsOf(otherProperty.id)).filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
  });

  it("lets an account see the property from then on, and no longer once it ends", async () => {
    const { admin, agent, otherProperty } = await aCompany();
    const path = `/api/property-managers/${agent.managerId}/assignments`;
    const { body } = await as(admin).post(path, { property_id: otherProperty.id, access_level: "read" });
    expect((await as(agent).get(`/api/properties/${otherProperty.id}`)).status).toBe(200);
    const ended = await as(admin).delete(`${path}/${body.data.id}`);
    expect(ended.body.data.id).toBe(body.data.id);
    expect((await as(agent).get(`/api/properties/${otherProperty.id}`)).status).toBe(404);
  });

  it("knows no property or person of another company, nor a second assignment", async () => {
    const { admin, agent, property } = await aCompany();
    const stranger = await aCompany();
    const path = `/api/property-managers/${agent.managerId}/assignments`;
    expect((await as(admin).post(path, { property_id: stranger.property.id })).status).toBe(404);
    const theirs = `/api/property-managers/${stranger.agent.managerId}/assignments`;
    expect((await as(admin).post(theirs, { property_id: property.id })).status).toBe(404);
    expect((await as(admin).get(theirs)).status).toBe(404);
    const twice = await as(admin).post(path, { property_id: property.id });
    expect([twice.status, twice.body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
  });

  it("lets a manager assign where he may write, and only there", async () => {
    const { manager, company, property, otherProperty } = await aCompany();
    await db
      .update(propertyAssignments)
      .set({ accessLevel: "read" })
      .where(
        and(
          eq(propertyAssignments.managerId, manager.managerId),
          eq(propertyAssignments.propertyId, otherProperty.id),
        ),
      );
    const newcomer = await aManager(company);
    const path = `/api/property-managers/${newcomer.id}/assignments`;
    expect((await as(manager).post(path, { property_id: property.id })).status).toBe(201);
    expect((await as(manager).post(path, { property_id: otherProperty.id })).status).toBe(403);
  });
});

describe("/api/property-managers/:id/notifications", () => {
  async function withNotices() {
    const company = await aCompany();
    const { agent, property } = company;
    const mine = { propertyManagerId: agent.managerId };
    const old = await aNotification(property, { ...mine, status: "read", readAt: new Date() });
    const first = await aNotification(property, mine);
    const second = await aNotification(property, mine);
    return {
      ...company,
      old,
      first,
      second,
      path: `/api/property-managers/${agent.managerId}/notifications`,
    };
  }
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);

  it("lists one's own, latest first, and the unread ones alone", async () => {
    const { agent, path, old, first, second } = await withNotices();
    expect(ids((await as(agent).get(path)).body.data)).toEqual(ids([second, first, old]));
    const unread = await as(agent).get(`${path}?unread=true`);
    expect(ids(unread.body.data)).toEqual(ids([second, first]));
    expect(unread.body.meta.pagination.total).toBe(2);
    expect(ids((await as(agent).get(`${path}?unread=false&sort=created_at`)).body.data)).toEqual([old.id]);
    const whole = await as(agent).get(`/api/property-managers/${agent.managerId}`);
    expect(ids(whole.body.data.notifications)).toEqual(ids([second, first]));
  });

  it("shows those of others to managers and admins, at the properties they see", async () => {
    const { admin, manager, viewer, agent, company, property, path } = await withNotices();
    expect((await as(admin).get(path)).body.meta.pagination.total).toBe(3);
    expect((await as(manager).get(path)).body.meta.pagination.total).toBe(3);
    const refused = await as(viewer).get(path);
    expect([refused.status, refused.body.error.code]).toEqual([403, "INSUFFICIENT_PERMISSIONS"]);
    const whole = await as(viewer).get(`/api/property-managers/${agent.managerId}`);
    expect(whole.body.data.notifications).toEqual([]);
    const person = await aManager(company);
    const outsider = await anAccount(company, "manager", { managerId: person.id });
    expect((await as(outsider).get(path)).status).toBe(404);
    await anAssignment(property, person);
    expect((await as(outsider).get(path)).body.meta.pagination.total).toBe(3);
  });

  it("marks one as read, then as responded to, and never back", async () => {
    const { agent, path, first } = await withNotices();
    const mark = async (status: string) => (await as(agent).put(`${path}/${first.id}`, { status })).body.data;
    const read = await mark("read");
    expect(read).toMatchObject({ status: "read", response_at: null });
    const responded = await mark("responded");
    expect(responded).toMatchObject({ status: "responded", read_at: read.read_at });
    expect(await mark("read")).toEqual({ ...responded, updated_at: expect.any(String) });
    expect((await as(agent).put(`${path}/${first.id}`, { status: "unread" })).status).toBe(422);
    const [row] = await db.select().from(auditLog).where(eq(auditLog.recordId, first.id));
    expect(row).toMatchObject({ action: "mark_read", actorId: agent.id });
  });

  it("marks the named ones or all, and tells how many are left", async () => {
    const { agent, path, first, old } = await withNotices();
    const some = await as(agent).post(`${path}/mark-read`, { ids: [first.id, old.id, "nothing"] });
    expect(some.body.data).toEqual({ marked: 1, unread: 1 });
    expect((await as(agent).post(`${path}/mark-read`, {})).body.data).toEqual({ marked: 1, unread: 0 });
    expect((await as(agent).post(`${path}/mark-read`, { ids: [] })).status).toBe(422);
  });

  it("does not let a reader of a property mark another person's", async () => {
    const { agent, path, first, company, property } = await withNotices();
    const person = await aManager(company, { accessLevel: "read" });
    await anAssignment(property, person);
    const reader = await anAccount(company, "manager", { managerId: person.id });
    expect((await as(reader).put(`${path}/${first.id}`, { status: "read" })).status).toBe(403);
    expect((await as(reader).post(`${path}/mark-read`, {})).body.data).toEqual({ marked: 0, unread: 2 });
    expect((await as(agent).get(`${path}?unread=true`)).body.meta.pagination.total).toBe(2);
  });
});

describe("/api/properties/:id/managers", () => {
  it("assigns, lists and unassigns", async () => {
    const { admin, company, otherProperty } = await aCompany();
    const newcomer = await aManager(company, { lastName: "Abel" });
    const path = `/api/properties/${otherProperty.id}/managers`;
    const assigned = await as(admin).post(path, {
      manager_id: newcomer.id,
      access_level: "read",
      is_primary: true,
    });
    expect(assigned.status).toBe(201);
    expect(assigned.body.data).toMatchObject({
      id: newcomer.id,
      assignment: { access_level: "read", is_primary: true, property_name: "Maple Heights" },
    });
    const listed = await as(admin).get(path);
    expect(listed.body.data[0]).toEqual(assigned.body.data);
    expect(listed.body.meta.pagination.total).toBe(2);
    const ended = await as(admin).delete(`${path}/${newcomer.id}`);
    expect(ended.body.data).toEqual({ id: newcomer.id, deleted_at: expect.stringMatching(/Z$/) });
    expect((await as(admin).get(path)).body.meta.pagination.total).toBe(1);
    expect((await as(admin).delete(`${path}/${newcomer.id}`)).status).toBe(404);
  });

  it("knows no manager of another company and no one twice", async () => {
    const { admin, property, manager } = await aCompany();
    const stranger = await aCompany();
    const path = `/api/properties/${property.id}/managers`;
    expect((await as(admin).post(path, { manager_id: stranger.manager.managerId })).status).toBe(404);
    const twice = await as(admin).post(path, { manager_id: manager.managerId });
    expect([twice.status, twice.body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
    expect((await as(admin).post(path, {})).body.error.code).toBe("MISSING_REQUIRED_FIELD");
  });
});
