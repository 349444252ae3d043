import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { seal } from "../../src/core/secrets.ts";
import { companies, companySecrets } from "../../src/db/schema/companies.ts";
import { notificationDeliveries, notificationPreferences } from "../../src/db/schema/notices.ts";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import type { ChannelMatrix } from "../../src/modules/lead-notifications/choose-channels.ts";
import { deliverNotification } from "../../src/modules/lead-notifications/deliver-notification.ts";
import { type KnownNotice, staffNotice } from "../../src/modules/lead-notifications/staff-notice.ts";
import { sweepDeliveries } from "../../src/modules/lead-notifications/sweep-deliveries.ts";
import { as } from "../support/api.ts";
import { pathOf } from "../support/chat.ts";
import { aContext, deliver, deliverAll, owe, owed, passWaits, quietEnv } from "../support/deliver.ts";
import { aCompany, aConversation, db, type TestCompany } from "../support/factories.ts";
import { aSandbox } from "../support/sandbox.ts";
import { openSocket } from "../support/socket.ts";
import { makeIt } from "../support/status.ts";

type Wishes = { channels?: ChannelMatrix; quietHours?: { from: string; to: string }; timeZone?: string };

/** A company whose agent hears of things in a way of his own. */
async function aListener(wishes: Wishes = {}) {
  const company = await aCompany();
  const { managerId } = company.agent;
  await db.insert(notificationPreferences).values({
    companyId: company.id,
    managerId,
    channels: wishes.channels ?? {},
    quietHours: wishes.quietHours ?? null,
    timeZone: wishes.timeZone ?? null,
    updatedAt: new Date(),
  });
  return { company, managerId };
}

let told = 0;

/** Tells the agent, and nobody else. */
async function tell(company: TestCompany, over: Partial<KnownNotice> = {}, times = 1): Promise<void> {
  const work = staffNotice({
    dedupeKey: `happening ${(told += 1)}`,
    type: "tour_booked",
    propertyId: company.property.id,
    managerId: company.agent.managerId,
    title: "New tour",
    body: "Robin Field, tomorrow at ten",
    ...over,
  });
  await owe(company.id, work);
  for (let n = 0; n < times; n += 1) await deliver(company.id, work);
}

async function noticesOf({ id }: TestCompany) {
  return db
    .select()
    .from(leadNotifications)
    .where(eq(leadNotifications.companyId, id))
    .orderBy(leadNotifications.id);
}

async function deliveriesOf({ id }: TestCompany) {
  return db.select().from(notificationDeliveries).where(eq(notificationDeliveries.companyId, id));
}

function mailsOf({ id }: TestCompany) {
  return db.select().from(mails).where(eq(mails.companyId, id));
}

async function listed(company: TestCompany) {
  const { body } = await as(company.agent).get(
    `/api/property-managers/${company.agent.managerId}/notifications`,
  );
  return body.data as { title: string; repeat_count: number }[];
}

async function withTwilio({ id }: TestCompany): Promise<void> {
  const ctx = await aContext(id);
  const sealed = await seal(ctx.config, `${id}:twilio_auth_token`, "the-secret-token");
  await db.insert(companySecrets).values({
    companyId: id,
    name: "twilio_auth_token",
    ...sealed,
    lastFour: "oken",
    updatedAt: new Date(),
  });
  const account = { twilioAccountSid: `AC${"0123456789abcdef".repeat(2)}`, twilioFrom: "+13125550100" };
  await db.update(companies).set(account).where(eq(companies.id, id));
}

describe("by whichever channels a manager has chosen", () => {
  it("he gets a mail and no entry in his list", async () => {
    const { company } = await aListener({ channels: { tour_booked: { in_app: false, email: true } } });
    await tell(company, {}, 3);
    // The notification has the mail written, the mail's own work has it leave.
    await deliverAll(company.id, "notifications");
    await deliverAll(company.id, "notifications");
    expect(await mailsOf(company)).toMatchObject([
      {
        toAddress: company.agent.email,
        subject: "New tour",
        text: "Robin Field, tomorrow at ten",
        fromName: company.property.name,
        status: "kept",
      },
    ]);
    expect(await listed(company)).toEqual([]);
    expect(await noticesOf(company)).toMatchObject([{ status: "sent", inApp: false }]);
  });

  it("he gets nothing at all where he wants nothing", async () => {
    const { company } = await aListener({ channels: { tour_booked: { in_app: false } } });
    await tell(company);
    expect(await noticesOf(company)).toEqual([]);
    expect(await deliveriesOf(company)).toEqual([]);
  });

  it("he hears of what is mandatory all the same", async () => {
    const { company } = await aListener({
      channels: { handoff_requested: { in_app: false, email: false } },
      quietHours: { from: "00:00", to: "23:59" },
    });
    await tell(company, { type: "handoff_requested" });
    await deliverAll(company.id, "notifications");
    expect(await listed(company)).toHaveLength(1);
    expect(await mailsOf(company)).toHaveLength(1);
  });
});

describe("in quiet hours", () => {
  // A Monday, eleven in the evening in Chicago.
  const night = "2030-01-08T05:00:00Z";
  const morning = "2030-01-08T14:00:00.000Z";
  const wishes: Wishes = {
    channels: { tour_booked: { email: true } },
    quietHours: { from: "21:00", to: "08:00" },
  };

  it("the list fills at once and mail waits for the morning of the property", async () => {
    const { company } = await aListener(wishes);
    await makeIt(company.id, night);
    await tell(company);
    await deliverAll(company.id, "notifications");
    expect(await listed(company)).toHaveLength(1);
    expect(await mailsOf(company)).toEqual([]);
    const [waiting] = await deliveriesOf(company);
    expect(waiting).toMatchObject({ status: "waiting", channel: "email" });
    expect(waiting!.dueAt.toISOString()).toBe(morning);
    await sweepDeliveries(quietEnv, Date.now());
    await deliverAll(company.id, "notifications");
    expect(await mailsOf(company)).toEqual([]);
    await makeIt(company.id, morning);
    await sweepDeliveries(quietEnv, Date.now());
    await sweepDeliveries(quietEnv, Date.now());
    await deliverAll(company.id, "notifications");
    await deliverAll(company.id, "notifications");
    expect(await mailsOf(company)).toHaveLength(1);
    expect(await deliveriesOf(company)).toMatchObject([{ status: "sent" }]);
  });

  it("are counted in the reader's own zone where he names one", async () => {
    const { company } = await aListener({ ...wishes, timeZone: "Asia/Tokyo" });
    await makeIt(company.id, night);
    await tell(company);
    await deliverAll(company.id, "notifications");
    expect(await mailsOf(company)).toHaveLength(1);
  });

  it("what was read meanwhile is not sent in the morning", async () => {
    const { company, managerId } = await aListener(wishes);
    await makeIt(company.id, night);
    await tell(company);
    await as(company.agent).post(`/api/property-managers/${managerId}/notifications/mark-read`, {});
    await makeIt(company.id, morning);
    await sweepDeliveries(quietEnv, Date.now());
    await deliverAll(company.id, "notifications");
    expect(await mailsOf(company)).toEqual([]);
    expect(await deliveriesOf(company)).toMatchObject([{ status: "skipped" }]);
  });
});

describe("what happens again and again in one conversation", () => {
  async function aTalk() {
    const { company } = await aListener({ channels: { visitor_message: { email: true } } });
    const conversation = await aConversation(company.property);
    const say = (text: string, times = 1) =>
      tell(
        company,
        {
          dedupeKey: `message:${conversation.id}:${text}`,
          type: "visitor_message",
          conversationId: conversation.id,
          title: "A visitor has written",
          body: text,
        },
        times,
      );
    return { company, say };
  }

  it("is one notification with a count, the latest words, and one mail", async () => {
    const { company, say } = await aTalk();
    await say("one");
    await say("two", 3);
    await say("three");
    await deliverAll(company.id, "notifications");
    expect(await listed(company)).toMatchObject([{ repeat_count: 3, body: "three" }]);
    expect(await mailsOf(company)).toHaveLength(1);
    const [notice] = await noticesOf(company);
    const { body } = await as(company.agent).get(`/api/lead-notifications/${notice!.id}`);
    expect(body.data.events.map((event: { body: string }) => event.body)).toEqual(["three", "two", "one"]);
  });

  it("is counted right when it all comes at once, some of it twice", async () => {
    const { company, say } = await aTalk();
    await say("first");
    await Promise.all(["a", "b", "c", "d"].flatMap((text) => [say(text), say(text)]));
    await deliverAll(company.id, "notifications");
    expect(await listed(company)).toMatchObject([{ repeat_count: 5 }]);
    const { body } = await as(company.agent).get(`/api/lead-notifications/unread/${company.agent.managerId}`);
    expect(body.data).toMatchObject({ unread: 1, by_type: { visitor_message: 1 } });
  });

  it("begins anew once it was read, and after a while", async () => {
    const { company, say } = await aTalk();
    await say("one");
    await as(company.agent).post(
      `/api/property-managers/${company.agent.managerId}/notifications/mark-read`,
      {},
    );
    await say("two");
    await makeIt(company.id, new Date(Date.now() + 11 * 60_000).toISOString());
    await say("three");
    expect((await listed(company)).map(({ repeat_count }) => repeat_count)).toEqual([1, 1, 1]);
  });

  it("stays apart where each is a matter of its own", async () => {
    const { company } = await aListener();
    const conversation = await aConversation(company.property);
    for (const n of [1, 2])
      await tell(company, { type: "tour_booked", conversationId: conversation.id, title: `Tour ${n}` });
    expect(await listed(company)).toHaveLength(2);
  });

  it("shows the count on the open screen", async () => {
    const { company, say } = await aTalk();
    const { managerId } = company.agent;
    const ticket = await as(company.agent).post("/api/ws/tickets", { manager_id: managerId });
    const socket = await openSocket(as(company.agent), pathOf(ticket.body.data.url));
    await say("one");
    await say("two");
    const isCount = (count: number) => (frame: { type: string; notification?: unknown }) =>
      frame.type === "notification" &&
      (frame.notification as { repeat_count: number }).repeat_count === count;
    expect(await socket.next(isCount(1))).toMatchObject({ notification: { unread_count: 1 } });
    expect(await socket.next(isCount(2))).toMatchObject({ notification: { unread_count: 1, body: "two" } });
    socket.close();
  });
});

describe("a text message", () => {
  const channels = { tour_booked: { sms: true } };

  async function aTexted(wishes: ChannelMatrix = channels) {
    const { company } = await aListener({ channels: wishes });
    await withTwilio(company);
    const sandbox = aSandbox();
    const arrive = () => deliverAll(company.id, "notifications", { fetch: sandbox.fetch });
    return { company, sandbox, arrive };
  }

  it("leaves once, however often its message is delivered", async () => {
    const { company, sandbox, arrive } = await aTexted();
    await tell(company, {}, 2);
    await Promise.all([arrive(), arrive()]);
    await arrive();
    const texts = await sandbox.texts();
    expect(texts).toMatchObject([
      { to: "+13125550111", body: "Maple Court: New tour. Robin Field, tomorrow at ten" },
    ]);
    expect(await deliveriesOf(company)).toMatchObject([
      { status: "sent", vendorMessageId: texts[0]!.sid, error: null },
    ]);
  });

  it("whose answer was lost is not sent again when the vendor has it", async () => {
    const { company, sandbox, arrive } = await aTexted();
    await sandbox.fault({ service: "twilio", mode: "drop_after", times: 1 });
    await tell(company);
    await arrive();
    expect(await deliveriesOf(company)).toMatchObject([{ status: "sending" }]);
    await passWaits(company.id);
    await arrive();
    expect(await sandbox.texts()).toHaveLength(1);
    expect(await deliveriesOf(company)).toMatchObject([{ status: "sent" }]);
  });

  it("that never reached the vendor is sent when it is well again", async () => {
    const { company, sandbox, arrive } = await aTexted();
    await sandbox.fault({ service: "twilio", mode: "status", value: 503, times: 1 });
    await tell(company);
    await arrive();
    await passWaits(company.id);
    await arrive();
    expect(await sandbox.texts()).toHaveLength(1);
    expect(await deliveriesOf(company)).toMatchObject([{ status: "sent" }]);
  });

  it("that the vendor will never take fails with its reason, and can be sent again once that is mended", async () => {
    const { company, sandbox, arrive } = await aTexted();
    await tell(company);
    await db
      .update(notificationDeliveries)
      .set({ toAddress: "12" })
      .where(eq(notificationDeliveries.companyId, company.id));
    await arrive();
    expect(await deliveriesOf(company)).toMatchObject([
      { status: "failed", error: "Twilio answered with an error" },
    ]);
    expect((await owed(company.id, "notifications")).map(({ status }) => status)).not.toContain("parked");
    const [notice] = await noticesOf(company);
    const again = await as(company.manager).post(`/api/lead-notifications/${notice!.id}/send`, {});
    expect(again.body.data.deliveries).toMatchObject([{ channel: "sms", status: "waiting" }]);
    await arrive();
    expect(await sandbox.texts()).toHaveLength(1);
    expect(await deliveriesOf(company)).toMatchObject([{ status: "sent", round: 2 }]);
  });

  it("to somebody who has answered STOP fails in words that say so, and is not tried again", async () => {
    const { company, sandbox, arrive } = await aTexted({ tour_booked: { in_app: false, sms: true } });
    await tell(company);
    await db
      .update(notificationDeliveries)
      .set({ toAddress: "+15005550004" })
      .where(eq(notificationDeliveries.companyId, company.id));
    await arrive();
    await passWaits(company.id);
    await arrive();
    expect(await sandbox.calls("twilio")).toHaveLength(1);
    expect(await deliveriesOf(company)).toMatchObject([
      { status: "failed", error: expect.stringContaining("answered STOP") },
    ]);
    expect(await noticesOf(company)).toMatchObject([{ status: "failed", sentAt: null }]);
  });

  it("is given up after eight tries, and with it the notification that nothing else has left for", async () => {
    const { company, sandbox, arrive } = await aTexted({ tour_booked: { in_app: false, sms: true } });
    await sandbox.fault({ service: "twilio", mode: "status", value: 500 });
    await tell(company);
    for (let n = 0; n < 8; n += 1) {
      await passWaits(company.id);
      await arrive();
    }
    expect(await deliveriesOf(company)).toMatchObject([
      { status: "failed", error: "Twilio answered with an error" },
    ]);
    expect(await noticesOf(company)).toMatchObject([{ status: "failed" }]);
  });

  it("stays here where the company has no carrier", async () => {
    const { company } = await aListener({ channels: { tour_booked: { in_app: false, sms: true } } });
    await tell(company);
    await deliverAll(company.id, "notifications");
    expect(await deliveriesOf(company)).toMatchObject([
      { status: "kept", text: "Maple Court: New tour. Robin Field, tomorrow at ten" },
    ]);
    expect(await noticesOf(company)).toMatchObject([{ status: "sent", sentAt: expect.any(Date) }]);
  });

  it("of which one way fails counts as sent by the other, whichever comes first", async () => {
    const both = { tour_booked: { in_app: false, email: true, sms: true } };
    const { company, sandbox, arrive } = await aTexted(both);
    await sandbox.fault({ service: "twilio", mode: "status", value: 400 });
    await tell(company);
    const [sms, email] = await deliveriesOf(company).then((rows) =>
      rows.toSorted((a, b) => b.channel.localeCompare(a.channel)),
    );
    for (const { id } of [sms!, email!])
      await deliverNotification(await aContext(company.id, { fetch: sandbox.fetch }), id);
    await arrive();
    expect((await deliveriesOf(company)).map(({ status }) => status).toSorted()).toEqual(["failed", "sent"]);
    expect(await noticesOf(company)).toMatchObject([{ status: "sent", sentAt: expect.any(Date) }]);
  });

  it("of a failed mail is told with the notification", async () => {
    const { company } = await aListener({ channels: { tour_booked: { email: true } } });
    await tell(company);
    await deliverAll(company.id, "notifications");
    await db
      .update(mails)
      .set({ status: "failed", error: "Not an address" })
      .where(and(eq(mails.companyId, company.id)));
    const [notice] = await noticesOf(company);
    const { body } = await as(company.agent).get(`/api/lead-notifications/${notice!.id}`);
    expect(body.data.deliveries).toMatchObject([{ status: "failed", error: "Not an address" }]);
  });
});
