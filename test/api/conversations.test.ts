import { describe, expect, it } from "vitest";
import { as, asVisitor } from "../support/api.ts";
import { aChat, join, saidBy } from "../support/chat.ts";
import { deliverAll } from "../support/deliver.ts";
import { aCompany, aConversation, aFaq, aMessage, aTour, aUnit } from "../support/factories.ts";

type Offer = { kind: string; slots?: { starts_at: string; label: string }[] };

/** Says something and waits for the bot's answer to it. */
async function ask(
  chat: Awaited<ReturnType<typeof aChat>>,
  text: string,
): Promise<{ text: string; payload?: Offer }> {
  const socket = await join(chat.visitor, chat.conversationId);
  const clientId = crypto.randomUUID();
  socket.send({ type: "message", client_id: clientId, text });
  const own = await socket.next((frame) => frame["client_id"] === clientId);
  const answer = await socket.next(
    (frame) => saidBy("bot")(frame) && Number(frame["seq"]) > Number(own["seq"]),
  );
  socket.close();
  return answer["message"] as { text: string; payload?: Offer };
}

describe("a visitor's conversation", () => {
  it("gets the approved answer word for word", async () => {
    const chat = await aChat();
    await aFaq(chat.company.property, {
      question: "Do you allow pets?",
      answer: "Two cats or dogs, $35 a month each.",
    });
    expect((await ask(chat, "Are dogs allowed?")).text).toContain("Two cats or dogs, $35 a month each.");
  });

  it("gets no invented answer: the question goes to staff and the bot says so", async () => {
    const chat = await aChat();
    await aFaq(chat.company.property, {
      status: "pending",
      question: "Is there a pool?",
      answer: "Do not show",
    });
    const answer = await ask(chat, "Is there a heated swimming pool?");
    expect(answer.text).not.toContain("Do not show");
    expect(answer.text).toContain("no approved answer");
    expect(answer.payload).toEqual({ kind: "handoff" });
  });

  it("books a tour from the first word to the mail: contact asked for, time kept, tour made once", async () => {
    const chat = await aChat();
    const admin = as(chat.company.admin);
    const offer = await ask(chat, "Can I visit tomorrow?");
    expect(offer.payload?.kind).toBe("slots");
    const picked = offer.payload!.slots![0]!;
    const asked = await ask(chat, picked.label);
    expect(asked.payload).toEqual({ kind: "contact_form" });
    const socket = await join(chat.visitor, chat.conversationId, 5);
    const contact = { first_name: "Nora", last_name: "Field", email: "nora@example.test" };
    expect(
      (await chat.visitor.post(`/api/conversations/${chat.conversationId}/qualify`, contact)).status,
    ).toBe(200);
    const booked = await socket.next(saidBy("bot"));
    expect((booked["message"] as { text: string }).text).toContain("You are booked");
    const { body } = await admin.get(`/api/tours?conversation_id=${chat.conversationId}`);
    expect(body.data).toHaveLength(1);
    expect(body.data[0]).toMatchObject({
      tour_datetime: picked.starts_at,
      prospect_name: "Nora Field",
      source: "chat",
    });
    const shown = await chat.visitor.get(`/api/conversations/${chat.conversationId}`);
    expect(shown.body.data).toMatchObject({
      is_book_tour: true,
      is_qualified: true,
      tour_datetime: picked.starts_at,
    });
  });

  it("keeps what the visitor looks for on conversation and lead", async () => {
    const chat = await aChat();
    await aUnit(chat.company.property, { bedrooms: 2, rent: 1700 });
    await ask(chat, "I need a two bedroom with one bath under $1800 for June 1st, I have a cat");
    const { body } = await chat.visitor.get(`/api/conversations/${chat.conversationId}`);
    expect(body.data).toMatchObject({ bedrooms: 2, bathrooms: 1, price_range_max: 1800, has_pets: true });
    const lead = await as(chat.company.agent).get(`/api/resman/leads/${body.data.lead_id}`);
    expect(lead.body.data).toMatchObject({ bedrooms: 2, conversation_id: chat.conversationId });
  });

  it("is nobody else's: another visitor, another company and an unassigned agent get a 404", async () => {
    const chat = await aChat();
    const path = `/api/conversations/${chat.conversationId}`;
    const sameSite = await asVisitor(chat.company, chat.company.property);
    expect((await sameSite.get(path)).status).toBe(404);
    expect((await sameSite.post(`${path}/messages`, { text: "hi" })).status).toBe(404);
    expect((await as((await aCompany()).admin).get(path)).status).toBe(404);
    const elsewhere = await aConversation(chat.company.otherProperty);
    expect((await as(chat.company.agent).get(`/api/conversations/${elsewhere.id}`)).status).toBe(404);
  });

  it("is refused beyond thirty messages a minute, however they come in", async () => {
    const chat = await aChat();
    const path = `/api/conversations/${chat.conversationId}/messages`;
    const { headers } = await chat.visitor.post(path, { text: "one" });
    expect(headers.get("ratelimit-policy")).toContain("signed-in");
  });
});

describe("staff in a conversation", () => {
  it("reword and remove the bot's words and their own, never the visitor's", async () => {
    const chat = await aChat();
    const agent = as(chat.company.agent);
    const path = `/api/conversations/${chat.conversationId}/messages`;
    const said = await chat.visitor.post(path, { text: "Hello" });
    const reply = await agent.post(path, { text: "Helo" });
    const mended = await agent.put(`${path}/${reply.body.data.id}`, { text: "Hello!" });
    expect(mended.body.data).toMatchObject({ text: "Hello!", seq: reply.body.data.seq });
    expect((await agent.put(`${path}/${said.body.data.id}`, { text: "x" })).status).toBe(403);
    expect((await agent.delete(`${path}/${reply.body.data.id}`)).status).toBe(200);
    expect((await agent.delete(`${path}/${reply.body.data.id}`)).status).toBe(404);
    const { body } = await agent.get(path);
    expect(body.data.map((message: { text: string }) => message.text)).not.toContain("Hello!");
  });

  it("close it, and closing ends the visitor's turn without losing a word", async () => {
    const chat = await aChat();
    const agent = as(chat.company.agent);
    const path = `/api/conversations/${chat.conversationId}`;
    const closed = await agent.put(`${path}/status`, { status: "closed", reason: "Answered" });
    expect(closed.body.data).toMatchObject({ status: "closed" });
    expect(closed.body.data.end_time).not.toBeNull();
    const again = await agent.put(`${path}/status`, { status: "active" });
    expect(again.body.data).toMatchObject({ status: "active", end_time: null });
    expect((await agent.put(`${path}/status`, { status: "sleeping" })).status).toBe(422);
  });

  it("change its fields with the version they saw, and lose to a newer one", async () => {
    const chat = await aChat();
    const agent = as(chat.company.agent);
    const path = `/api/conversations/${chat.conversationId}`;
    const { headers } = await agent.get(path);
    const etag = headers.get("etag") ?? "";
    expect((await agent.put(path, { bedrooms: 3 }, { "if-match": etag })).body.data.bedrooms).toBe(3);
    expect((await agent.put(path, { bedrooms: 1 }, { "if-match": etag })).status).toBe(412);
    expect((await agent.put(path, { bedrooms: null })).body.data.bedrooms).toBeNull();
  });

  it("cannot archive it while a tour is to come", async () => {
    const { company, conversationId } = await aChat();
    await aTour(company.property, { conversationId });
    const refused = await as(company.agent).delete(`/api/conversations/${conversationId}`);
    expect(refused.status).toBe(409);
    expect(refused.body.error.details).toEqual({ tours: 1 });
  });

  it("keep the ends of a budget in order, whoever tells them", async () => {
    const { company, visitor, conversationId } = await aChat();
    const path = `/api/conversations/${conversationId}`;
    expect((await as(company.agent).put(path, { price_range_max: 1500 })).status).toBe(200);
    const refused = await as(company.agent).put(path, { price_range_min: 2000 });
    expect(refused.status).toBe(422);
    expect(refused.body.error.details).toMatchObject([{ field: "price_range_min" }]);
    expect((await visitor.post(`${path}/qualify`, { price_range_min: 2000 })).status).toBe(422);
  });

  it("that are archived leave the lists of statuses, and nobody is late with them", async () => {
    const { company, visitor, conversationId } = await aChat();
    await visitor.post(`/api/conversations/${conversationId}/handoff`, {});
    const bulk = { entities: [{ entity_type: "conversation", entity_id: conversationId }] };
    const known = async () =>
      (await as(company.admin).post("/api/v1/status/current/bulk", bulk)).body.data.map(
        (row: { entity_id: string }) => row.entity_id,
      );
    expect(await known()).toEqual([conversationId]);
    expect((await as(company.agent).delete(`/api/conversations/${conversationId}`)).status).toBe(200);
    expect(await known()).toEqual([]);
  });

  it("list by status, property and time, newest first", async () => {
    const company = await aCompany();
    const old = await aConversation(company.property, { startTime: new Date("2026-01-01T00:00:00Z") });
    const young = await aConversation(company.property, { startTime: new Date("2026-02-01T00:00:00Z") });
    const manager = as(company.manager);
    const ids = async (query: string) =>
      (await manager.get(`/api/conversations?${query}`)).body.data.map((row: { id: string }) => row.id);
    expect(await ids("")).toEqual([young.id, old.id]);
    expect(await ids("to=2026-01-15T00:00:00Z")).toEqual([old.id]);
    expect(await ids(`property_id=${company.otherProperty.id}`)).toEqual([]);
    expect(await ids("status=active&sort=start_time")).toEqual([old.id, young.id]);
    expect(await ids("status=closed")).toEqual([]);
  });
});

describe("figures", () => {
  it("of one conversation count each role and the time to the first answers", async () => {
    const company = await aCompany();
    const conversation = await aConversation(company.property);
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    await aMessage(conversation, { seq: 1, role: "bot", createdAt: at(0) });
    await aMessage(conversation, { seq: 2, role: "visitor", createdAt: at(10) });
    await aMessage(conversation, { seq: 3, role: "bot", createdAt: at(12) });
    await aMessage(conversation, { seq: 4, role: "agent", createdAt: at(70) });
    const { body } = await as(company.viewer).get(`/api/conversations/${conversation.id}/analytics`);
    expect(body.data).toMatchObject({
      messages: { visitor: 1, bot: 2, agent: 1, system: 0 },
      duration_seconds: 70,
      first_response_seconds: 2,
      first_human_response_seconds: 60,
      handed_off: true,
    });
  });

  it("over conversations add up, whole days at a time, until one is archived", async () => {
    const company = await aCompany();
    const { property, manager } = company;
    const startTime = new Date("2026-03-02T10:00:00Z");
    const talked = await aConversation(property, { startTime, isQualified: true });
    const booked = await aConversation(property, { startTime, source: "website" });
    for (const seq of [1, 2, 3]) await aMessage(talked, { seq, role: "visitor", createdAt: startTime });
    await aMessage(talked, { seq: 4, role: "bot", createdAt: new Date("2026-03-02T10:00:05Z") });
    await aMessage(talked, { seq: 5, role: "agent", createdAt: new Date("2026-03-02T10:01:00Z") });
    await aTour(property, { conversationId: booked.id, status: "cancelled" });
    await aConversation(company.otherProperty, { startTime });
    const calculate = { property_id: property.id };
    await as(company.admin).post("/api/amplitude-data/calculate-engagement", calculate);
    await as(company.admin).post("/api/amplitude-data/calculate-engagement", {
      property_id: company.otherProperty.id,
    });
    await deliverAll(company.id, "projections");
    const summary = async (query: string) =>
      (await as(company.agent).get(`/api/conversations/analytics/summary?${query}`)).body.data;
    expect(await summary("from=2026-03-02&to=2026-03-02")).toMatchObject({
      from: "2026-03-02",
      to: "2026-03-02",
      conversations: 2,
      visitor_messages: 3,
      qualified: 2,
      tours_booked: 1,
      qualification_rate: 1,
      booking_rate: 0.5,
      with_human_reply: 1,
      average_first_response_seconds: 5,
      average_first_human_response_seconds: 60,
      by_property: [{ key: property.id, conversations: 2 }],
    });
    const times = "from=2026-03-02T10:00:00Z&to=2026-03-03T00:00:00Z";
    expect(await summary(times)).toMatchObject({ to: "2026-03-02", conversations: 2 });
    expect(await summary("from=2026-03-03&to=2026-03-04")).toMatchObject({
      conversations: 0,
      booking_rate: 0,
    });
    await as(manager).delete(`/api/conversations/${booked.id}`);
    await deliverAll(company.id, "projections");
    expect(await summary(times)).toMatchObject({
      conversations: 1,
      tours_booked: 0,
      by_source: [{ conversations: 1 }],
    });
  });
});

describe("POST /api/properties/:id/chatbot/test", () => {
  it("runs the same brain and stores nothing", async () => {
    const company = await aCompany();
    await aFaq(company.property, { question: "Do you allow pets?", answer: "Two cats." });
    const { body } = await as(company.agent).post(`/api/properties/${company.property.id}/chatbot/test`, {
      message: "Do you allow pets? I would like to visit on March 8th at 10am",
      now: "2019-03-01T15:00:00Z",
    });
    expect(body.data).toMatchObject({
      intent: expect.any(String),
      slots: { tour_date: "2019-03-08", tour_time: "10:00" },
    });
    expect(body.data.reply).toContain("Two cats.");
    expect(body.data.faq_matches[0]).toMatchObject({ answer: "Two cats." });
    expect((await as(company.agent).get("/api/conversations")).body.data).toEqual([]);
  });
});
