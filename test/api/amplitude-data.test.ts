import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { systemContext } from "../../src/core/start-context.ts";
import { drawConversation } from "../../src/modules/amplitude-data/draw-conversation.ts";
import { recount } from "../../src/modules/amplitude-data/daily-sums.ts";
import { periodOf, scorePage, summaryStatements } from "../../src/modules/amplitude-data/queries.ts";
import { EngagementQuery } from "../../src/modules/amplitude-data/schemas.ts";
import { anonymous, as, asVisitor } from "../support/api.ts";
import { openSocket } from "../support/socket.ts";
import { aContext, deliverAll, passWaits } from "../support/deliver.ts";
import { aCompany, aConversation, aLead, aMessage, aTour, type TestCompany } from "../support/factories.ts";

const path = "/api/amplitude-data";

/** A visitor of a company of its own with a conversation. */
async function aPage() {
  const company = await aCompany();
  const visitor = await asVisitor(company, company.property);
  const conversation = await aConversation(company.property, { userId: visitor.visitor.id, source: "ads" });
  const event = (more: object = {}) => ({ conversation_id: conversation.id, session_id: "s1", ...more });
  return { company, visitor, conversation, event, agent: as(company.agent), draw: () => draw(company) };
}

/** Lets the queue do all that is due. */
async function draw({ id }: TestCompany) {
  await passWaits(id);
  await deliverAll(id, "projections");
}

/** What the sums say, and what they would say counted from the start. */
async function sumsOf({ id }: TestCompany) {
  const sorted = "order by day, property_id, source";
  const [kept, counted] = await env.DB.batch<Record<string, unknown>>([
    env.DB.prepare(`select * from analytics_daily where company_id = ? and conversations > 0 ${sorted}`).bind(
      id,
    ),
    env.DB.prepare(
      `select * from (${recount} where company_id = ? group by company_id, day, property_id, source) ${sorted}`,
    ).bind(id),
  ]);
  return { kept: kept!.results, counted: counted!.results };
}

describe("POST /api/amplitude-data", () => {
  it("adds up counters and keeps flags over the events of a session", async () => {
    const { visitor, event, agent, conversation } = await aPage();
    await visitor.post(
      path,
      event({ answer_button_clicks: 2, incentive_offered: true, session_duration: 40 }),
    );
    const { status, body } = await visitor.post(
      path,
      event({
        answer_button_clicks: 1,
        phone_call_clicked: 1,
        session_duration: 90,
        page_url: "https://maple.test/",
      }),
    );
    expect(status).toBe(201);
    const session = {
      answer_button_clicks: 3,
      phone_call_clicked: 1,
      incentive_offered: true,
      session_duration: 90,
    };
    expect(body.data).toMatchObject({ accepted: 1, duplicates: 0, ...session, sessions: [session] });
    const whole = await agent.get(`${path}/conversation/${conversation.id}`);
    expect(whole.body.data).toMatchObject({
      ...session,
      user_id: visitor.visitor.id,
      page_url: "https://maple.test/",
    });
  });

  it("counts an event once, however often and in whichever batch it comes", async () => {
    const { visitor, event } = await aPage();
    const one = event({ insert_id: "e1", widget_minimized: 1 });
    const two = event({ insert_id: "e2", widget_minimized: 5 });
    await visitor.post(path, one);
    await visitor.post(path, one);
    const { body } = await visitor.post(path, { events: [one, two, two] });
    expect(body.data).toMatchObject({ accepted: 1, duplicates: 2, widget_minimized: 6 });
  });

  it("keeps sessions apart and adds them up for the conversation", async () => {
    const { visitor, event, agent, conversation } = await aPage();
    const batch = [event({ email_office_clicked: 1 }), event({ session_id: "s2", email_office_clicked: 2 })];
    expect((await visitor.post(path, { events: batch })).body.data.sessions).toHaveLength(2);
    const { body } = await agent.get(`${path}/conversation/${conversation.id}`);
    expect(body.data).toMatchObject({ email_office_clicked: 3, sessions: [{}, {}] });
  });

  it("takes nothing of another visitor's conversation, and nothing of the batch it is in", async () => {
    const { company, visitor, event, agent, conversation } = await aPage();
    const stranger = await asVisitor(company, company.property);
    expect((await stranger.post(path, event({ hot: true }))).status).toBe(404);
    const other = await aConversation(company.property);
    const mixed = [event({ hot: true }), { conversation_id: other.id }];
    expect((await visitor.post(path, { events: mixed })).status).toBe(404);
    expect((await agent.get(`${path}/conversation/${conversation.id}`)).body.data.hot).toBe(false);
  });

  it("names every field that is wrong, in a batch with its place", async () => {
    const { visitor, event } = await aPage();
    expect((await visitor.post(path, {})).body.error).toMatchObject({
      code: "MISSING_REQUIRED_FIELD",
      details: [{ field: "conversation_id" }],
    });
    const bad = [event(), event({ widget_minimized: -1, hot: "yes" })];
    const { status, body } = await visitor.post(path, { events: bad });
    expect(status).toBe(422);
    expect(body.error.details.map((problem: { field: string }) => problem.field)).toEqual([
      "events.1.widget_minimized",
      "events.1.hot",
    ]);
  });

  it("shows the event and the conversation's new figures to whoever watches the property, once", async () => {
    const { company, visitor, event, draw: work } = await aPage();
    const ticket = await as(company.agent).post("/api/ws/tickets", { property_id: company.property.id });
    const { pathname, search } = new URL(ticket.body.data.url);
    const socket = await openSocket(anonymous(), pathname + search);
    await visitor.post(path, event({ insert_id: "seen", answer_button_clicks: 1 }));
    await work();
    const kindIs = (kind: string) => (frame: object) =>
      (frame as { event?: { kind?: string } }).event?.kind === kind;
    expect(await socket.next(kindIs("event"))).toMatchObject({ event: { insert_id: "seen" } });
    expect(await socket.next(kindIs("conversation"))).toMatchObject({
      event: { analytics: { answer_button_clicks: 1 } },
    });
    socket.close();
  });
});

describe("a conversation's figures", () => {
  it("are drawn from what is stored, whatever a page claims", async () => {
    const { company, visitor, event, agent, conversation, draw: work } = await aPage();
    const at = (seconds: number) => new Date(conversation.startTime.getTime() + seconds * 1000);
    await aMessage(conversation, { seq: 1, role: "bot", createdAt: at(0) });
    await aMessage(conversation, { seq: 2, role: "visitor", createdAt: at(10) });
    await aMessage(conversation, { seq: 3, role: "bot", createdAt: at(12) });
    await aMessage(conversation, { seq: 4, role: "agent", createdAt: at(70) });
    await visitor.post(path, event({ signed: true, qualified: true, user_messages_sent: 9 }));
    await work();
    const { body } = await agent.get(`${path}/conversation/${conversation.id}`);
    expect(body.data).toMatchObject({
      user_messages_sent: 9,
      bot_messages_received: 2,
      admin_handoff_triggered: true,
      first_response_seconds: 2,
      first_human_response_seconds: 60,
      stage: "chat",
    });
    const rates = await agent.get(`${path}/lead-qualification-rates?property_id=${company.property.id}`);
    expect(rates.body.data).toMatchObject({ chats: 1, qualified: 0, qualification_rate: 0 });
  });

  it("go through the funnel by source and property, each step counting who got further", async () => {
    const { company, agent, conversation, draw: work } = await aPage();
    const { property } = company;
    await aMessage(conversation, { role: "visitor" });
    const lead = await aLead(property, { conversationId: conversation.id, source: "ads" });
    await aTour(property, { conversationId: conversation.id, leadId: lead.id, status: "completed" });
    await as(company.manager).post(`${path}/calculate-engagement`, { property_id: property.id });
    await work();
    const { body } = await agent.get(`${path}/lead-qualification-rates`);
    const steps = { chat: 1, qualified: 1, tour: 1, show: 1, application: 0, lease: 0 };
    const [bySource] = body.data.by_source;
    expect(bySource).toMatchObject({ source: "ads", qualification_rate: 1 });
    expect(
      Object.fromEntries(
        bySource.funnel.map((step: { step: string; conversations: number }) => [
          step.step,
          step.conversations,
        ]),
      ),
    ).toEqual(steps);
    expect(body.data.by_property).toMatchObject([{ property_id: property.id, chats: 1 }]);
  });

  it("call a visitor gone after half an hour of silence, and not one who can be reached", async () => {
    const { company, agent, conversation, draw: work } = await aPage();
    const longAgo = new Date(Date.now() - 31 * 60_000);
    await aMessage(conversation, { role: "visitor", createdAt: longAgo });
    const summary = async () => {
      await agent.post(`${path}/calculate-engagement`, { conversation_id: conversation.id });
      await work();
      return (await agent.get(`${path}/property/${company.property.id}`)).body.data;
    };
    expect(await summary()).toMatchObject({ chats: 1, abandonment_rate: 1 });
    await aLead(company.property, { conversationId: conversation.id, email: "nora@example.test" });
    expect(await summary()).toMatchObject({ chats: 1, abandonment_rate: 0, contacts_captured: 1 });
  });

  it("are looked at again by themselves when silence has lasted", async () => {
    const { company, agent, conversation, draw: work } = await aPage();
    await aMessage(conversation, { role: "visitor" });
    await agent.post(`${path}/calculate-engagement`, { conversation_id: conversation.id });
    await as(company.admin).get(`${path}/summary`);
    const ahead = { now: () => Date.now() + 31 * 60_000 };
    await passWaits(company.id);
    await deliverAll(company.id, "projections", ahead);
    const { body } = await agent.get(`${path}/engagement-scores`);
    expect(body.data).toMatchObject([{ conversation_id: conversation.id, conversation_abandoned: true }]);
    await work();
  });

  it("move the sums by the difference alone: told twice, moved to another source, archived", async () => {
    const { company, agent, visitor, event, conversation, draw: work } = await aPage();
    await aMessage(conversation, { role: "visitor" });
    await visitor.post(path, event({ incentive_offered: true, incentive_accepted: true }));
    await work();
    const again = () => agent.post(`${path}/calculate-engagement`, { conversation_id: conversation.id });
    await again();
    await again();
    const before = await sumsOf(company);
    expect(before.kept).toMatchObject([{ source: "ads", conversations: 1, incentives_accepted: 1 }]);
    expect(before.kept).toEqual(before.counted);
    await aLead(company.property, { conversationId: conversation.id, source: "walk_in" });
    await again();
    const moved = await sumsOf(company);
    expect(moved.kept).toMatchObject([{ source: "walk_in", conversations: 1 }]);
    expect(moved.kept).toEqual(moved.counted);
    await as(company.manager).delete(`/api/conversations/${conversation.id}`);
    await work();
    expect((await sumsOf(company)).kept).toEqual([]);
  });

  it("outlive what they were drawn from: what is no longer kept or was erased has been counted", async () => {
    const { company, agent, visitor, conversation, draw: work } = await aPage();
    await aMessage(conversation, { role: "visitor" });
    await agent.post(`${path}/calculate-engagement`, { conversation_id: conversation.id });
    const before = await sumsOf(company);
    expect(before.kept).toMatchObject([{ chats: 1 }]);
    await as(company.admin).delete(`/api/users/${visitor.visitor.id}?erase=true`);
    await work();
    await as(company.manager).post(`${path}/calculate-engagement`, { property_id: company.property.id });
    await work();
    const after = await sumsOf(company);
    expect(after).toEqual(before);
  });

  it("stay right when many draw one conversation at once", async () => {
    const { company, conversation } = await aPage();
    await aMessage(conversation, { role: "visitor" });
    const ctx = await aContext(company.id);
    await Promise.all(Array.from({ length: 8 }, () => drawConversation(ctx, conversation.id)));
    const { kept, counted } = await sumsOf(company);
    expect(kept).toMatchObject([{ conversations: 1, chats: 1 }]);
    expect(kept).toEqual(counted);
  });

  it("are shown to an agent for the assigned properties alone", async () => {
    const { company, agent, draw: work } = await aPage();
    const elsewhere = await aConversation(company.otherProperty);
    await aMessage(elsewhere, { role: "visitor" });
    await as(company.admin).post(`${path}/calculate-engagement`, { conversation_id: elsewhere.id });
    await work();
    expect((await as(company.admin).get(`${path}/summary`)).body.data.chats).toBe(1);
    expect((await agent.get(`${path}/summary`)).body.data).toMatchObject({ chats: 0, by_property: [] });
    expect((await agent.get(`${path}/property/${company.otherProperty.id}`)).status).toBe(404);
    expect((await agent.get(`${path}/conversation/${elsewhere.id}`)).status).toBe(404);
  });
});

describe("the lists of figures", () => {
  it("cost the same to read however much has happened", async () => {
    const company = await aCompany();
    const { property } = company;
    const ctx = await aContext(company.id);
    const grow = async (conversations: number, messages: number) => {
      for (let made = 0; made < conversations; made += 1) {
        const conversation = await aConversation(property, { source: "ads" });
        for (let seq = 1; seq <= messages; seq += 1) await aMessage(conversation, { seq, role: "visitor" });
        await drawConversation(ctx, conversation.id);
      }
    };
    const cost = async () => {
      const statements = summaryStatements(ctx, periodOf(ctx, {}), {});
      const each = statements.map(async (statement) => {
        const { sql, params } = statement.toSQL();
        const { meta } = await env.DB.prepare(sql)
          .bind(...params)
          .all();
        return meta.rows_read;
      });
      return Promise.all(each);
    };
    await grow(3, 2);
    const small = await cost();
    await grow(30, 10);
    const { kept } = await sumsOf(company);
    expect(kept).toMatchObject([{ conversations: 33, visitor_messages: 306 }]);
    expect(await cost()).toEqual(small);
    expect(Math.max(...small)).toBeLessThan(10);
  });

  it("are read from the daily sums by their key, never from conversations or messages", async () => {
    const company = await aCompany();
    const ctx = await systemContext(env, company.id, "test", () => {});
    const period = periodOf(ctx!, {});
    for (const statement of summaryStatements(ctx!, period, { property_id: company.property.id })) {
      const plan = await planOf(statement);
      expect(plan).toContain(
        "SEARCH analytics_daily USING INDEX sqlite_autoindex_analytics_daily_1 (company_id=?",
      );
      expect(plan).not.toMatch(/SCAN|conversations|messages/);
    }
  });

  it.each([
    [{}, "analytics_conversations_by_start (company_id=?)"],
    [{ sort: "-engagement_points" }, "analytics_conversations_by_points (company_id=?)"],
    [{ property_id: "p" }, "analytics_conversations_by_property (company_id=? AND property_id=?)"],
    [{ engagement_score: "high" }, "analytics_conversations_by_score (company_id=? AND engagement_score=?)"],
    [{ from: "2026-01-01T00:00:00Z" }, "analytics_conversations_by_start (company_id=? AND started_at>?)"],
  ])("of scores with %j is found by %s", async (query, index) => {
    const company = await aCompany();
    const ctx = await systemContext(env, company.id, "test", () => {});
    const [page] = scorePage(ctx!, EngagementQuery.parse(query));
    const plan = await planOf(page);
    expect(plan).toContain(index);
    expect(plan).not.toContain("SCAN");
  });

  it("look at thirty days unless told, and at a year at most", async () => {
    const company = await aCompany();
    const agent = as(company.agent);
    const asked = await agent.get(`${path}/summary?from=2020-01-01&to=2026-03-01`);
    expect(asked.body.data).toMatchObject({ from: "2025-03-01", to: "2026-03-01" });
    const usual = (await agent.get(`${path}/summary`)).body.data;
    expect((Date.parse(usual.to) - Date.parse(usual.from)) / 86_400_000).toBe(29);
  });
});

async function planOf(statement: { toSQL(): { sql: string; params: unknown[] } }): Promise<string> {
  const { sql, params } = statement.toSQL();
  const { results } = await env.DB.prepare(`explain query plan ${sql}`)
    .bind(...params)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail).join("\n");
}
