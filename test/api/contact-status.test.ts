import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { contacts } from "../../src/db/schema/contacts.ts";
import { statusEntities, statusWorkflows } from "../../src/db/schema/status.ts";
import { lifecycleStages, relationshipStatuses } from "../../src/modules/contacts/lifecycle.ts";
import { alignContact, settleContact } from "../../src/modules/contacts/settle-contact.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { contactWorkflow } from "../../src/modules/status/workflows/contact.ts";
import { type Api, as } from "../support/api.ts";
import { aContact, onceDelivered } from "../support/contacts.ts";
import { aContext, deliverAll } from "../support/deliver.ts";
import { aCompany, db, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
let agent: Api;

beforeAll(async () => {
  company = await aCompany();
  agent = as(company.agent);
});

const statusPath = (id: string) => `/api/contacts/${id}/status`;
const historyOf = async (id: string, query = "") =>
  (await agent.get(`/api/contacts/${id}/status-history${query}`)).body;
const rowOf = async (id: string) => (await db.select().from(contacts).where(eq(contacts.id, id)))[0]!;

const moves: Record<string, string[]> = {
  prospect: ["qualified_lead", "lost_lead", "inactive"],
  qualified_lead: ["opportunity", "lost_lead", "inactive"],
  opportunity: ["active_client", "lost_lead", "inactive"],
  active_client: ["past_client", "lost_lead", "inactive"],
  past_client: ["lost_lead", "inactive"],
  lost_lead: ["prospect", "inactive"],
  inactive: ["prospect", "lost_lead"],
};

const aligned: Record<string, string> = {
  prospect: "awareness",
  qualified_lead: "interest",
  opportunity: "consideration",
  active_client: "customer",
};

const pairs = relationshipStatuses.flatMap((from) => relationshipStatuses.map((to) => [from, to] as const));

const isMove = ([from, to]: readonly [string, string]) => moves[from]?.includes(to) === true;

describe("PUT /api/contacts/:contact_id/status", () => {
  it("answers field for field", async () => {
    const contact = await aContact(company);
    const { status, body } = await agent.put(statusPath(contact.id), {
      relationship_status: "qualified_lead",
      reason: "Showed strong interest in our services",
      notes: "Ready to move forward with proposal",
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      contact_id: contact.id,
      old_status: "prospect",
      new_status: "qualified_lead",
      old_lifecycle_stage: "awareness",
      new_lifecycle_stage: "interest",
      changed_by: company.agent.name,
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      reason: "Showed strong interest in our services",
    });
    expect((await agent.get(`/api/contacts/${contact.id}`)).body).toMatchObject({
      relationship_status: "qualified_lead",
      lifecycle_stage: "interest",
    });
  });

  async function tryMove(from: string, to: string) {
    const contact = await aContact(company, { relationshipStatus: from, lifecycleStage: "decision" });
    const { status, body } = await agent.put(statusPath(contact.id), { relationship_status: to });
    const { relationshipStatus, lifecycleStage } = await rowOf(contact.id);
    return { status, body, now: [relationshipStatus, lifecycleStage] };
  }

  it.each(pairs.filter(isMove))("moves from %s to %s, with the stage that goes with it", async (from, to) => {
    const { status, body, now } = await tryMove(from, to);
    const stage = aligned[to] ?? "decision";
    expect(status).toBe(200);
    expect([body.old_status, body.new_status]).toEqual([from, to]);
    expect([body.old_lifecycle_stage, body.new_lifecycle_stage]).toEqual(["decision", stage]);
    expect(now).toEqual([to, stage]);
  });

  it.each(pairs.filter((pair) => !isMove(pair)))("does not move from %s to %s", async (from, to) => {
    const { status, body, now } = await tryMove(from, to);
    expect([status, body]).toEqual([
      400,
      { detail: `Invalid status transition: cannot move from ${from} to ${to}` },
    ]);
    expect(now).toEqual([from, "decision"]);
  });

  it.each(lifecycleStages)("takes the stage that is given: %s", async (stage) => {
    const contact = await aContact(company);
    const update = { relationship_status: "inactive", lifecycle_stage: stage };
    expect((await agent.put(statusPath(contact.id), update)).body.new_lifecycle_stage).toBe(stage);
    expect((await rowOf(contact.id)).lifecycleStage).toBe(stage);
  });

  it("refuses what it cannot read in FastAPI's words", async () => {
    const contact = await aContact(company);
    const refused = async (update: unknown) => {
      const { status, body } = await agent.put(statusPath(contact.id), update);
      expect(status).toBe(422);
      return body.detail;
    };
    expect(await refused({ lifecycle_stage: "interest" })).toEqual([
      { loc: ["body", "relationship_status"], msg: "field required", type: "value_error.missing" },
    ]);
    expect(await refused({ relationship_status: "friend", lifecycle_stage: "love", reason: 5 })).toEqual([
      {
        loc: ["body", "relationship_status"],
        msg: "value is not a valid enumeration member; permitted: 'prospect', 'qualified_lead', 'opportunity', 'active_client', 'past_client', 'lost_lead', 'inactive'",
        type: "type_error.enum",
        ctx: { enum_values: [...relationshipStatuses] },
      },
      {
        loc: ["body", "lifecycle_stage"],
        msg: "value is not a valid enumeration member; permitted: 'awareness', 'interest', 'consideration', 'decision', 'retention', 'customer'",
        type: "type_error.enum",
        ctx: { enum_values: [...lifecycleStages] },
      },
      { loc: ["body", "reason"], msg: "str type expected", type: "type_error.str" },
    ]);
  });

  it("takes one of two moves that exclude each other, and tells the other where the contact is", async () => {
    const contact = await aContact(company);
    const answers = await Promise.all(
      ["qualified_lead", "lost_lead"].map((relationship_status) =>
        agent.put(statusPath(contact.id), { relationship_status }),
      ),
    );
    const [history, row] = [await historyOf(contact.id), await rowOf(contact.id)];
    expect(history.history[0].new_status).toBe(row.relationshipStatus);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeLessThan(2);
    for (const { status, body } of refused)
      expect([status, body.detail]).toEqual([400, expect.stringContaining("Invalid status transition")]);
    expect(history.total).toBe(1 + answers.filter(({ status }) => status === 200).length);
  });

  it("honours If-Match: of two who saw the same contact only one moves it", async () => {
    const contact = await aContact(company);
    const seen = (await agent.get(`/api/contacts/${contact.id}`)).headers.get("etag")!;
    const to = (relationship_status: string) =>
      agent.put(statusPath(contact.id), { relationship_status }, { "if-match": seen });
    expect((await to("qualified_lead")).status).toBe(200);
    const stale = await to("opportunity");
    expect([stale.status, stale.body]).toEqual([412, { detail: "The record has changed since you read it" }]);
    expect((await historyOf(contact.id)).total).toBe(2);
  });

  it("asks the company's own workflow, where it has one", async () => {
    const own = await aCompany();
    const definition = {
      ...contactWorkflow,
      id: "own-contact",
      steps: contactWorkflow.steps.map((step) =>
        step.status_name === "qualified_lead" ? { ...step, required_permission: "approve_status" } : step,
      ),
    };
    await db.insert(statusWorkflows).values({
      companyId: own.id,
      id: definition.id,
      version: 1,
      entityType: "contact",
      name: definition.name,
      isDefault: true,
      isActive: true,
      definition,
      createdBy: "test",
      createdAt: new Date(),
    });
    const contact = await aContact(own);
    const update = { relationship_status: "qualified_lead" };
    const refused = await as(own.agent).put(statusPath(contact.id), update);
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      "Insufficient permissions: approve_status required",
    ]);
    expect((await as(own.manager).put(statusPath(contact.id), update)).status).toBe(200);
  });
});

describe("GET /api/contacts/:contact_id/status-history", () => {
  it("tells every change, newest first, with stages, person, reason and notes", async () => {
    const contact = await aContact(company);
    await agent.put(statusPath(contact.id), {
      relationship_status: "qualified_lead",
      reason: "Budget",
      notes: "n",
    });
    await as(company.manager).put(statusPath(contact.id), {
      relationship_status: "opportunity",
      lifecycle_stage: "decision",
    });
    await agent.put(statusPath(contact.id), { relationship_status: "lost_lead" });
    const { history, total } = await historyOf(contact.id);
    expect(total).toBe(4);
    const told = history.map((change: Record<string, unknown>) => [
      change["old_status"],
      change["new_status"],
      change["old_lifecycle_stage"],
      change["new_lifecycle_stage"],
    ]);
    expect(told).toEqual([
      ["opportunity", "lost_lead", "decision", "decision"],
      ["qualified_lead", "opportunity", "interest", "decision"],
      ["prospect", "qualified_lead", "awareness", "interest"],
      [null, "prospect", null, "awareness"],
    ]);
    expect(history[2]).toMatchObject({ changed_by: company.agent.name, reason: "Budget", notes: "n" });
    expect(history[1]).toMatchObject({ changed_by_id: company.manager.id, reason: null, notes: null });
    expect(await historyOf(contact.id, "?skip=1&limit=2")).toEqual({
      history: history.slice(1, 3),
      total: 4,
      skip: 1,
      limit: 2,
    });
  });

  it("tells nothing of a contact whose status has not begun", async () => {
    const contact = await aContact(company);
    expect(await historyOf(contact.id)).toEqual({ history: [], total: 0, skip: 0, limit: 50 });
  });

  it("knows the stages of moves made elsewhere", async () => {
    const contact = await aContact(company);
    await agent.put(statusPath(contact.id), { relationship_status: "qualified_lead" });
    const ctx = await aContext(company.id);
    await changeStatus(ctx, { entityType: "contact", entityId: contact.id, toStatus: "opportunity" });
    expect((await historyOf(contact.id)).history[0]).toMatchObject({
      old_lifecycle_stage: "interest",
      new_lifecycle_stage: "consideration",
    });
  });
});

describe("a contact's row", () => {
  it("follows a move made elsewhere as soon as the machine's event arrives, however often it does", async () => {
    const own = await aCompany();
    const contact = await aContact(own);
    await as(own.agent).put(statusPath(contact.id), { relationship_status: "qualified_lead" });
    const ctx = await aContext(own.id);
    for (const toStatus of ["opportunity", "active_client", "past_client"])
      await changeStatus(ctx, { entityType: "contact", entityId: contact.id, toStatus });
    await onceDelivered(own.id, "notifications", async () => {
      expect(await rowOf(contact.id)).toMatchObject({
        relationshipStatus: "past_client",
        lifecycleStage: "customer",
        statusSeq: 5,
      });
    });
    const followed = await rowOf(contact.id);
    await settleContact(ctx, contact.id);
    await deliverAll(own.id, "notifications");
    expect(await rowOf(contact.id)).toEqual(followed);
  });

  it("is made good by the event when the database fails between the two writes", async () => {
    const own = await aCompany();
    const contact = await aContact(own);
    await as(own.agent).put(statusPath(contact.id), { relationship_status: "qualified_lead" });
    const trigger = `refuse_${contact.id.replaceAll("-", "")}`;
    await env.DB.prepare(
      `create trigger ${trigger} before update on contacts when new.id = '${contact.id}'
       begin select raise(abort, 'database is away'); end`,
    ).run();
    const lost = await as(own.agent).put(statusPath(contact.id), { relationship_status: "opportunity" });
    expect([lost.status, Object.keys(lost.body)]).toEqual([500, ["detail"]]);
    expect((await rowOf(contact.id)).relationshipStatus).toBe("qualified_lead");
    await env.DB.prepare(`drop trigger ${trigger}`).run();
    await onceDelivered(own.id, "notifications", async () => {
      expect(await rowOf(contact.id)).toMatchObject({
        relationshipStatus: "opportunity",
        lifecycleStage: "consideration",
      });
    });
  });

  it("that lags behind is caught up by the next move, which is judged by where the contact really is", async () => {
    const own = await aCompany();
    const contact = await aContact(own);
    await as(own.agent).put(statusPath(contact.id), { relationship_status: "qualified_lead" });
    const ctx = await aContext(own.id);
    await changeStatus(ctx, { entityType: "contact", entityId: contact.id, toStatus: "opportunity" });
    const refused = await as(own.agent).put(statusPath(contact.id), { relationship_status: "prospect" });
    expect(refused.body.detail).toBe("Invalid status transition: cannot move from opportunity to prospect");
    const { body } = await as(own.agent).put(statusPath(contact.id), {
      relationship_status: "active_client",
    });
    expect(body).toMatchObject({ old_status: "opportunity", old_lifecycle_stage: "consideration" });
    expect(await rowOf(contact.id)).toMatchObject({ relationshipStatus: "active_client", statusSeq: 4 });
  });

  it("begins its machine by the outbox when that failed at first, and names it as the contact is called", async () => {
    const own = await aCompany();
    const { body } = await as(own.agent).post("/api/contacts", { first_name: "Nora", last_name: "Field" });
    const its = and(eq(statusEntities.companyId, own.id), eq(statusEntities.entityId, body.id));
    const entity = async () => (await db.select().from(statusEntities).where(its))[0];
    await as(own.agent).put(`/api/contacts/${body.id}`, { last_name: "Fields" });
    await onceDelivered(own.id, "projections", async () => {
      expect(await entity()).toMatchObject({
        currentStatus: "prospect",
        entityDetails: { name: "Nora Fields" },
      });
    });
    await as(own.agent).delete(`/api/contacts/${body.id}`);
    await onceDelivered(own.id, "projections", async () => {
      expect((await entity())?.archivedAt).toBeInstanceOf(Date);
    });
    const late = await aContact(own);
    const ctx = await aContext(own.id);
    await Promise.all([alignContact(ctx, late.id), alignContact(ctx, late.id)]);
    expect(await rowOf(late.id)).toMatchObject({ statusSeq: 1, version: 1 });
  });
});
