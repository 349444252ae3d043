import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { ChatRoom } from "../../src/durable/chat-room/chat-room.do.ts";
import { systemContext } from "../../src/core/start-context.ts";
import { chatRoom } from "../../src/durable/stubs.ts";
import { followTurn } from "../../src/modules/conversations/follow-turn.ts";
import { as } from "../support/api.ts";
import { aChat, join, pathOf, saidBy } from "../support/chat.ts";
import { db } from "../support/factories.ts";
import { openSocket } from "../support/socket.ts";
import { sql } from "drizzle-orm";

const say = (client_id: string, text: string) => ({ type: "message", client_id, text });

function roomOf(companyId: string, conversationId: string) {
  return chatRoom(env, companyId, conversationId);
}

describe("a conversation's socket", () => {
  it("delivers every stored message in order, one's own included, and acknowledges it", async () => {
    const { visitor, conversationId } = await aChat();
    const socket = await join(visitor, conversationId);
    const greeting = await socket.next(saidBy("bot"));
    socket.send(say("m-1", "Hello there"));
    const own = await socket.next(saidBy("visitor"));
    const ack = await socket.next("ack");
    const answer = await socket.next(saidBy("bot"));
    expect([greeting["seq"], own["seq"], answer["seq"]]).toEqual([1, 2, 3]);
    expect(ack).toEqual({ type: "ack", client_id: "m-1", seq: 2 });
    expect(own["message"]).toMatchObject({ client_id: "m-1", text: "Hello there", role: "visitor" });
  });

  it("stores a resent message once and acknowledges it with its first number", async () => {
    const { visitor, conversationId } = await aChat();
    const socket = await join(visitor, conversationId);
    socket.send(say("m-1", "Hello"));
    await socket.next("ack");
    socket.send(say("m-1", "Hello"));
    expect(await socket.next("ack")).toEqual({ type: "ack", client_id: "m-1", seq: 2 });
    const { body } = await visitor.get(`/api/conversations/${conversationId}/messages`);
    expect(body.data.filter((message: { role: string }) => message.role === "visitor")).toHaveLength(1);
  });

  it("replays exactly what came after N, by query and by resume frame", async () => {
    const { visitor, conversationId } = await aChat();
    const first = await join(visitor, conversationId);
    first.send(say("m-1", "Hello"));
    await first.next((frame) => frame["seq"] === 3);
    first.close();
    const second = await join(visitor, conversationId, 2);
    expect((await second.next("message"))["seq"]).toBe(3);
    second.send({ type: "resume", after: 1 });
    expect((await second.next("message"))["seq"]).toBe(2);
    expect((await second.next("message"))["seq"]).toBe(3);
  });

  it("replays all of a very long conversation", async () => {
    const { company, visitor, conversationId } = await aChat();
    const room = roomOf(company.id, conversationId);
    await runInDurableObject(room, (_room: ChatRoom, { storage }) => {
      for (let n = 0; n < 1200; n += 1)
        storage.sql.exec(
          `insert into message(id, role, text, created_at, revision) values ('long-${n}', 'bot', 'word ${n}', 1, 1)`,
        );
    });
    const socket = await join(visitor, conversationId);
    const last = await socket.next((frame) => frame["seq"] === 1201);
    expect(last["message"]).toMatchObject({ text: "word 1199" });
  });

  it("lets a ticket in once", async () => {
    const { visitor, conversationId } = await aChat();
    const { body } = await visitor.post("/api/ws/tickets", { conversation_id: conversationId });
    await openSocket(visitor, pathOf(body.data.url));
    await expect(openSocket(visitor, pathOf(body.data.url))).rejects.toThrow("401");
  });

  it("refuses a frame it does not know, naming the message it was for", async () => {
    const { visitor, conversationId } = await aChat();
    const socket = await join(visitor, conversationId);
    socket.send({ type: "message", client_id: "m-9", text: "x".repeat(4001) });
    expect(await socket.next("error")).toMatchObject({ code: "PAYLOAD_TOO_LARGE", client_id: "m-9" });
    socket.send("not json");
    expect(await socket.next("error")).toMatchObject({ code: "VALIDATION_ERROR" });
    socket.send("ping");
    expect(await socket.next("text")).toEqual({ type: "text", text: "pong" });
  });

  it("goes on after the object was evicted while the socket slept", async () => {
    const { company, visitor, conversationId } = await aChat();
    const socket = await join(visitor, conversationId);
    socket.send(say("m-1", "Hello"));
    await socket.next((frame) => frame["seq"] === 3);
    await evictDurableObject(roomOf(company.id, conversationId), { webSockets: "hibernate" });
    socket.send(say("m-2", "Still there?"));
    expect(await socket.next((frame) => frame["client_id"] === "m-2")).toEqual({
      type: "ack",
      client_id: "m-2",
      seq: 4,
    });
  });

  it("signs in by sub-protocol as well as by ticket, and lets no stranger in", async () => {
    const { company, visitor, conversationId } = await aChat();
    const stranger = await aChat();
    const refused = await stranger.visitor.post("/api/ws/tickets", { conversation_id: conversationId });
    expect(refused.status).toBe(404);
    const staff = await join(as(company.agent), conversationId);
    expect(await staff.next("message")).toMatchObject({ seq: 1 });
    await expect(
      openSocket(visitor, `/api/ws/chat/${conversationId}?ticket=${company.id}.wt_guess`),
    ).rejects.toThrow("401");
  });
});

describe("whose turn it is", () => {
  it("goes to the person who speaks; the bot stays silent until the turn is given back", async () => {
    const { company, visitor, conversationId } = await aChat();
    const socket = await join(visitor, conversationId);
    const agent = as(company.agent);
    await agent.post(`/api/conversations/${conversationId}/messages`, { text: "Hi, Ola here" });
    expect(await socket.next("speaker")).toEqual({
      type: "speaker",
      speaker: "human",
      name: company.agent.name,
    });
    socket.send(say("m-1", "Do you have a gym?"));
    await socket.next("ack");
    await agent.post(`/api/conversations/${conversationId}/return-to-bot`, {});
    socket.send(say("m-2", "hello"));
    await socket.next((frame) => frame["client_id"] === "m-2");
    await socket.next((frame) => saidBy("bot")(frame) && Number(frame["seq"]) > 4);
    const { body } = await visitor.get(`/api/conversations/${conversationId}/messages`);
    const roles = body.data.map((message: { role: string }) => message.role);
    expect(roles).toEqual(["bot", "agent", "visitor", "system", "visitor", "bot"]);
  });

  it("withdraws a bot answer that was thought out before a person took over", async () => {
    const { company, visitor, conversationId } = await aChat();
    const room = roomOf(company.id, conversationId);
    await visitor.post(`/api/conversations/${conversationId}/messages`, { text: "Do you have a gym?" });
    await as(company.agent).post(`/api/conversations/${conversationId}/messages`, {
      text: "I take this one",
    });
    await runDurableObjectAlarm(room);
    const { body } = await visitor.get(`/api/conversations/${conversationId}/messages`);
    const afterAgent = body.data
      .map((message: { role: string }) => message.role)
      .slice(body.data.findIndex((message: { role: string }) => message.role === "agent"));
    expect(afterAgent).toEqual(["agent"]);
  });

  it("is announced and kept when the visitor asks for a person", async () => {
    const { visitor, conversationId } = await aChat();
    const socket = await join(visitor, conversationId);
    const { body, status } = await visitor.post(`/api/conversations/${conversationId}/handoff`, {
      reason: "a person",
    });
    expect(status).toBe(200);
    expect(body.data.status).toBe("waiting_for_agent");
    expect(await socket.next("speaker")).toEqual({ type: "speaker", speaker: "human" });
    expect((await socket.next(saidBy("system")))["message"]).toMatchObject({ role: "system" });
  });

  it("stays with the person who has it when the visitor asks for one again", async () => {
    const { company, visitor, conversationId } = await aChat();
    await as(company.agent).post(`/api/conversations/${conversationId}/messages`, { text: "Ola here" });
    const { status } = await visitor.post(`/api/conversations/${conversationId}/handoff`, {});
    expect(status).toBe(200);
    const turn = await roomOf(company.id, conversationId).turn();
    expect(turn).toMatchObject({ speaker: "human", name: company.agent.name });
  });

  it("shows in the status by whatever door a person came in", async () => {
    const { company, visitor, conversationId } = await aChat();
    await visitor.post(`/api/conversations/${conversationId}/handoff`, {});
    const socket = await join(as(company.agent), conversationId);
    socket.send(say("a-1", "Ola here, how can I help?"));
    await socket.next("ack");
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(roomOf(company.id, conversationId));
      const { body } = await visitor.get(`/api/conversations/${conversationId}`);
      expect(body.data.status).toBe("with_agent");
    }, 8000);
  });

  it("calls the team once, and leaves closed what was closed meanwhile, however often it is told", async () => {
    const { company, visitor, conversationId } = await aChat();
    const ctx = (await systemContext(env, company.id, "test", () => {}))!;
    await visitor.post(`/api/conversations/${conversationId}/handoff`, {});
    await as(company.agent).put(`/api/conversations/${conversationId}/status`, { status: "closed" });
    for (let time = 0; time < 3; time += 1) await followTurn(ctx, conversationId);
    const { body } = await visitor.get(`/api/conversations/${conversationId}`);
    expect(body.data.status).toBe("closed");
    expect(await handoffsOf(conversationId)).toHaveLength(1);
  });
});

const handoffsOf = (conversationId: string) =>
  db.all(sql`select id from outbox where instr(dedupe_key, ${`notice:handoff:${conversationId}:`}) = 1`);

describe("a bot turn that fails", () => {
  it("is tried again by the alarm and answers once D1 is back", async () => {
    const { company, visitor, conversationId } = await aChat();
    const room = roomOf(company.id, conversationId);
    await db.run(sql`alter table companies rename to companies_away`);
    const said = await room.say(
      {
        companyId: company.id,
        conversationId,
        propertyId: company.property.id,
        userId: visitor.visitor.id,
        clockOffsetMs: 0,
      },
      { v: 1, role: "visitor", id: visitor.visitor.id, name: "Visitor", origin: null },
      { text: "hello", clientId: "m-1" },
    );
    expect(said.outcome).toBe("stored");
    await runDurableObjectAlarm(room);
    await db.run(sql`alter table companies_away rename to companies`);
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(room);
      const { body } = await visitor.get(`/api/conversations/${conversationId}/messages`);
      expect(body.data.map((message: { role: string }) => message.role)).toEqual(["bot", "visitor", "bot"]);
    }, 8000);
  });

  it("hands over with an apology when it fails for good, and loses no word", async () => {
    const { company, visitor, conversationId } = await aChat();
    const room = roomOf(company.id, conversationId);
    const socket = await join(visitor, conversationId);
    await db.run(sql`alter table faqs_fts rename to faqs_fts_away`);
    socket.send(say("m-1", "Do you have a gym?"));
    await socket.next("ack");
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(room);
      const { body } = await visitor.get(`/api/conversations/${conversationId}/messages`);
      expect(body.data.at(-1)).toMatchObject({ role: "bot", payload: { kind: "handoff" } });
    }, 8000);
    await db.run(sql`alter table faqs_fts_away rename to faqs_fts`);
    expect(await socket.next("speaker")).toEqual({ type: "speaker", speaker: "human" });
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(room);
      expect(await handoffsOf(conversationId)).toHaveLength(1);
      const { body } = await visitor.get(`/api/conversations/${conversationId}`);
      expect(body.data.status).toBe("waiting_for_agent");
    }, 8000);
  });
});

describe("the projection of a room", () => {
  it("moves the lead on when a person has answered for the first time, and only then", async () => {
    const { company, visitor, conversationId } = await aChat();
    await as(company.agent).post(`/api/conversations/${conversationId}/messages`, { text: "Ola here" });
    await visitor.post(`/api/conversations/${conversationId}/messages`, { text: "Hello" });
    await as(company.agent).post(`/api/conversations/${conversationId}/messages`, { text: "What can I do?" });
    const agent = as(company.agent);
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(roomOf(company.id, conversationId));
      const { body } = await agent.get("/api/leads");
      expect(body.data.map((lead: { status: string }) => lead.status)).toEqual(["contacted"]);
    }, 8000);
    const told = await db.all(sql`select id from outbox where company_id = ${company.id}
      and dedupe_key like 'lead_facts:%:answered_by_person'`);
    expect(told).toHaveLength(1);
  });

  it("equals the room after D1 had refused writes for a while", async () => {
    const { company, visitor, conversationId } = await aChat();
    const room = roomOf(company.id, conversationId);
    await db.run(sql`create trigger refuse_messages before insert on messages
      when new.conversation_id = ${sql.raw(`'${conversationId}'`)} begin select raise(abort, 'refused'); end`);
    await as(company.agent).post(`/api/conversations/${conversationId}/messages`, { text: "One" });
    await as(company.agent).post(`/api/conversations/${conversationId}/messages`, { text: "Two" });
    await db.run(sql`drop trigger refuse_messages`);
    await vi.waitFor(async () => {
      await runDurableObjectAlarm(room);
      const rows = await db.all<{ text: string }>(
        sql`select text from messages where conversation_id = ${conversationId} order by seq`,
      );
      expect(rows.map((row) => row.text).slice(-2)).toEqual(["One", "Two"]);
    });
    const { body } = await visitor.get(`/api/conversations/${conversationId}`);
    expect(body.data).toMatchObject({
      last_seq: 3,
      message_count: 3,
      last_message_text: "Two",
      speaker: "human",
    });
  });

  it("is brought up by the alarm when the object died before it could project", async () => {
    const { company, conversationId } = await aChat();
    const room = roomOf(company.id, conversationId);
    await runInDurableObject(room, async (_room: ChatRoom, state) => {
      state.storage.kv.put("room", {
        ...(state.storage.kv.get("room") as object),
        projectedRevision: 0,
      });
      await state.storage.setAlarm(Date.now() + 60_000);
    });
    await db.run(sql`delete from messages where conversation_id = ${conversationId}`);
    await evictDurableObject(room);
    expect(await runDurableObjectAlarm(room)).toBe(true);
    const [row] = await db.all<{ n: number }>(
      sql`select count(*) as n from messages where conversation_id = ${conversationId}`,
    );
    expect(row?.n).toBe(1);
  });
});
