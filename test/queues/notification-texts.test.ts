import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { notificationDeliveries } from "../../src/db/schema/notices.ts";
import { mails } from "../../src/db/schema/outgoing.ts";
import type { ChannelMatrix } from "../../src/modules/lead-notifications/choose-channels.ts";
import { deliverNotification } from "../../src/modules/lead-notifications/deliver-notification.ts";
import { as } from "../support/api.ts";
import { aContext, deliverAll, owed, passWaits } from "../support/deliver.ts";
import { db } from "../support/factories.ts";
import { aListener, deliveriesOf, noticesOf, tell, withTwilio } from "../support/notices.ts";
import { aSandbox } from "../support/sandbox.ts";

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

  it("is not taken for another one with the same words", async () => {
    const { company, sandbox, arrive } = await aTexted();
    await tell(company);
    await arrive();
    await sandbox.fault({ service: "twilio", mode: "drop_before", times: 1 });
    await tell(company);
    await arrive();
    await passWaits(company.id);
    await arrive();
    const sids = new Set((await sandbox.texts()).map(({ sid }) => sid));
    expect(sids.size).toBe(2);
    expect(new Set((await deliveriesOf(company)).map(({ vendorMessageId }) => vendorMessageId))).toEqual(
      sids,
    );
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
