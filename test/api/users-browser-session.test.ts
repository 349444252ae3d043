import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { statusEntities } from "../../src/db/schema/status.ts";
import { users, userSessions } from "../../src/db/schema/users.ts";
import { anonymous, as, asVisitor, withToken } from "../support/api.ts";
import { aCompany, aConversation, aProperty, db, everyDay, type Property } from "../support/factories.ts";

const aBrowser = () => `browser-${uuidv7()}`;

function open(
  property: Property,
  browserId: string,
  more: object = {},
  headers: Record<string, string> = {},
) {
  const visit = { embed_key: property.embedKey, ...more };
  return anonymous().post(`/api/users/browser/${browserId}/session`, visit, headers);
}

/** The projected status of a conversation, as its machine would write it. */
async function setStatus(
  conversation: { id: string; companyId: string },
  currentStatus: string,
  isFinal: boolean,
) {
  await db.insert(statusEntities).values({
    companyId: conversation.companyId,
    entityType: "conversation",
    entityId: conversation.id,
    entityIdKind: "string",
    workflowId: "builtin-conversation",
    workflowVersion: 1,
    workflowName: "Conversation",
    currentStatus,
    statusLabel: currentStatus,
    statusColor: "#000000",
    isFinal,
    statusSince: new Date(),
    isOverdue: false,
    paused: false,
    warningHours: 24,
    criticalHours: 72,
    entityDetails: {},
    version: 1,
    seq: 1,
    createdAt: new Date(),
    updatedAt: new Date(),
  });
}

describe("POST /api/users/browser/:browserId/session", () => {
  it("makes a visitor, a token that opens what is his, and all the widget needs to draw itself", async () => {
    const { company } = await aCompany();
    const property = await aProperty(company, {
      chatbotWelcomeMessage: "Hello!",
      chatbotThemeColor: "#112233",
      chatbotPosition: "bottom_left",
      chatbotAutoOpen: true,
      chatbotAvatarUrl: "https://maple.example/bot.png",
      chatbotBusinessHours: everyDay,
      chatbotWidgetSettings: { rounded: true },
    });
    const browserId = aBrowser();
    const page = {
      page_url: "https://maple.example/homes",
      referrer: "https://search.example",
      lead_source: "ads",
    };
    const { status, body } = await open(property, browserId, page, { "User-Agent": "Test/1" });
    expect(status).toBe(200);
    const { token, expires_at, user, ...rest } = body.data;
    expect(rest).toEqual({
      property: { id: property.id, name: property.name, time_zone: "America/Chicago" },
      chatbot: {
        is_active: true,
        welcome_message: "Hello!",
        theme_color: "#112233",
        position: "bottom_left",
        auto_open: true,
        avatar_url: "https://maple.example/bot.png",
        business_hours: everyDay,
        widget_settings: { rounded: true },
      },
      conversation: null,
    });
    expect(user).toMatchObject({ browser_id: browserId, session_count: 1, lead_source: "ads" });
    const hours = (Date.parse(expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    expect((await withToken(token).get(`/api/users/${user.id}`)).body.data.id).toBe(user.id);
    const [session] = await db.select().from(userSessions).where(eq(userSessions.userId, user.id));
    expect(session).toMatchObject({
      propertyId: property.id,
      pageUrl: page.page_url,
      referrer: page.referrer,
      userAgent: "Test/1",
    });
  });

  it("knows the browser again, counts the visit, and keeps where somebody came from first", async () => {
    const { property, otherProperty } = await aCompany();
    const browserId = aBrowser();
    const first = await open(property, browserId, { lead_source: "ads", first_name: "Nora" });
    const again = await open(otherProperty, browserId, { lead_source: "direct", email: "Nora@Example.test" });
    expect(again.body.data.user).toMatchObject({
      id: first.body.data.user.id,
      first_name: "Nora",
      email: "nora@example.test",
      lead_source: "ads",
      session_count: 2,
    });
    expect(again.body.data.property.id).toBe(otherProperty.id);
    const sessions = await db
      .select()
      .from(userSessions)
      .where(eq(userSessions.userId, first.body.data.user.id));
    expect(sessions.map(({ propertyId }) => propertyId).toSorted()).toEqual(
      [property.id, otherProperty.id].toSorted(),
    );
  });

  it("makes one visitor of a browser that opens several tabs at once", async () => {
    const { property, id } = await aCompany();
    const browserId = aBrowser();
    const answers = await Promise.all(Array.from({ length: 6 }, () => open(property, browserId)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    const its = and(eq(users.companyId, id), eq(users.browserId, browserId));
    const [user, ...others] = await db.select().from(users).where(its);
    expect(others).toEqual([]);
    expect(user?.sessionCount).toBe(6);
    const sessions = await db.select().from(userSessions).where(eq(userSessions.userId, user!.id));
    expect(sessions).toHaveLength(6);
  });

  it("keeps one browser apart in two companies", async () => {
    const [one, other] = [await aCompany(), await aCompany()];
    const browserId = aBrowser();
    const first = await open(one.property, browserId, { first_name: "Nora" });
    const second = await open(other.property, browserId);
    expect(second.body.data.user).toMatchObject({ first_name: null, session_count: 1, company_id: other.id });
    const theirs = await withToken(second.body.data.token).get(`/api/users/${first.body.data.user.id}`);
    expect(theirs.status).toBe(404);
  });

  it("goes on with the latest conversation at this property that is not closed", async () => {
    const { property, otherProperty } = await aCompany();
    const browserId = aBrowser();
    const { user } = (await open(property, browserId)).body.data;
    const at = (day: number) => new Date(Date.UTC(2026, 0, day));
    const mine = (day: number, more = {}) =>
      aConversation(property, { userId: user.id, startTime: at(day), ...more });
    const waiting = await mine(1, { lastSeq: 7 });
    await setStatus(waiting, "waiting_for_agent", false);
    await setStatus(await mine(2), "closed", true);
    await mine(3, { endTime: at(3) });
    await mine(4, { deletedAt: at(4) });
    await aConversation(otherProperty, { userId: user.id, startTime: at(5) });
    const conversationOf = async () => (await open(property, browserId)).body.data.conversation;
    expect(await conversationOf()).toEqual({ id: waiting.id, status: "waiting_for_agent", last_seq: 7 });
    const fresh = await mine(6);
    expect(await conversationOf()).toEqual({ id: fresh.id, status: "active", last_seq: 0 });
  });

  it("lets in the property's sites, our own pages and callers that are no page, and nobody else", async () => {
    const { property } = await aCompany();
    const from = async (origin: string) => open(property, aBrowser(), {}, { Origin: origin });
    expect((await from(property.allowedOrigins[0]!)).status).toBe(200);
    expect((await from("http://localhost:8787")).status).toBe(200);
    for (const origin of ["https://evil.example", `${property.allowedOrigins[0]}.evil.example`, "null"]) {
      const { status, body } = await from(origin);
      expect([status, body.error.code]).toEqual([403, "FORBIDDEN"]);
    }
  });

  it("binds the token to the origin it was opened from", async () => {
    const { property } = await aCompany();
    const origin = property.allowedOrigins[0]!;
    const { token, user } = (await open(property, aBrowser(), {}, { Origin: origin })).body.data;
    const read = (page: string) => withToken(token).get(`/api/users/${user.id}`, { Origin: page });
    expect((await read(origin)).status).toBe(200);
    expect((await read("https://evil.example")).status).toBe(403);
  });

  it("says when the chatbot is off, and still lets the visitor in", async () => {
    const { company } = await aCompany();
    const off = await aProperty(company, { chatbotIsActive: false });
    const { status, body } = await open(off, aBrowser());
    expect([status, body.data.chatbot.is_active]).toEqual([200, false]);
  });

  it("knows no key of an archived property or company, nor a made-up one", async () => {
    const { company, property } = await aCompany();
    const archived = await aProperty(company, { deletedAt: new Date() });
    const closed = await aCompany({ deletedAt: new Date() });
    for (const embedKey of [archived.embedKey, closed.property.embedKey, "pk_nothing"]) {
      const { status, body } = await open({ ...property, embedKey }, aBrowser());
      expect([status, body.error.code]).toEqual([404, "RECORD_NOT_FOUND"]);
    }
  });

  it.each([
    [{ embed_key: undefined }, "embed_key"],
    [{ embed_key: 7 }, "embed_key"],
    [{ email: "no" }, "email"],
    [{ phone: "1" }, "phone"],
    [{ page_url: 5 }, "page_url"],
  ])("refuses %j, naming %s", async (more, field) => {
    const { property } = await aCompany();
    const { status, body } = await open(property, aBrowser(), more);
    expect(status).toBe(422);
    expect(body.error.details[0].field).toBe(field);
  });

  it.each(["short", "has%20space1", "a".repeat(129), "semi;colon"])(
    "refuses the browser id %s",
    async (browserId) => {
      const { property } = await aCompany();
      const { status, body } = await open(property, browserId);
      expect([status, body.error.code]).toEqual([422, "INVALID_FORMAT"]);
    },
  );

  it("cuts an endless referrer instead of turning the visitor away", async () => {
    const { property } = await aCompany();
    const long = `https://search.example/?q=${"x".repeat(5000)}`;
    const { body } = await open(property, aBrowser(), { referrer: long, page_url: null });
    const [session] = await db.select().from(userSessions).where(eq(userSessions.userId, body.data.user.id));
    expect([session?.referrer?.length, session?.pageUrl]).toEqual([2000, null]);
  });

  it("leaves an audit row for the visit", async () => {
    const { property, id } = await aCompany();
    const { user } = (await open(property, aBrowser())).body.data;
    const [row] = await db.select().from(auditLog).where(eq(auditLog.recordId, user.id));
    expect(row).toMatchObject({
      companyId: id,
      action: "open_session",
      actorKind: "visitor",
      actorId: user.id,
    });
  });
});

describe("PUT /api/users/browser/:browserId/last-seen", () => {
  it("notes that the visitor is still there, on the user and on the latest session", async () => {
    const { property, admin } = await aCompany();
    const browserId = aBrowser();
    const { token, user } = (await open(property, browserId)).body.data;
    const long = new Date("2026-01-01T00:00:00Z");
    await db.update(users).set({ lastSeen: long }).where(eq(users.id, user.id));
    await db.update(userSessions).set({ lastSeenAt: long }).where(eq(userSessions.userId, user.id));
    const { status, body } = await withToken(token).put(`/api/users/browser/${browserId}/last-seen`);
    expect(status).toBe(200);
    expect(Date.parse(body.data.last_seen)).toBeGreaterThan(Date.now() - 60_000);
    const { data } = (await as(admin).get(`/api/users/${user.id}/sessions`)).body;
    expect(data[0].last_seen_at).toBe(body.data.last_seen);
  });

  it("is the visitor's own, or staff's", async () => {
    const company = await aCompany();
    const [one, other] = [
      await asVisitor(company, company.property),
      await asVisitor(company, company.property),
    ];
    const path = `/api/users/browser/${one.visitor.browserId}/last-seen`;
    expect((await other.put(path)).status).toBe(404);
    expect((await as(company.agent).put(path)).status).toBe(200);
    expect((await as(company.viewer).put(path)).status).toBe(403);
    expect((await anonymous().put(path)).status).toBe(401);
  });
});
