import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { createPrivateKey, createSign } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { emailSuppressions, mailEvents } from "../../src/db/schema/email.ts";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import { statusOf } from "../../src/modules/status/status-of.ts";
import { anonymous, as } from "../support/api.ts";
import { aContext, deliverAll } from "../support/deliver.ts";
import { aCampaign, aDraft, giveSecret } from "../support/email.ts";
import { aCompany, aLead, db } from "../support/factories.ts";

let publicKey: string;
let privateKey: ReturnType<typeof createPrivateKey>;

beforeAll(async () => {
  const pair = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const spki = (await crypto.subtle.exportKey("spki", pair.publicKey)) as ArrayBuffer;
  const pkcs8 = (await crypto.subtle.exportKey("pkcs8", pair.privateKey)) as ArrayBuffer;
  publicKey = Buffer.from(spki).toString("base64");
  privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
});

type Event = {
  event: string;
  mail_id?: string;
  timestamp?: number;
  sg_event_id?: string;
  [field: string]: unknown;
};

const sentAt = Math.floor(Date.UTC(2026, 10, 20, 9) / 1000);

function signed(events: object[], at = Date.now()) {
  const body = JSON.stringify(events);
  const timestamp = String(Math.floor(at / 1000));
  const signature = createSign("sha256")
    .update(timestamp + body)
    .sign(privateKey, "base64");
  return { body, timestamp, signature };
}

async function aVendor() {
  const company = await aCompany();
  await giveSecret(company.id, "sendgrid_webhook_public_key", publicKey);
  const lead = await aLead(company.property);
  const post = (delivery: { body: string; timestamp: string; signature: string }) =>
    anonymous().fetch(`/api/email/webhooks/sendgrid/${company.id}`, {
      method: "POST",
      body: delivery.body,
      headers: {
        "content-type": "application/json",
        "x-twilio-email-event-webhook-signature": delivery.signature,
        "x-twilio-email-event-webhook-timestamp": delivery.timestamp,
      },
    });
  const aMail = async (over: Partial<typeof mails.$inferInsert> = {}) => {
    const id = uuidv7();
    const row = {
      id,
      companyId: company.id,
      propertyId: company.property.id,
      dedupeKey: id,
      toAddress: "robin.field@example.test",
      fromAddress: "leasing@domiq.example",
      subject: "Unit 204",
      text: "Hi",
      attachments: [],
      kind: "personal" as const,
      status: "sent" as const,
      createdAt: new Date(),
      ...over,
    };
    await db.insert(mails).values(row);
    return row;
  };
  const tell = async (...events: Event[]) => {
    const told = events.map((event) => ({
      email: "robin.field@example.test",
      timestamp: sentAt,
      sg_event_id: uuidv7(),
      ...event,
    }));
    const response = await post(signed(told));
    return { status: response.status, body: await response.json<{ data: { events: number } }>() };
  };
  const fate = async (id: string) => (await db.select().from(mails).where(eq(mails.id, id)))[0]!;
  const suppressions = () =>
    db.select().from(emailSuppressions).where(eq(emailSuppressions.companyId, company.id));
  return { company, lead, post, aMail, tell, fate, suppressions };
}

describe("POST /api/email/webhooks/sendgrid/:companyId", () => {
  it("believes nothing that is not signed with the company's key", async () => {
    const { post, aMail, fate, company } = await aVendor();
    const { id } = await aMail();
    const event = { sg_event_id: "e", mail_id: id, event: "bounce", timestamp: sentAt };
    const good = signed([event]);
    const refused = [
      { ...good, body: good.body.replace("bounce", "open") },
      { ...good, timestamp: String(Number(good.timestamp) + 1) },
      signed([event], Date.now() - 26 * 3_600_000),
      { ...good, signature: "" },
      { ...good, signature: signed([{ ...event, event: "open" }]).signature },
    ];
    for (const delivery of refused) {
      const response = await post(delivery);
      const { error } = await response.json<{ error: { code: string } }>();
      expect([response.status, error.code]).toEqual([401, "WEBHOOK_ERROR"]);
    }
    expect((await fate(id)).bouncedAt).toBeNull();
    const other = await aCompany();
    const elsewhere = (companyId: string) =>
      anonymous().fetch(`/api/email/webhooks/sendgrid/${companyId}`, {
        method: "POST",
        body: good.body,
        headers: {
          "content-type": "application/json",
          "x-twilio-email-event-webhook-signature": good.signature,
          "x-twilio-email-event-webhook-timestamp": good.timestamp,
        },
      });
    expect((await elsewhere(other.id)).status).toBe(401);
    expect((await elsewhere("nobody")).status).toBe(401);
    expect((await elsewhere(company.id)).status).toBe(200);
  });

  it("takes the key as PEM, too", async () => {
    const { company, post } = await aVendor();
    const pem = `-----BEGIN PUBLIC KEY-----\n${publicKey.match(/.{1,64}/g)!.join("\n")}\n-----END PUBLIC KEY-----\n`;
    const { status } = await as(company.admin).put(`/api/companies/${company.id}/integrations`, {
      sendgrid_webhook_public_key: pem,
    });
    expect(status).toBe(200);
    expect((await post(signed([]))).status).toBe(200);
  });

  it("records delivery, openings and clicks by their first time, whatever order they come in", async () => {
    const { aMail, tell, fate } = await aVendor();
    const { id } = await aMail();
    await tell({ event: "click", mail_id: id, timestamp: sentAt + 60, url: "https://maple.test" });
    await tell(
      { event: "open", mail_id: id, timestamp: sentAt + 90 },
      { event: "open", mail_id: id, timestamp: sentAt + 30 },
    );
    await tell({ event: "delivered", mail_id: id, timestamp: sentAt + 5 });
    await tell({ event: "deferred", mail_id: id, timestamp: sentAt + 1 });
    expect(await fate(id)).toMatchObject({
      status: "sent",
      deliveredAt: new Date((sentAt + 5) * 1000),
      openedAt: new Date((sentAt + 30) * 1000),
      clickedAt: new Date((sentAt + 60) * 1000),
      bouncedAt: null,
    });
  });

  it("takes each event once", async () => {
    const { aMail, tell, company, suppressions } = await aVendor();
    const { id } = await aMail();
    const bounce = {
      event: "bounce",
      type: "bounce",
      mail_id: id,
      sg_event_id: "once",
      reason: "550 no such user",
    };
    await tell(bounce, bounce);
    const [suppression] = await suppressions();
    await db
      .update(emailSuppressions)
      .set({ deletedAt: new Date() })
      .where(eq(emailSuppressions.id, suppression!.id));
    await tell(bounce);
    expect(await suppressions()).toHaveLength(1);
    const kept = await db.select().from(mailEvents).where(eq(mailEvents.companyId, company.id));
    expect(kept).toMatchObject([{ eventId: "once", mailId: id, type: "bounce", detail: "550 no such user" }]);
  });

  it.each([
    [{ event: "bounce", type: "bounce", reason: "550" }, "bounce"],
    [{ event: "dropped", reason: "Bounced Address" }, "dropped"],
    [{ event: "spamreport" }, "spam_report"],
    [{ event: "group_unsubscribe" }, "unsubscribe"],
    [{ event: "bounce", type: "blocked", reason: "421 try later" }, null],
    [{ event: "dropped", reason: "Recipient List over Package Quota" }, null],
    [{ event: "deferred" }, null],
    [{ event: "open" }, null],
  ])("draws the consequence of %j", async (event, reason) => {
    const { aMail, tell, suppressions } = await aVendor();
    const { id } = await aMail({ toAddress: "Robin.Field@example.test" });
    await tell({ ...event, mail_id: id });
    expect((await suppressions()).map((row) => [row.address, row.reason])).toEqual(
      reason === null ? [] : [["robin.field@example.test", reason]],
    );
  });

  it("leaves out what is not about a mail of this company, or of no known shape", async () => {
    const { aMail, tell, post, suppressions } = await aVendor();
    const other = await aVendor();
    const foreign = await other.aMail();
    const { id } = await aMail();
    const { body } = await tell(
      { event: "bounce", mail_id: foreign.id },
      { event: "bounce" },
      { event: "processed", mail_id: id },
      { event: "a new one", mail_id: id },
      { event: "bounce", mail_id: id, timestamp: "now" as unknown as number },
    );
    expect(body.data.events).toBe(1);
    expect(await suppressions()).toEqual([]);
    expect((await other.fate(foreign.id)).bouncedAt).toBeNull();
    expect((await post(signed([]))).status).toBe(200);
  });

  it("tells the managers once that a letter came back", async () => {
    const { aMail, tell, company, lead } = await aVendor();
    const { id } = await aMail();
    const draft = await aDraft(lead, { status: "sent", mailId: id, sentAt: new Date() });
    await tell({ event: "bounce", mail_id: id, reason: "550 no such user" });
    await tell({ event: "bounce", mail_id: id, reason: "550 no such user" });
    await deliverAll(company.id, "notifications");
    const notices = await db
      .select()
      .from(leadNotifications)
      .where(
        and(
          eq(leadNotifications.companyId, company.id),
          eq(leadNotifications.notificationType, "email_bounced"),
        ),
      );
    expect(notices).toHaveLength(3);
    expect(notices[0]!.body).toBe('"Unit 204" was not delivered: 550 no such user');
    const { body } = await as(company.agent).get(`/api/email/drafts/${draft.id}`);
    expect(body.data).toMatchObject({ status: "sent", delivery: { bounce_reason: "550 no such user" } });
  });

  it("settles what nobody knew: a letter given up after a lost answer has left after all", async () => {
    const { aMail, tell, company, lead, fate } = await aVendor();
    const { id } = await aMail({ status: "failed", error: "did not say" });
    const draft = await aDraft(lead, { status: "failed", mailId: id, error: "did not say" });
    await tell({ event: "delivered", mail_id: id });
    await deliverAll(company.id, "projections");
    expect(await fate(id)).toMatchObject({ status: "sent", error: null, sentAt: new Date(sentAt * 1000) });
    const { body } = await as(company.agent).get(`/api/email/drafts/${draft.id}`);
    expect(body.data).toMatchObject({
      status: "sent",
      error: null,
      sent_at: new Date(sentAt * 1000).toISOString(),
    });
    const status = await statusOf(await aContext(company.id), "email_draft", draft.id);
    expect(status?.currentStatus).toBe("sent");
  });

  it("counts for the campaign", async () => {
    const { aMail, tell, company } = await aVendor();
    const campaign = await aCampaign(company.property);
    const [first, second] = [
      await aMail({ campaignId: campaign.id }),
      await aMail({ campaignId: campaign.id }),
    ];
    await tell(
      { event: "delivered", mail_id: first.id },
      { event: "open", mail_id: first.id },
      { event: "open", mail_id: first.id },
      { event: "bounce", mail_id: second.id },
    );
    const { body } = await as(company.manager).get(`/api/email/campaigns/${campaign.id}`);
    expect(body.data.counts).toMatchObject({
      delivered: 1,
      opened: 1,
      bounced: 1,
      clicked: 0,
      complained: 0,
    });
  });
});
