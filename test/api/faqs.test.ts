import { and, eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { faqs, faqVersions } from "../../src/db/schema/knowledge.ts";
import { faqWorkflow } from "../../src/modules/status/workflows/faq.ts";
import { as, asVisitor } from "../support/api.ts";
import { deliverAll } from "../support/deliver.ts";
import {
  aCompany,
  aConversation,
  aFaq,
  aManager,
  aTask,
  db,
  type TestCompany,
} from "../support/factories.ts";

let company: TestCompany;
beforeEach(async () => {
  company = await aCompany();
});

const parking = { question: "Is there parking?", answer: "Yes, garage parking is 150 dollars a month." };

function add(draft: object, account = company.manager) {
  return as(account).post("/api/faqs", { property_id: company.property.id, ...draft });
}

async function ids(path: string, account = company.admin): Promise<string[]> {
  const { body } = await as(account).get(path);
  return body.data.map(({ id }: { id: string }) => id);
}

/** What the bot would find for these words. */
async function found(query: string, propertyId = company.property.id): Promise<string[]> {
  const { body } = await as(company.agent).post("/api/faqs/rag/query", { property_id: propertyId, query });
  return body.data.passages.map(({ faq_id }: { faq_id: string }) => faq_id);
}

describe("a FAQ", () => {
  it("entered with its answer is approved and found at once", async () => {
    const { status, body, headers } = await add({ ...parking, category: "parking" });
    expect(status).toBe(201);
    expect(headers.get("etag")).toMatch(/^"\d+"$/);
    expect(body.data).toMatchObject({
      ...parking,
      status: "answered",
      answer_version: 1,
      category: "parking",
      source_type: "manual",
      answered_by_name: company.manager.name,
      similar: [],
    });
    expect(await found("Where can I park?")).toEqual([body.data.id]);
  });

  it("entered without an answer waits for one, with a deadline", async () => {
    const { body } = await add({ question: "Is there a gym?" });
    expect(body.data).toMatchObject({ status: "pending", answer: null, answered_at: null });
    expect(Date.parse(body.data.sla_deadline)).toBeGreaterThan(Date.now());
    expect(await ids("/api/faqs/pending")).toEqual([body.data.id]);
    expect(await found("Is there a gym?")).toEqual([]);
  });

  it("cannot be answered without an answer", async () => {
    const { status, body } = await add({ question: "Is there a gym?", status: "answered" });
    expect(status).toBe(422);
    expect(body.error.details[0]).toMatchObject({ field: "answer" });
  });

  it("is entered once, however it is spelled", async () => {
    const first = await add(parking);
    const again = await add({ question: "is there  PARKING", answer: "No." });
    expect(again.status).toBe(409);
    expect(again.body.error).toMatchObject({
      code: "DUPLICATE_RECORD",
      details: { faq_id: first.body.data.id, status: "answered" },
    });
    const elsewhere = await add({ ...parking, property_id: company.otherProperty.id });
    expect(elsewhere.status).toBe(201);
  });

  it("is entered once by many at the same time", async () => {
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await add({ question: "Is there a gym?" })).status),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
  });

  it("that was archived may be entered again", async () => {
    const { body } = await add(parking);
    await as(company.manager).delete(`/api/faqs/${body.data.id}`);
    expect((await add(parking)).status).toBe(201);
  });

  it("tells which approved ones may answer the same", async () => {
    const known = await add(parking);
    const { body } = await add({ question: "Is there any parking space for me?" });
    expect(body.data.similar).toMatchObject([{ faq_id: known.body.data.id, answer: parking.answer }]);
  });

  it("changes by fields, honours the version seen, and keeps the question unique", async () => {
    const { body, headers } = await add(parking);
    const path = `/api/faqs/${body.data.id}`;
    const changed = await as(company.manager).put(
      path,
      { category: "costs" },
      { "if-match": headers.get("etag")! },
    );
    expect(changed.body.data).toMatchObject({ ...parking, category: "costs" });
    const stale = await as(company.manager).put(
      path,
      { category: null },
      { "if-match": headers.get("etag")! },
    );
    expect(stale.status).toBe(412);
    await add({ question: "Is there a gym?" });
    const taken = await as(company.manager).put(path, { question: "Is there a gym" });
    expect(taken.body.error.code).toBe("DUPLICATE_RECORD");
  });

  it("with open tasks is not archived", async () => {
    const faq = await aFaq(company.property, { status: "pending", answer: null });
    const task = await aTask(company.property, { faqId: faq.id });
    const refused = await as(company.manager).delete(`/api/faqs/${faq.id}`);
    expect(refused.status).toBe(409);
    expect(refused.body.error.details).toEqual({ tasks: 1 });
    await as(company.manager).put(`/api/tasks/${task.id}/status`, { status: "cancelled" });
    const { body } = await as(company.manager).delete(`/api/faqs/${faq.id}`);
    expect(body.data).toMatchObject({ id: faq.id });
    expect((await as(company.manager).get(`/api/faqs/${faq.id}`)).status).toBe(404);
    expect((await as(company.admin).get(`/api/v1/status/history/faq/${faq.id}`)).status).toBe(404);
  });
});

describe("an answer", () => {
  it("is found the moment it was given, and its status moves with it", async () => {
    const { body } = await add({ question: "Is there a gym?" });
    const answered = await as(company.agent).put(`/api/faqs/${body.data.id}/answer`, {
      answer: "Yes, on the ground floor.",
    });
    expect(answered.body.data).toMatchObject({
      status: "answered",
      answer: "Yes, on the ground floor.",
      answered_by_name: company.agent.name,
      sla_deadline: null,
    });
    expect(await found("Do you have a gym?")).toEqual([body.data.id]);
    const history = await as(company.admin).get(`/api/v1/status/history/faq/${body.data.id}`);
    expect(history.body.data.history.map((entry: { to_status: string }) => entry.to_status)).toEqual([
      "answered",
      "pending",
    ]);
  });

  it("under review is not found until it is answered again", async () => {
    const { body } = await add(parking);
    const reviewed = await as(company.agent).post(`/api/faqs/${body.data.id}/needs-review`, {
      reason: "The fee went up",
    });
    expect(reviewed.body.data).toMatchObject({ status: "needs_review", review_reason: "The fee went up" });
    expect(await found("Where can I park?")).toEqual([]);
    const again = await as(company.agent).put(`/api/faqs/${body.data.id}/answer`, {
      answer: "Yes, for 175 dollars.",
    });
    expect(again.body.data).toMatchObject({ status: "answered", review_reason: null, answer_version: 2 });
    expect(await found("Where can I park?")).toEqual([body.data.id]);
  });

  it("keeps its number when it is given again word for word", async () => {
    const { body } = await add(parking);
    const same = await as(company.agent).put(`/api/faqs/${body.data.id}/answer`, { answer: parking.answer });
    expect(same.body.data.answer_version).toBe(1);
    const versions = await db.select().from(faqVersions).where(eq(faqVersions.faqId, body.data.id));
    expect(versions).toMatchObject([{ version: 1, answer: parking.answer }]);
  });

  it("corrected by a change of the FAQ is a new wording, approved like the first", async () => {
    const { body } = await add(parking);
    const { body: changed } = await as(company.manager).put(`/api/faqs/${body.data.id}`, {
      answer: "No parking at all.",
    });
    expect(changed.data).toMatchObject({ status: "answered", answer_version: 2 });
    const versions = await db
      .select()
      .from(faqVersions)
      .where(eq(faqVersions.faqId, body.data.id))
      .orderBy(faqVersions.version);
    expect(versions.map(({ answer }) => answer)).toEqual([parking.answer, "No parking at all."]);
  });

  it("written into a pending question stays a draft", async () => {
    const { body } = await add({ question: "Is there a gym?" });
    const { body: changed } = await as(company.manager).put(`/api/faqs/${body.data.id}`, {
      answer: "Perhaps.",
    });
    expect(changed.data).toMatchObject({ status: "pending", answer: "Perhaps." });
    expect(await found("Is there a gym?")).toEqual([]);
  });

  it("of two people at once leaves one answer, one wording each, and one status", async () => {
    const { body } = await add({ question: "Is there a gym?" });
    const path = `/api/faqs/${body.data.id}`;
    await Promise.all(["Yes.", "No."].map((answer) => as(company.agent).put(`${path}/answer`, { answer })));
    const { body: now } = await as(company.agent).get(path);
    const [last] = await db
      .select()
      .from(faqVersions)
      .where(and(eq(faqVersions.faqId, body.data.id), eq(faqVersions.version, now.data.answer_version)));
    expect(now.data).toMatchObject({ status: "answered", answer: last!.answer });
  });

  it("that needs an approval is kept as a draft and published by the approval", async () => {
    const steps = faqWorkflow.steps.map((step) =>
      step.status_name === "answered" ? { ...step, requires_approval: true } : step,
    );
    const made = await as(company.admin).post("/api/v1/status/workflows", {
      entity_type: "faq",
      workflow_name: "Answers are approved",
      is_default: true,
      steps,
    });
    expect(made.status).toBe(201);
    const { body } = await add({ question: "Is there a gym?" });
    const path = `/api/faqs/${body.data.id}`;
    const asked = await as(company.agent).put(`${path}/answer`, { answer: "Yes." });
    expect(asked.body.error.code).toBe("APPROVAL_REQUIRED");
    expect(await found("Is there a gym?")).toEqual([]);
    expect((await as(company.agent).get(path)).body.data).toMatchObject({
      status: "pending",
      answer: "Yes.",
    });
    const { approval_id } = asked.body.error.details;
    await as(company.manager).post(`/api/v1/status/approvals/${approval_id}/approve`, {});
    await vi.waitFor(async () => {
      await deliverAll(company.id, "notifications");
      expect(await found("Is there a gym?")).toEqual([body.data.id]);
    });
  });
});

describe("who sees and does what", () => {
  it("a manager is given a question of his property, hears of it and finds it", async () => {
    const { body } = await add({ question: "Is there a gym?" });
    const { managerId } = company.agent;
    const path = `/api/faqs/${body.data.id}`;
    const assigned = await as(company.manager).put(`${path}/assign/${managerId}`);
    expect(assigned.body.data.assigned_to).toBe(managerId);
    expect(await ids(`/api/faqs/assigned/${managerId}`, company.agent)).toEqual([body.data.id]);
    await vi.waitFor(async () => {
      await deliverAll(company.id, "notifications");
      const { body: heard } = await as(company.agent).get(
        `/api/property-managers/${managerId}/notifications`,
      );
      expect(heard.data).toMatchObject([{ notification_type: "faq_assigned", body: "Is there a gym?" }]);
    });
  });

  it("nobody gets questions of a property where he does not work", async () => {
    const stranger = await aManager(company.company);
    const { body } = await add({ question: "Is there a gym?" });
    expect((await as(company.manager).put(`/api/faqs/${body.data.id}/assign/${stranger.id}`)).status).toBe(
      404,
    );
    const named = await add({ question: "Is there a pool?", assigned_to: stranger.id });
    expect(named.body.error.details[0]).toMatchObject({ field: "assigned_to" });
  });

  it("agents answer, but neither enter nor assign", async () => {
    expect((await add(parking, company.agent)).status).toBe(403);
    const { body } = await add({ question: "Is there a gym?" });
    const path = `/api/faqs/${body.data.id}`;
    expect((await as(company.agent).put(`${path}/assign/${company.agent.managerId}`)).status).toBe(403);
    expect((await as(company.viewer).put(`${path}/answer`, { answer: "Yes." })).status).toBe(403);
    expect((await as(company.agent).put(`${path}/answer`, { answer: "Yes." })).status).toBe(200);
  });

  it("other properties' FAQs are not there", async () => {
    const hidden = await aFaq(company.otherProperty);
    const seen = await aFaq(company.property);
    expect(await ids("/api/faqs", company.agent)).toEqual([seen.id]);
    const agent = as(company.agent);
    expect((await agent.get(`/api/faqs/${hidden.id}`)).status).toBe(404);
    expect((await agent.put(`/api/faqs/${hidden.id}/answer`, { answer: "Yes." })).status).toBe(404);
    expect((await agent.get(`/api/faqs/${hidden.id}/told`)).status).toBe(404);
    const query = { property_id: company.otherProperty.id, query: "Is there parking?" };
    expect((await agent.post("/api/faqs/rag/query", query)).status).toBe(404);
    const status = await agent.get("/api/faqs/rag/status");
    expect(status.body.data.documents).toBe(1);
  });

  it("a visitor reaches none of it", async () => {
    const visitor = await asVisitor(company, company.property);
    expect((await visitor.get("/api/faqs")).status).toBe(403);
    const query = { property_id: company.property.id, query: "Is there parking?" };
    expect((await visitor.post("/api/faqs/rag/query", query)).status).toBe(403);
    expect((await visitor.get("/api/tasks")).status).toBe(403);
    expect((await visitor.get("/api/lead-notifications")).status).toBe(403);
  });
});

describe("GET /api/faqs", () => {
  it("finds by every filter", async () => {
    const conversation = await aConversation(company.property);
    const early = new Date("2026-01-01T00:00:00Z");
    const one = await aFaq(company.property, {
      question: "Is there 100% cotton?",
      category: "odd",
      sourceType: "chat",
      status: "pending",
      assignedTo: company.agent.managerId,
      conversationId: conversation.id,
      createdAt: early,
    });
    const two = await aFaq(company.otherProperty);
    expect(await ids("/api/faqs")).toEqual([two.id, one.id]);
    for (const query of [
      `property_id=${company.property.id}`,
      "status=pending",
      `assigned_to=${company.agent.managerId}`,
      "category=odd",
      "source_type=chat",
      `conversation_id=${conversation.id}`,
      `q=${encodeURIComponent("100% cotton")}`,
      "to=2026-02-01T00:00:00Z",
    ])
      expect(await ids(`/api/faqs?${query}`), query).toEqual([one.id]);
    expect(await ids("/api/faqs?from=2026-02-01T00:00:00Z")).toEqual([two.id]);
    expect(await ids("/api/faqs?sort=created_at")).toEqual([one.id, two.id]);
    expect((await as(company.admin).get("/api/faqs?sort=answer")).status).toBe(422);
  });
});

describe("retrieval", () => {
  it("answers with the approved words, their source and the passages behind them", async () => {
    const { body: made } = await add(parking);
    const { body } = await as(company.viewer).post("/api/faqs/rag/query", {
      property_id: company.property.id,
      query: "How much is a parking space?",
    });
    expect(body.data).toMatchObject({
      answer: parking.answer,
      abstained: false,
      sources: [{ faq_id: made.data.id, question: parking.question, version: 1 }],
      engine: "sqlite-fts5",
    });
    expect(body.data.passages[0]).toMatchObject({ faq_id: made.data.id, answer: parking.answer });
    expect(body.data.passages[0].score).toBeGreaterThan(0.5);
  });

  it("abstains where nothing approved fits", async () => {
    await add(parking);
    const { body } = await as(company.agent).post("/api/faqs/rag/query", {
      property_id: company.property.id,
      query: "Can I keep a llama on the balcony?",
    });
    expect(body.data).toMatchObject({ answer: null, abstained: true, sources: [] });
  });

  it("tells how the index stands, and puts back what it lost", async () => {
    await add(parking);
    await add({ question: "Is there a gym?" });
    const status = () => as(company.manager).get("/api/faqs/rag/status");
    expect((await status()).body.data).toMatchObject({
      documents: 2,
      indexed: 2,
      missing: 0,
      is_stale: false,
      retrievable: 1,
      pending: 1,
      needs_review: 0,
    });
    await db.run(sql`insert into faqs_fts(faqs_fts, rowid, question, answer)
      select 'delete', rowid, question, answer from ${faqs} where ${faqs.companyId} = ${company.id}`);
    expect((await status()).body.data).toMatchObject({ indexed: 0, missing: 2, is_stale: true });
    expect(await found("Where can I park?")).toEqual([]);
    const first = await as(company.manager).post("/api/faqs/rag/update", {});
    expect(first.body.data).toMatchObject({ documents: 2, indexed: 2, added: 2 });
    const again = await as(company.manager).post("/api/faqs/rag/update", {
      property_id: company.property.id,
    });
    expect(again.body.data).toMatchObject({ documents: 2, indexed: 2, added: 0 });
    expect(await found("Where can I park?")).toHaveLength(1);
  });
});
