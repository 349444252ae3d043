import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { companies } from "../../src/db/schema/companies.ts";
import { notificationDeliveries } from "../../src/db/schema/notices.ts";
import { propertyManagers } from "../../src/db/schema/properties.ts";
import type { LiveFeed } from "../../src/durable/live-feed/live-feed.do.ts";
import type { StaffNotice } from "../../src/modules/lead-notifications/staff-notice.ts";
import { sweepDeliveries } from "../../src/modules/lead-notifications/sweep-deliveries.ts";
import { tellManagers } from "../../src/modules/lead-notifications/tell-managers.ts";
import { as } from "../support/api.ts";
import { pathOf } from "../support/chat.ts";
import { aContext, deliverAll, owed, quietEnv } from "../support/deliver.ts";
import { aCompany, aConversation, aNotification, db, type TestCompany } from "../support/factories.ts";
import {
  aListener,
  deliveriesOf,
  listed,
  mailsOf,
  noticesOf,
  tell,
  type Wishes,
} from "../support/notices.ts";
import { openSocket } from "../support/socket.ts";
import { makeIt } from "../support/status.ts";

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

it("whoever has left while it waited gets no mail in the morning", async () => {
  const night = "2030-01-08T05:00:00Z";
  const { company, managerId } = await aListener({
    channels: { tour_booked: { email: true } },
    quietHours: { from: "21:00", to: "08:00" },
  });
  await makeIt(company.id, night);
  await tell(company);
  await db.update(propertyManagers).set({ deletedAt: new Date() }).where(eq(propertyManagers.id, managerId));
  await makeIt(company.id, "2030-01-08T14:00:00Z");
  await sweepDeliveries(quietEnv, Date.now());
  await deliverAll(company.id, "notifications");
  expect(await mailsOf(company)).toEqual([]);
  expect(await deliveriesOf(company)).toMatchObject([{ status: "skipped" }]);
});

it("what waits in an archived company is woken no more", async () => {
  const { company } = await aListener({
    channels: { tour_booked: { email: true } },
    quietHours: { from: "00:00", to: "23:59" },
  });
  await tell(company);
  await db
    .update(notificationDeliveries)
    .set({ dueAt: new Date(0) })
    .where(eq(notificationDeliveries.companyId, company.id));
  const wakeUps = async () =>
    (await owed(company.id, "notifications")).filter(({ key }) => key.startsWith("delivery:"));
  await db.update(companies).set({ deletedAt: new Date() }).where(eq(companies.id, company.id));
  await sweepDeliveries(quietEnv, Date.now());
  expect(await wakeUps()).toEqual([]);
  await db.update(companies).set({ deletedAt: null }).where(eq(companies.id, company.id));
  await sweepDeliveries(quietEnv, Date.now());
  expect(await wakeUps()).toHaveLength(1);
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

  it("leaves at once, and then once more with all that joined it while it was counted", async () => {
    const { company, say } = await aTalk();
    const start = Date.now();
    const after = async (minutes: number) => {
      await makeIt(company.id, new Date(start + minutes * 60_000).toISOString());
      await sweepDeliveries(quietEnv, Date.now());
      // The notification has the mail written, the mail's own work has it leave.
      await deliverAll(company.id, "notifications");
      await deliverAll(company.id, "notifications");
      return (await mailsOf(company)).map(({ subject, text }) => [subject, text]);
    };
    await say("one");
    expect(await after(1)).toEqual([["A visitor has written", "one"]]);
    await say("two", 2);
    await say("three");
    expect(await after(8)).toHaveLength(1);
    const all = [
      ["A visitor has written", "one"],
      ["A visitor has written (3)", "three"],
    ];
    expect(await after(11)).toEqual(all);
    await say("three");
    expect(await after(13)).toEqual(all);
    expect(await noticesOf(company)).toMatchObject([{ repeatCount: 3 }]);
  });

  it("leaves no more once its reader has seen it", async () => {
    const { company, say } = await aTalk();
    await say("one");
    await deliverAll(company.id, "notifications");
    await say("two");
    await as(company.agent).post(
      `/api/property-managers/${company.agent.managerId}/notifications/mark-read`,
      {},
    );
    await makeIt(company.id, new Date(Date.now() + 11 * 60_000).toISOString());
    await sweepDeliveries(quietEnv, Date.now());
    await deliverAll(company.id, "notifications");
    expect(await mailsOf(company)).toHaveLength(1);
    expect(await deliveriesOf(company)).toMatchObject([{ status: "skipped", round: 2 }]);
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

describe("an open screen", () => {
  async function aScreen(company: TestCompany) {
    const ticket = await as(company.agent).post("/api/ws/tickets", { manager_id: company.agent.managerId });
    return openSocket(as(company.agent), pathOf(ticket.body.data.url));
  }

  it("hears what is still unread when something was read elsewhere", async () => {
    const company = await aCompany();
    const { managerId } = company.agent;
    const [one, two] = [
      await aNotification(company.property, { propertyManagerId: managerId }),
      await aNotification(company.property, { propertyManagerId: managerId }),
      await aNotification(company.property, { propertyManagerId: managerId }),
    ];
    const screen = await aScreen(company);
    await as(company.agent).put(`/api/lead-notifications/${one.id}/read`);
    expect(await screen.next("unread")).toEqual({ type: "unread", unread_count: 2 });
    await as(company.admin).delete(`/api/lead-notifications/${two.id}`);
    expect(await screen.next("unread")).toEqual({ type: "unread", unread_count: 1 });
    await as(company.agent).post(`/api/property-managers/${managerId}/notifications/mark-read`, {});
    expect(await screen.next("unread")).toEqual({ type: "unread", unread_count: 0 });
    screen.close();
  });

  it("hears the right count last, though an older one is told after a newer one", async () => {
    const company = await aCompany();
    const screen = await aScreen(company);
    const ctx = await aContext(company.id);
    const notice = (dedupeKey: string): StaffNotice => ({
      dedupeKey,
      type: "tour_booked",
      propertyId: company.property.id,
      managerId: company.agent.managerId,
      title: dedupeKey,
      body: dedupeKey,
    });
    // The first has counted, and before it tells, the second is through.
    let isOvertaken = false;
    const slow = new Proxy(ctx.env, {
      get: (target, name) => {
        if (name !== "LIVE_FEED" || isOvertaken) return Reflect.get(target, name);
        isOvertaken = true;
        const getByName = (feed: string) => ({
          publish: async (...args: Parameters<LiveFeed["publish"]>) => {
            await tellManagers(ctx, notice("second"));
            return target.LIVE_FEED.getByName(feed).publish(...args);
          },
        });
        return { getByName };
      },
    });
    await tellManagers({ ...ctx, env: slow }, notice("first"));
    const told = () => screen.waiting().filter(({ type }) => type !== "ready");
    await vi.waitFor(() => expect(told()).toHaveLength(3));
    expect(told()).toMatchObject([
      { type: "notification", notification: { title: "second", unread_count: 2 } },
      { type: "notification", notification: { title: "first", unread_count: 1 } },
      { type: "unread", unread_count: 2 },
    ]);
    screen.close();
  });
});
