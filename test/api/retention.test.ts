import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { applyRetention } from "../../src/cron/apply-retention.ts";
import { jobs } from "../../src/cron/index.ts";
import { conversations, leads, messages } from "../../src/db/schema/conversations.ts";
import { mailEvents } from "../../src/db/schema/email.ts";
import { notificationDeliveries, notificationEvents } from "../../src/db/schema/notices.ts";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import { chatRoom } from "../../src/durable/stubs.ts";
import { mailRow } from "../../src/modules/email/queue-mail.ts";
import { as } from "../support/api.ts";
import { aChat } from "../support/chat.ts";
import { aContext, deliver, quietEnv } from "../support/deliver.ts";
import {
  aCompany,
  aConversation,
  aLead,
  aMessage,
  aNotification,
  db,
  type TestCompany,
} from "../support/factories.ts";

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

/** A night passes for the company. */
async function night(company: TestCompany): Promise<void> {
  await applyRetention(quietEnv, Date.now());
  for (let round = 0; round < 10; round += 1)
    if ((await deliver(company.id, { topic: "projections", key: "retention" })) === "acked") return;
}

const set = (company: TestCompany, body: object, headers = {}) =>
  as(company.admin).put(`/api/companies/${company.id}/retention`, body, headers);

describe("what a company keeps", () => {
  it("is everything for good until it says otherwise, and partly changed by version", async () => {
    const company = await aCompany();
    const first = await as(company.admin).get(`/api/companies/${company.id}/retention`);
    expect(first.body.data).toMatchObject({ conversations_days: null, mails_days: null, updated_at: null });
    const seen = { "if-match": first.headers.get("etag")! };
    expect((await set(company, { conversations_days: 30 }, seen)).status).toBe(200);
    expect((await set(company, { mails_days: 30 }, seen)).status).toBe(412);
    const both = await set(company, { mails_days: 60 });
    expect(both.body.data).toMatchObject({ conversations_days: 30, mails_days: 60 });
    expect((await set(company, { conversations_days: null })).body.data.conversations_days).toBeNull();
    expect((await set(company, { audit_log_days: 3 })).status).toBe(422);
  });

  it("is said by its administrators only", async () => {
    const [company, other] = [await aCompany(), await aCompany()];
    const path = `/api/companies/${company.id}/retention`;
    expect((await as(company.manager).put(path, { mails_days: 30 })).status).toBe(403);
    expect((await as(other.admin).put(path, { mails_days: 30 })).status).toBe(404);
  });

  it("no longer holds old words the morning after, and all that is younger", async () => {
    const company = await aCompany();
    const { conversationId } = await aChat(company);
    const old = await aConversation(company.property, { startTime: daysAgo(40), lastMessageAt: daysAgo(31) });
    await aMessage(old);
    const lead = await aLead(company.property, { conversationId: old.id });
    const notice = await aNotification(company.property, { createdAt: daysAgo(40) });
    await set(company, { conversations_days: 30, notifications_days: 30 });
    await night(company);
    expect(await db.select().from(messages).where(eq(messages.conversationId, old.id))).toEqual([]);
    const [gone] = await db.select().from(conversations).where(eq(conversations.id, old.id));
    expect(gone!.deletedAt).not.toBeNull();
    expect(await db.select().from(leadNotifications).where(eq(leadNotifications.id, notice.id))).toEqual([]);
    const [kept] = await db.select().from(leads).where(eq(leads.id, lead.id));
    expect(kept!.deletedAt).toBeNull();
    expect((await chatRoom(env, company.id, conversationId).page(0, 10)).total).toBe(1);
  });

  it("goes with everything that was written down about it", async () => {
    const company = await aCompany();
    const { id: companyId } = company;
    const old = await aNotification(company.property, { createdAt: daysAgo(40) });
    const young = await aNotification(company.property, { createdAt: daysAgo(20) });
    const [oldMail, youngMail] = ["old", "young"].map((age) => `${age} ${companyId}`);
    for (const [mailId, days] of [
      [oldMail!, 40],
      [youngMail!, 20],
    ] as const) {
      await db.insert(mails).values({
        id: mailId,
        companyId,
        dedupeKey: mailId,
        toAddress: "robin@example.test",
        fromAddress: "a@b.test",
        subject: "Hi",
        text: "Hi",
        attachments: [],
        status: "sent",
        createdAt: daysAgo(days),
      });
      await db.insert(mailEvents).values({
        companyId,
        eventId: mailId,
        mailId,
        type: "bounce",
        at: daysAgo(days),
        detail: "550 robin@example.test",
      });
    }
    for (const { id } of [old, young]) {
      await db.insert(notificationEvents).values({
        companyId,
        dedupeKey: id,
        notificationId: id,
        id,
        title: "Robin",
        body: "Robin",
        happenedAt: new Date(),
      });
      await db.insert(notificationDeliveries).values({
        id,
        companyId,
        notificationId: id,
        channel: "sms",
        toAddress: "+13125550111",
        status: "sent",
        dueAt: new Date(),
        createdAt: new Date(),
      });
    }
    await set(company, { mails_days: 30, notifications_days: 30 });
    await night(company);
    const left = await db.batch([
      db.select({ id: mails.id }).from(mails).where(eq(mails.companyId, companyId)),
      db.select({ id: mailEvents.mailId }).from(mailEvents).where(eq(mailEvents.companyId, companyId)),
      db
        .select({ id: notificationEvents.notificationId })
        .from(notificationEvents)
        .where(eq(notificationEvents.companyId, companyId)),
      db
        .select({ id: notificationDeliveries.id })
        .from(notificationDeliveries)
        .where(eq(notificationDeliveries.companyId, companyId)),
    ]);
    expect(left.map((rows) => rows.map(({ id }) => id))).toEqual([
      [youngMail],
      [youngMail],
      [young.id],
      [young.id],
    ]);
  });

  it("is a mail that has not left yet, however old", async () => {
    const company = await aCompany();
    const ctx = await aContext(company.id);
    const letter = (dedupeKey: string) =>
      mailRow(ctx, { dedupeKey, to: { address: "nora@example.test" }, subject: "Tour", text: "Soon" }).insert;
    await letter("waits");
    await letter("left");
    const own = eq(mails.companyId, company.id);
    await db
      .update(mails)
      .set({ createdAt: daysAgo(40) })
      .where(own);
    await db
      .update(mails)
      .set({ status: "sent" })
      .where(and(own, eq(mails.dedupeKey, "left")));
    await set(company, { mails_days: 30 });
    await night(company);
    expect((await db.select().from(mails).where(own)).map((mail) => mail.dedupeKey)).toEqual(["waits"]);
  });

  it("goes from the room too", async () => {
    const company = await aCompany();
    const { conversationId } = await aChat(company);
    await db
      .update(conversations)
      .set({ startTime: daysAgo(40), lastMessageAt: daysAgo(40) })
      .where(eq(conversations.id, conversationId));
    await set(company, { conversations_days: 30 });
    await night(company);
    expect((await chatRoom(env, company.id, conversationId).page(0, 10)).total).toBe(0);
  });

  it("is removed page by page, however much it is, and by night", async () => {
    const company = await aCompany();
    for (let n = 0; n < 45; n += 1) await aConversation(company.property, { startTime: daysAgo(100) });
    await set(company, { conversations_days: 90 });
    await night(company);
    const rows = await db.select().from(conversations).where(eq(conversations.companyId, company.id));
    expect(rows.filter(({ deletedAt }) => deletedAt === null)).toEqual([]);
    expect(Object.keys(jobs["30 8 * * *"]!)).toContain("applyRetention");
  });

  it("of a company that said nothing stays as it is", async () => {
    const company = await aCompany();
    const old = await aConversation(company.property, { startTime: daysAgo(4000) });
    await night(company);
    const [row] = await db.select().from(conversations).where(eq(conversations.id, old.id));
    expect(row!.deletedAt).toBeNull();
  });
});
