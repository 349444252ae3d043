import { and, eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { faqAskers, faqs, tasks } from "../../src/db/schema/knowledge.ts";
import { answerWork } from "../../src/modules/faqs/answer-work.ts";
import { openQuestion } from "../../src/modules/faqs/open-question.ts";
import { as } from "../support/api.ts";
import { aChat, ask, type Chat, join, saidBy } from "../support/chat.ts";
import { aContext, deliver, deliverAll, owe } from "../support/deliver.ts";
import { aFaq, db } from "../support/factories.ts";

const question = "Is there a heated swimming pool?";

/** A visitor who has asked what nobody has answered. */
async function aPromise(company?: Chat["company"]) {
  const chat = await aChat(company);
  expect(await ask(chat, question)).toContain("no approved answer");
  const ours = eq(faqs.companyId, chat.company.id);
  const [faq] = await db.select().from(faqs).where(ours);
  const [task] = await db.select().from(tasks).where(eq(tasks.companyId, chat.company.id));
  return { ...chat, faq: faq!, task: task! };
}

/** Everything people have said in the conversation. */
async function spoken({ company, conversationId }: Pick<Chat, "company" | "conversationId">) {
  const { body } = await as(company.admin).get(`/api/conversations/${conversationId}/messages?limit=100`);
  const messages = body.data as { role: string; text: string; sender_name: string | null; id: string }[];
  return messages.filter(({ role }) => role === "agent");
}

function told(company: Chat["company"], faqId: string, query = "") {
  return as(company.admin).get(`/api/faqs/${faqId}/told${query}`);
}

describe("a question the bot cannot answer", () => {
  it("is one FAQ, one task and one notice, however often the turn is run", async () => {
    const { company, faq, task, conversationId } = await aPromise();
    expect(faq).toMatchObject({ question, status: "pending", sourceType: "chat", conversationId });
    expect(task).toMatchObject({ faqId: faq.id, question, status: "pending", conversationId });
    const asked = { propertyId: company.property.id, conversationId, leadId: null, question };
    const ctx = await aContext(company.id);
    const seq = (await db.select().from(faqAskers).where(eq(faqAskers.faqId, faq.id)))[0]!.askedSeq;
    await openQuestion(ctx, { ...asked, askedSeq: seq });
    await deliverAll(company.id, "notifications");
    expect(await db.select().from(tasks).where(eq(tasks.companyId, company.id))).toHaveLength(1);
    const { body } = await as(company.agent).get(
      `/api/lead-notifications?notification_type=question_open&property_manager_id=${company.agent.managerId}`,
    );
    expect(body.data).toMatchObject([{ payload: { faq_id: faq.id }, repeat_count: 1 }]);
  });

  it("asked by many at once is still one", async () => {
    const first = await aChat();
    const others = await Promise.all([aChat(first.company), aChat(first.company)]);
    const ctx = await aContext(first.company.id);
    await Promise.all(
      [first, ...others].map(({ conversationId }) =>
        openQuestion(ctx, {
          propertyId: first.company.property.id,
          conversationId,
          leadId: null,
          askedSeq: 2,
          question,
        }),
      ),
    );
    const { body } = await as(first.company.admin).get("/api/faqs/pending?sort=-asked_count");
    expect(body.data).toMatchObject([{ question, asked_count: 3 }]);
    expect(await db.select().from(tasks).where(eq(tasks.companyId, first.company.id))).toHaveLength(1);
  });

  it("gets its clocks", async () => {
    const { company, faq, task } = await aPromise();
    await vi.waitFor(async () => {
      await deliverAll(company.id, "projections");
      const shownFaq = await as(company.admin).get(`/api/faqs/${faq.id}`);
      const shownTask = await as(company.admin).get(`/api/tasks/${task.id}`);
      expect(Date.parse(shownFaq.body.data.sla_deadline)).toBeGreaterThan(Date.now());
      expect(Date.parse(shownTask.body.data.sla_deadline)).toBeGreaterThan(Date.now());
    });
  });
});

describe("an answer that was promised", () => {
  it("is said in the conversation by the person who gave it, and the task is done", async () => {
    const { company, faq, task, visitor, conversationId } = await aPromise();
    const socket = await join(visitor, conversationId, 100);
    await as(company.agent).put(`/api/faqs/${faq.id}/answer`, { answer: "Only in summer." });
    const { message } = (await socket.next(saidBy("agent"))) as unknown as {
      message: { text: string; author_name: string };
    };
    expect(message.text).toBe(`About your question "${question}": Only in summer.`);
    expect(message.author_name).toBe(company.agent.name);
    const shown = await as(company.agent).get(`/api/tasks/${task.id}`);
    expect(shown.body.data).toMatchObject({
      status: "completed",
      answer: "Only in summer.",
      answered_by_name: company.agent.name,
    });
    socket.close();
  });

  it("leaves the turn with the bot, which knows the answer from then on", async () => {
    const chat = await aPromise();
    await as(chat.company.agent).put(`/api/faqs/${chat.faq.id}/answer`, { answer: "Only in summer." });
    expect(await ask(chat, question)).toContain("Only in summer.");
  });

  it("is said once, however often its work is delivered and whoever is faster", async () => {
    const chat = await aPromise();
    const { company, faq } = chat;
    await as(company.agent).put(`/api/faqs/${faq.id}/answer`, { answer: "Only in summer." });
    await Promise.all([deliverAll(company.id, "projections"), deliverAll(company.id, "projections")]);
    const work = answerWork(faq.id, "once more");
    await owe(company.id, work);
    await deliver(company.id, work);
    await db.update(faqAskers).set({ toldAt: null }).where(eq(faqAskers.faqId, faq.id));
    await owe(company.id, { ...work, dedupeKey: "after a crash between saying and noting it" });
    await deliver(company.id, work);
    expect(await spoken(chat)).toHaveLength(1);
    const { body } = await told(company, faq.id);
    expect(body.data).toHaveLength(1);
  });

  it("is said by the queue where the answer's own request could not", async () => {
    const chat = await aPromise();
    const { company, faq } = chat;
    await db
      .update(faqAskers)
      .set({ words: "What was answered", spokenByName: "Ann" })
      .where(eq(faqAskers.faqId, faq.id));
    const work = answerWork(faq.id, "left behind");
    await owe(company.id, work);
    expect(await spoken(chat)).toEqual([]);
    await deliver(company.id, work);
    expect(await spoken(chat)).toMatchObject([{ text: "What was answered", sender_name: "Ann" }]);
  });

  it("is said to everybody who asked the same", async () => {
    const one = await aPromise();
    const other = await aChat(one.company);
    await ask(other, "is there a heated SWIMMING pool");
    await as(one.company.agent).put(`/api/faqs/${one.faq.id}/answer`, { answer: "Only in summer." });
    for (const chat of [one, other]) expect(await spoken(chat)).toHaveLength(1);
    const { body } = await told(one.company, one.faq.id, "?sort=told_at");
    expect(body.data.map((row: { conversation_id: string }) => row.conversation_id).toSorted()).toEqual(
      [one.conversationId, other.conversationId].toSorted(),
    );
  });

  it("given to the task is for those who wait, and published only when that is wanted", async () => {
    const chat = await aPromise();
    const { company, faq, task } = chat;
    const agent = as(company.agent);
    const { body } = await agent.put(`/api/tasks/${task.id}/answer`, { answer: "For you, yes." });
    expect(body.data).toMatchObject({ status: "completed", answer: "For you, yes." });
    expect(await spoken(chat)).toMatchObject([
      { text: `About your question "${question}": For you, yes.`, sender_name: company.agent.name },
    ]);
    expect((await agent.get(`/api/faqs/${faq.id}`)).body.data).toMatchObject({ status: "pending" });
    // Whoever asks again is promised an answer again, by a task of its own.
    expect(await ask(chat, question)).toContain("no approved answer");
    const { body: open } = await agent.get("/api/tasks?status=pending");
    expect(open.data).toMatchObject([{ faq_id: faq.id }]);
    await agent.put(`/api/tasks/${open.data[0].id}/answer`, { answer: "No pool.", publish_faq: true });
    expect((await spoken(chat)).map(({ text }) => text)).toEqual([
      `About your question "${question}": For you, yes.`,
      `About your question "${question}": No pool.`,
    ]);
    expect((await agent.get(`/api/faqs/${faq.id}`)).body.data).toMatchObject({
      status: "answered",
      answer: "No pool.",
    });
  });
});

describe("who was told what", () => {
  it("knows the bot's answers by wording, and who has an old one", async () => {
    const chat = await aChat();
    const { company } = chat;
    const faq = await aFaq(company.property);
    const old = faq.answer!;
    expect(await ask(chat, "Is there parking?")).toContain(old);
    await as(company.agent).put(`/api/faqs/${faq.id}/answer`, { answer: "Yes, for 175 dollars." });
    const other = await aChat(company);
    expect(await ask(other, "Is there parking?")).toContain("175");
    const everyTelling = await vi.waitFor(async () => {
      const { body } = await told(company, faq.id, "?sort=told_at");
      expect(body.data).toHaveLength(2);
      return body.data;
    });
    expect(everyTelling).toMatchObject([
      { version: 1, answer: old, is_outdated: true, told_by: "bot", conversation_id: chat.conversationId },
      { version: 2, is_outdated: false, told_by: "bot", conversation_id: other.conversationId },
    ]);
    const { body: outdated } = await told(company, faq.id, "?outdated=true");
    expect(outdated.data).toMatchObject([{ conversation_id: chat.conversationId }]);
    expect(outdated.meta.pagination.total).toBe(1);
    const { body: messages } = await as(company.admin).get(
      `/api/conversations/${chat.conversationId}/messages`,
    );
    const quoting = messages.data.find(({ text }: { text: string }) => text.includes(old));
    expect(outdated.data[0].message_id).toBe(quoting.id);
    expect((await told(company, faq.id, "?version=2")).body.data).toHaveLength(1);
  });

  it("does not count an answer that was never said", async () => {
    const { company, conversationId } = await aChat();
    const faq = await aFaq(company.property);
    const { keepQuotes } = await import("../../src/modules/faqs/keep-quotes.ts");
    await keepQuotes(await aContext(company.id), {
      conversationId,
      askedSeq: 50,
      quotes: [{ faq_id: faq.id, question: faq.question, answer: faq.answer!, score: 1 }],
    });
    const { body } = await told(company, faq.id);
    expect(body.data).toEqual([]);
    expect(body.meta.pagination.total).toBe(0);
  });
});

describe("tasks about a question", () => {
  it("that was answered elsewhere are all done, except those already cancelled", async () => {
    const { company, faq, task } = await aPromise();
    await as(company.agent).put(`/api/tasks/${task.id}/status`, { status: "cancelled" });
    const { body } = await as(company.agent).post("/api/tasks", {
      property_id: company.property.id,
      question: "Ask the owner about the pool",
      faq_id: faq.id,
    });
    await as(company.agent).put(`/api/faqs/${faq.id}/answer`, { answer: "No." });
    const rows = await db
      .select({ id: tasks.id, status: tasks.status })
      .from(tasks)
      .where(and(eq(tasks.companyId, company.id), eq(tasks.faqId, faq.id)));
    expect(new Map(rows.map(({ id, status }) => [id, status]))).toEqual(
      new Map([
        [task.id, "cancelled"],
        [body.data.id, "completed"],
      ]),
    );
  });
});
