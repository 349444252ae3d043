import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { faqs, tasks } from "../../src/db/schema/knowledge.ts";
import { alignTask } from "../../src/modules/tasks/task-status.ts";
import { as } from "../support/api.ts";
import { aContext, deliverAll } from "../support/deliver.ts";
import {
  type Account,
  aCompany,
  aConversation,
  aFaq,
  aLead,
  aManager,
  aTask,
  db,
  type TestCompany,
} from "../support/factories.ts";
import { makeIt, setClock } from "../support/status.ts";

let company: TestCompany;
beforeEach(async () => {
  company = await aCompany();
});

const hourMs = 3_600_000;

function add(draft: object = {}, account: Account = company.agent) {
  return as(account).post("/api/tasks", {
    property_id: company.property.id,
    question: "Call the plumber",
    ...draft,
  });
}

async function ids(path: string, account = company.admin): Promise<string[]> {
  const { body } = await as(account).get(path);
  return body.data.map(({ id }: { id: string }) => id);
}

async function historyOf(id: string): Promise<string[]> {
  const { body } = await as(company.admin).get(`/api/v1/status/history/task/${id}`);
  return body.data.history.map(({ to_status }: { to_status: string }) => to_status).toReversed();
}

describe("a task", () => {
  it("begins pending, with the workflow's hours counted in the office's", async () => {
    await makeIt(company.id, "2030-01-07T15:30:00Z");
    const { status, body } = await add();
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ status: "pending", question: "Call the plumber", is_overdue: false });
    expect(body.data.sla_deadline.slice(0, 16)).toBe("2030-01-07T23:30");
    expect(await historyOf(body.data.id)).toEqual(["pending"]);
  });

  it("that names the time it is due has that deadline, whatever its step", async () => {
    const due_at = new Date(Date.now() + 3 * hourMs).toISOString();
    const { body } = await add({ due_at });
    expect(body.data).toMatchObject({ due_at, sla_deadline: due_at });
    const path = `/api/tasks/${body.data.id}`;
    const begun = await as(company.agent).put(`${path}/status`, { status: "in_progress" });
    expect(begun.body.data).toMatchObject({ status: "in_progress", sla_deadline: due_at });
    const later = new Date(Date.now() + 9 * hourMs).toISOString();
    const moved = await as(company.agent).put(path, { due_at: later });
    expect(moved.body.data).toMatchObject({ due_at: later, sla_deadline: later });
  });

  it("that was due is found as overdue", async () => {
    await makeIt(company.id, "2030-01-07T15:30:00Z");
    const { body } = await add();
    const timely = await add({ due_at: "2030-02-01T00:00:00Z" });
    await makeIt(company.id, "2030-01-08T00:00:00Z");
    expect(await ids("/api/tasks?overdue=true")).toEqual([body.data.id]);
    expect(await ids("/api/tasks?overdue=false")).toEqual([timely.body.data.id]);
    expect(await ids("/api/tasks?sort=sla_deadline")).toEqual([body.data.id, timely.body.data.id]);
    const shown = await as(company.agent).get(`/api/tasks/${body.data.id}`);
    expect(shown.body.data.is_overdue).toBe(true);
  });

  it("moves as its workflow allows, and says where it could go", async () => {
    const { body } = await add();
    const path = `/api/tasks/${body.data.id}/status`;
    await as(company.agent).put(path, { status: "in_progress" });
    await as(company.agent).put(path, { status: "cancelled", reason: "Not needed" });
    const refused = await as(company.agent).put(path, { status: "completed" });
    expect(refused.status).toBe(409);
    expect(refused.body.error).toMatchObject({
      code: "INVALID_STATUS_TRANSITION",
      details: {
        current_status: "cancelled",
        requested_status: "completed",
        allowed_transitions: ["pending"],
      },
    });
    const same = await as(company.agent).put(path, { status: "cancelled" });
    expect(same.body.data.status).toBe("cancelled");
    expect(await historyOf(body.data.id)).toEqual(["pending", "in_progress", "cancelled"]);
  });

  it("moved to two places at once ends where its history ends", async () => {
    const { body } = await add();
    const path = `/api/tasks/${body.data.id}`;
    await Promise.all(
      ["in_progress", "completed", "in_progress"].map((status) =>
        as(company.agent).put(`${path}/status`, { status }),
      ),
    );
    const shown = await as(company.agent).get(path);
    expect(shown.body.data.status).toBe((await historyOf(body.data.id)).at(-1));
  });

  it("whose row was left behind follows its status, and one without a status gets it", async () => {
    const task = await aTask(company.property, { status: "completed" });
    const ctx = await aContext(company.id);
    await alignTask(ctx, task.id);
    expect(await historyOf(task.id)).toEqual(["pending", "completed"]);
    const { body } = await add();
    await as(company.agent).put(`/api/tasks/${body.data.id}/status`, { status: "completed" });
    await db.update(tasks).set({ status: "pending", statusSeq: 1 }).where(eq(tasks.id, body.data.id));
    await alignTask(ctx, body.data.id);
    await alignTask(ctx, body.data.id);
    const shown = await as(company.agent).get(`/api/tasks/${body.data.id}`);
    expect(shown.body.data.status).toBe("completed");
  });

  it("changes by fields and honours the version seen", async () => {
    const { body, headers } = await add();
    const path = `/api/tasks/${body.data.id}`;
    const match = { "if-match": headers.get("etag")! };
    const changed = await as(company.agent).put(path, { question: "Call the electrician" }, match);
    expect(changed.body.data.question).toBe("Call the electrician");
    expect((await as(company.agent).put(path, { question: "No" }, match)).status).toBe(412);
  });

  it("that is archived is gone, and its clock with it", async () => {
    const { body } = await add();
    const gone = await as(company.agent).delete(`/api/tasks/${body.data.id}`);
    expect(gone.body.data.id).toBe(body.data.id);
    expect((await as(company.agent).get(`/api/tasks/${body.data.id}`)).status).toBe(404);
    expect(await ids("/api/tasks")).toEqual([]);
    await setClock(company.id, 100);
    const overdue = await as(company.admin).get("/api/v1/status/overdue");
    expect(JSON.stringify(overdue.body.data)).not.toContain(body.data.id);
  });
});

describe("giving tasks to people", () => {
  it("tells whoever gets one, and takes it away again", async () => {
    const { body } = await add();
    const { managerId } = company.agent;
    const path = `/api/tasks/${body.data.id}`;
    const assigned = await as(company.manager).put(`${path}/assign/${managerId}`);
    expect(assigned.body.data.assigned_to).toBe(managerId);
    expect(await ids(`/api/tasks/assigned/${managerId}`)).toEqual([body.data.id]);
    await vi.waitFor(async () => {
      await deliverAll(company.id, "notifications");
      const { body: heard } = await as(company.agent).get(
        `/api/property-managers/${managerId}/notifications`,
      );
      expect(heard.data).toMatchObject([{ notification_type: "task_assigned" }]);
    });
    const taken = await as(company.manager).put(`${path}/unassign`);
    expect(taken.body.data.assigned_to).toBeNull();
    expect(await ids(`/api/tasks/assigned/${managerId}`)).toEqual([]);
  });

  it("is the managers' right; others may take on their own", async () => {
    const { body } = await add();
    const path = `/api/tasks/${body.data.id}`;
    const agent = as(company.agent);
    expect((await agent.put(`${path}/assign/${company.agent.managerId}`)).status).toBe(403);
    expect((await agent.put(path, { assigned_to: company.manager.managerId })).status).toBe(403);
    const own = await agent.put(path, { assigned_to: company.agent.managerId });
    expect(own.body.data.assigned_to).toBe(company.agent.managerId);
    expect((await agent.put(path, { assigned_to: null })).status).toBe(200);
    await as(company.manager).put(path, { assigned_to: company.manager.managerId });
    expect((await agent.put(path, { assigned_to: company.agent.managerId })).status).toBe(403);
  });

  it("gives nothing to people of other properties", async () => {
    const stranger = await aManager(company.company);
    const { body } = await add();
    expect((await as(company.manager).put(`/api/tasks/${body.data.id}/assign/${stranger.id}`)).status).toBe(
      404,
    );
    expect((await add({ assigned_to: stranger.id }, company.manager)).status).toBe(422);
  });
});

describe("what a task is about", () => {
  it("belongs to its property and is there to see", async () => {
    const lead = await aLead(company.otherProperty);
    const refused = await add({ lead_id: lead.id }, company.admin);
    expect(refused.status).toBe(422);
    expect(refused.body.error.details[0]).toMatchObject({ field: "lead_id" });
    expect((await add({ lead_id: lead.id })).status).toBe(404);
    expect((await add({ property_id: company.otherProperty.id })).status).toBe(404);
  });

  it("is found by every filter", async () => {
    const conversation = await aConversation(company.property);
    const [lead, faq] = [await aLead(company.property), await aFaq(company.property)];
    const one = await aTask(company.property, {
      question: "Paint 100% of the wall",
      status: "in_progress",
      assignedTo: company.agent.managerId,
      conversationId: conversation.id,
      leadId: lead.id,
      faqId: faq.id,
      dueAt: new Date("2026-01-02T00:00:00Z"),
      createdAt: new Date("2026-01-01T00:00:00Z"),
    });
    const two = await aTask(company.otherProperty);
    expect(await ids("/api/tasks")).toEqual([two.id, one.id]);
    for (const query of [
      `property_id=${company.property.id}`,
      "status=in_progress",
      `assigned_to=${company.agent.managerId}`,
      `conversation_id=${conversation.id}`,
      `lead_id=${lead.id}`,
      `faq_id=${faq.id}`,
      `q=${encodeURIComponent("100% OF")}`,
      "to=2026-02-01T00:00:00Z",
    ])
      expect(await ids(`/api/tasks?${query}`), query).toEqual([one.id]);
    expect(await ids("/api/tasks?from=2026-02-01T00:00:00Z")).toEqual([two.id]);
    expect(await ids("/api/tasks?sort=due_at")).toEqual([one.id, two.id]);
    expect(await ids("/api/tasks", company.agent)).toEqual([one.id]);
    expect((await as(company.agent).get(`/api/tasks/${two.id}`)).status).toBe(404);
  });
});

describe("answering a task", () => {
  it("completes it", async () => {
    const { body } = await add();
    await makeIt(company.id, "2030-01-07T15:00:00Z");
    const path = `/api/tasks/${body.data.id}`;
    const answered = await as(company.agent).put(`${path}/answer`, { answer: "He comes on Monday." });
    expect(answered.body.data).toMatchObject({
      status: "completed",
      answer: "He comes on Monday.",
      answered_by: company.agent.id,
      answered_by_name: company.agent.name,
      faq_id: null,
      sla_deadline: null,
    });
    expect(answered.body.data.answered_at.slice(0, 16)).toBe("2030-01-07T15:00");
    const corrected = await as(company.agent).put(`${path}/answer`, { answer: "On Tuesday." });
    expect(corrected.body.data).toMatchObject({ status: "completed", answer: "On Tuesday." });
  });

  it("can publish the answer as a FAQ of its own", async () => {
    const { body } = await add({ question: "Is there a dog park?" });
    const answered = await as(company.agent).put(`/api/tasks/${body.data.id}/answer`, {
      answer: "Yes, behind the house.",
      publish_faq: true,
    });
    const faq = await as(company.agent).get(`/api/faqs/${answered.body.data.faq_id}`);
    expect(faq.body.data).toMatchObject({
      question: "Is there a dog park?",
      answer: "Yes, behind the house.",
      status: "answered",
      source_type: "task",
    });
    const found = await as(company.manager).post(`/api/properties/${company.property.id}/chatbot/test`, {
      message: "Is there a dog park?",
    });
    expect(found.body.data.faq_matches[0].faq_id).toBe(answered.body.data.faq_id);
  });

  it("publishes into the FAQ that asks the same", async () => {
    const made = await as(company.manager).post("/api/faqs", {
      property_id: company.property.id,
      question: "Is there a dog park?",
    });
    const { body } = await add({ question: "is there a dog park" });
    const answered = await as(company.agent).put(`/api/tasks/${body.data.id}/answer`, {
      answer: "Yes.",
      publish_faq: true,
    });
    expect(answered.body.data.faq_id).toBe(made.body.data.id);
    expect(await db.select().from(faqs).where(eq(faqs.companyId, company.id))).toHaveLength(1);
  });

  it("that was cancelled is refused, and nothing is published", async () => {
    const { body } = await add({ question: "Is there a dog park?" });
    const path = `/api/tasks/${body.data.id}`;
    await as(company.agent).put(`${path}/status`, { status: "cancelled" });
    const refused = await as(company.agent).put(`${path}/answer`, { answer: "Yes.", publish_faq: true });
    expect(refused.body.error.code).toBe("INVALID_STATUS_TRANSITION");
    expect(await db.select().from(faqs).where(eq(faqs.companyId, company.id))).toEqual([]);
  });
});
