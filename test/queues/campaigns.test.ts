import { eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import type { Context, Parts } from "../../src/core/context.ts";
import { contactKeys } from "../../src/db/schema/contacts.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { emailCampaigns } from "../../src/db/schema/email.ts";
import { mails } from "../../src/db/schema/outgoing.ts";
import { campaignWork } from "../../src/modules/email/campaign-work.ts";
import { sendCampaign } from "../../src/modules/email/start-campaign.ts";
import { workCampaign } from "../../src/modules/email/work-campaign.ts";
import { as } from "../support/api.ts";
import { aContact } from "../support/contacts.ts";
import { aContext, deliver, deliverAll, owe, owed, passWaits } from "../support/deliver.ts";
import { aCampaign, aSuppression, giveSendgrid } from "../support/email.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";

type Sent = { to: string; mailId: string; headers: Record<string, string>; text: string };

type Vendor = {
  sent: Sent[];
  calls: number;
  /** What a call to send meets: an answer that is no, a connection that breaks when all is done, or nothing. */
  mood(call: number): Response | Error | null;
  keepsList: boolean;
  fetch: typeof fetch;
};

/** SendGrid as a page of notes: what it took, and what it is asked about. Behaves as a test tells it to. */
function aVendor(): Vendor {
  const sent: Sent[] = [];
  const vendor: Vendor = {
    sent,
    calls: 0,
    mood: () => null,
    keepsList: true,
    fetch: (async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.pathname.endsWith("/v3/messages")) {
        if (!vendor.keepsList) return new Response("{}", { status: 403 });
        const asked = /="(.*)"/.exec(url.searchParams.get("query") ?? "")?.[1];
        return Response.json({
          messages: sent.filter(({ mailId }) => mailId === asked).map(({ mailId }) => ({ msg_id: mailId })),
        });
      }
      vendor.calls += 1;
      const mood = vendor.mood(vendor.calls);
      if (mood instanceof Response) return mood;
      const mail = JSON.parse(init?.body as string);
      const [{ to, custom_args }] = mail.personalizations;
      sent.push({
        to: to[0].email,
        mailId: custom_args.mail_id,
        headers: mail.headers,
        text: mail.content[0].value,
      });
      if (mood) throw mood;
      return new Response(null, { status: 202, headers: { "X-Message-Id": uuidv7() } });
    }) as typeof fetch,
  };
  return vendor;
}

async function aPlan(addresses: string[], over: Parameters<typeof aCampaign>[1] = {}) {
  const company = await aCompany();
  await giveSendgrid(company.id);
  const vendor = aVendor();
  await manyLeads(company, addresses);
  const campaign = await aCampaign(company.property, over);
  const api = as(company.manager);
  const work = campaignWork(campaign.id, 1, 0);
  return {
    company,
    vendor,
    campaign,
    api,
    start: async () => sendCampaign(await aContext(company.id), campaign.id, null),
    /** The list of recipients is made, and nobody is written to yet. */
    list: async () =>
      workCampaign(
        await aContext(company.id),
        { kind: "email_campaign", campaign_id: campaign.id, run: 1, step: 0 },
        false,
      ),
    pause: () => api.post(`/api/email/campaigns/${campaign.id}/pause`),
    /** The queue brings the campaign's next page. */
    page: async (parts: Parts = {}) => {
      await passWaits(company.id);
      return deliver(company.id, work, { fetch: vendor.fetch, ...parts });
    },
    /** As many pages as it takes. */
    finish: async () => {
      for (let n = 0; n < 200; n += 1) {
        const [row] = await db.select().from(emailCampaigns).where(eq(emailCampaigns.id, campaign.id));
        if (row!.status !== "sending") return row!;
        await db.update(mails).set({ heldUntil: null }).where(eq(mails.companyId, company.id));
        await passWaits(company.id);
        await deliver(company.id, work, { fetch: vendor.fetch });
      }
      throw new Error("the campaign does not end");
    },
    shown: async () => (await api.get(`/api/email/campaigns/${campaign.id}`)).body.data,
  };
}

/** Leads of the property in one statement, however many. */
async function manyLeads({ id, property }: TestCompany, addresses: string[]): Promise<void> {
  const now = Date.now();
  const rows = JSON.stringify(addresses.map((address, n) => [uuidv7(), address, `Person ${n}`]));
  await db.run(sql`
    insert into ${leads} (id, company_id, property_id, email, first_name, last_activity_at, created_at, updated_at)
    select value->>0, ${id}, ${property.id}, value->>1, value->>2, ${now}, ${now}, ${now}
    from json_each(${rows})`);
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => `person${n}@example.test`);

function addsUp(counts: Record<string, number>) {
  const { recipients, pending, sent, failed, suppressed, cancelled } = counts;
  expect(pending! + sent! + failed! + suppressed! + cancelled!).toBe(recipients);
}

describe("a campaign", () => {
  it("reaches 5,000 recipients once each though pages break off, come twice and the vendor stumbles", async () => {
    const { vendor, company, campaign, start, finish, shown, page } = await aPlan(numbered(5000));
    await aSuppression(company.property, { address: "person7@example.test", reason: "unsubscribe" });
    vendor.mood = (call) => {
      if (call % 1300 === 0) return new TypeError("Network connection lost.");
      if (call % 900 === 0) return new Response("down", { status: 503 });
      return call === 2000 ? new Response('{"errors":[]}', { status: 400 }) : null;
    };
    expect((await start()).campaign.status).toBe("sending");
    for (let n = 0; n < 8; n += 1) {
      await Promise.all([page(), page()]);
      addsUp((await shown()).counts);
    }
    await breakOff(company, campaign.id, vendor.fetch);
    addsUp((await shown()).counts);
    expect((await finish()).status).toBe("sent");
    const { counts, sent_count, completed_at } = await shown();
    addsUp(counts);
    expect(counts).toMatchObject({ recipients: 5000, sent: 4998, failed: 1, suppressed: 1, pending: 0 });
    expect([sent_count, completed_at]).toEqual([4998, expect.any(String)]);
    expect(vendor.sent).toHaveLength(4998);
    expect(new Set(vendor.sent.map(({ to }) => to)).size).toBe(4998);
  }, 240_000);

  it("writes to everybody in their own words, with a way to hear no more", async () => {
    const { vendor, company, start, finish, shown } = await aPlan(["nora@example.test"]);
    await start();
    await finish();
    const [mail] = vendor.sent;
    expect(mail!.text).toContain("One month free at Maple Court, Person 0.");
    expect(mail!.text).toContain("100 Main Street, Chicago, IL 60601");
    const link = /<(.*)>/.exec(mail!.headers["List-Unsubscribe"]!)![1]!;
    expect(mail!.text).toContain(`Unsubscribe: ${link}`);
    expect(mail!.headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
    const { pathname, origin } = new URL(link);
    expect(origin).toBe("http://localhost:8787");
    const pressed = await as(company.agent).fetch(pathname, {
      method: "POST",
      body: "List-Unsubscribe=One-Click",
      headers: { "content-type": "application/x-www-form-urlencoded", authorization: "" },
    });
    expect(pressed.status).toBe(200);
    expect((await shown()).counts).toMatchObject({ sent: 1, unsubscribed: 1 });
  });

  it("writes once to an address that several leads share, in whatever case", async () => {
    const { vendor, start, finish, shown } = await aPlan(["nora@example.test", "Nora@Example.test", "x"]);
    await start();
    await finish();
    expect(vendor.sent.map(({ to }) => to)).toEqual(["nora@example.test"]);
    expect((await shown()).counts).toMatchObject({ recipients: 2, sent: 1, failed: 1 });
  });

  it("writes to nobody who has unsubscribed since, whose consent is denied, or whose lead is gone", async () => {
    const { vendor, company, start, finish, list, shown, api, campaign } = await aPlan(numbered(4));
    const [first, second, third] = await db
      .select()
      .from(leads)
      .where(eq(leads.companyId, company.id))
      .orderBy(leads.id);
    const denied = { label: null, isPrimary: true, consent: "denied" as const, consentAt: null };
    const contact = await aContact(company, { emails: [{ value: second!.email!, ...denied }] });
    await db.delete(contactKeys).where(eq(contactKeys.contactId, contact.id));
    await db.update(leads).set({ contactId: contact.id }).where(eq(leads.id, second!.id));
    await start();
    await list();
    await aSuppression(company.property, { address: first!.email!, reason: "spam_report" });
    await db.update(leads).set({ deletedAt: new Date() }).where(eq(leads.id, third!.id));
    await finish();
    expect(vendor.sent.map(({ to }) => to)).toEqual(["person3@example.test"]);
    expect((await shown()).counts).toMatchObject({ recipients: 4, sent: 1, suppressed: 2, cancelled: 1 });
    const { body } = await api.get(`/api/email/campaigns/${campaign.id}/recipients?status=suppressed`);
    expect(body.data.map(({ reason }: { reason: string }) => reason)).toEqual([
      "spam report",
      "consent denied",
    ]);
  });

  it("writes to no address whose owner denies it, though the lead that shares it is somebody else's", async () => {
    const { vendor, company, start, finish, shown } = await aPlan([
      "shared@example.test",
      "own@example.test",
    ]);
    const denied = { label: null, isPrimary: true, consent: "denied" as const, consentAt: null };
    await aContact(company, { emails: [{ value: "shared@example.test", ...denied }] });
    await start();
    await finish();
    expect(vendor.sent.map(({ to }) => to)).toEqual(["own@example.test"]);
    expect((await shown()).counts).toMatchObject({ recipients: 2, sent: 1, suppressed: 1 });
  });

  it("gives up only those whom it would write nothing, or without a subject", async () => {
    const { vendor, company, start, finish, campaign, api } = await aPlan(numbered(2), {
      subject: "{{ last_name }}",
      templateContent: "{{ phone }}",
    });
    const mine = await db.select().from(leads).where(eq(leads.companyId, company.id)).orderBy(leads.id);
    await db.update(leads).set({ lastName: "Field", phone: "+13125550123" }).where(eq(leads.id, mine[1]!.id));
    await start();
    await finish();
    expect(vendor.sent.map(({ to }) => to)).toEqual([mine[1]!.email]);
    const { body } = await api.get(`/api/email/campaigns/${campaign.id}/recipients?status=failed`);
    expect(body.data).toMatchObject([{ reason: "Filled in, the letter has no subject" }]);
  });

  it("stops when it is paused, and goes on where it stopped", async () => {
    const { vendor, start, pause, page, finish, shown, company } = await aPlan(numbered(220));
    await start();
    await page();
    expect((await pause()).body.data.status).toBe("paused");
    await page();
    await page();
    expect(vendor.sent).toHaveLength(100);
    expect((await shown()).counts).toMatchObject({ recipients: 220, sent: 100, pending: 120 });
    await aSuppression(company.property, { address: "person200@example.test" });
    await start();
    expect((await finish()).status).toBe("sent");
    expect(new Set(vendor.sent.map(({ to }) => to)).size).toBe(219);
    expect(vendor.sent).toHaveLength(219);
  });

  it("of a long letter goes in shorter pages", async () => {
    const { vendor, start, page, finish } = await aPlan(numbered(30), {
      templateContent: "long ".repeat(16_000),
    });
    await start();
    await page();
    expect(vendor.sent).toHaveLength(25);
    expect((await finish()).status).toBe("sent");
    expect(vendor.sent).toHaveLength(30);
  });

  it("keeps its pace", async () => {
    const { start, page, company } = await aPlan(numbered(120), { mailsPerMinute: 600 });
    await start();
    const before = Date.now();
    await page();
    const next = (await owed(company.id, "notifications")).findLast(({ key }) =>
      key.startsWith("email_campaign"),
    );
    expect(next!.nextAttemptAt.getTime() - before).toBeGreaterThan(9000);
    expect(next!.nextAttemptAt.getTime() - before).toBeLessThan(12_000);
  });

  it("waits while the vendor is down, and pauses with its reason when that takes too long", async () => {
    const { vendor, start, page, shown, finish, company } = await aPlan(numbered(3));
    vendor.mood = () => new Response("down", { status: 503 });
    await start();
    for (let n = 0; n < 9; n += 1) await page();
    expect(await shown()).toMatchObject({
      status: "paused",
      error: "SendGrid answered with an error",
      counts: { pending: 3, sent: 0, failed: 0 },
    });
    await deliverAll(company.id, "notifications");
    const { body } = await as(company.manager).get(
      `/api/property-managers/${company.manager.managerId}/notifications`,
    );
    expect(body.data[0]).toMatchObject({ notification_type: "email_campaign_paused" });
    vendor.mood = () => null;
    await start();
    expect((await finish()).status).toBe("sent");
    expect(vendor.sent).toHaveLength(3);
  });

  it("pauses at once when the vendor does not take the key", async () => {
    const { vendor, start, page, shown } = await aPlan(numbered(3));
    vendor.mood = () => new Response("{}", { status: 401 });
    await start();
    await page();
    await page();
    expect(await shown()).toMatchObject({
      status: "paused",
      error: "SendGrid does not accept the key or the sender (401)",
    });
    expect((await shown()).counts).toMatchObject({ pending: 3, failed: 0 });
  });

  it("pauses when the vendor takes no mail at all, and gives nobody up for it", async () => {
    const { vendor, start, page, shown, finish } = await aPlan(numbered(60));
    vendor.mood = () => new Response('{"errors":[]}', { status: 400 });
    await start();
    await page();
    expect(await shown()).toMatchObject({
      status: "paused",
      error: "SendGrid takes none of the mails: SendGrid answered with an error",
      counts: { pending: 60, failed: 0 },
    });
    vendor.mood = () => null;
    await start();
    await finish();
    expect((await shown()).counts).toMatchObject({ recipients: 60, sent: 60 });
    expect(vendor.sent).toHaveLength(60);
  });

  it("rather fails than writes twice where a lost answer cannot be asked about", async () => {
    const { vendor, start, finish, shown } = await aPlan(numbered(3));
    vendor.keepsList = false;
    vendor.mood = (call) => (call === 2 ? new TypeError("Network connection lost.") : null);
    await start();
    await finish();
    expect(vendor.sent).toHaveLength(3);
    expect((await shown()).counts).toMatchObject({ recipients: 3, sent: 2, failed: 1 });
  });

  it("that was set going twice at once runs once", async () => {
    const { vendor, start, finish } = await aPlan(numbered(3));
    const answers = await Promise.all([start(), start()]);
    expect(answers.map(({ campaign }) => campaign.status)).toEqual(["sending", "sending"]);
    await finish();
    expect(vendor.sent).toHaveLength(3);
  });

  it("takes no part in what an earlier run has left in the queue", async () => {
    const { start, pause, page, finish, company, campaign, vendor } = await aPlan(numbered(3));
    await start();
    await pause();
    await start();
    await owe(company.id, { ...campaignWork(campaign.id, 1, 1), dedupeKey: "late" });
    await Promise.all([page(), page()]);
    expect((await finish()).status).toBe("sent");
    expect(vendor.sent).toHaveLength(3);
  });

  it("keeps its mails for reading where a company has no vendor", async () => {
    const company = await aCompany();
    await aLead(company.property);
    const campaign = await aCampaign(company.property);
    await sendCampaign(await aContext(company.id), campaign.id, null);
    for (let n = 0; n < 4; n += 1) {
      await passWaits(company.id);
      await deliver(company.id, campaignWork(campaign.id, 1, 0));
    }
    const kept = await db.select().from(mails).where(eq(mails.companyId, company.id));
    expect(kept).toMatchObject([{ status: "kept", toAddress: "robin.field@example.test" }]);
  });
});

/** A worker hands a page of mails over and dies before it has written down that it did. */
async function breakOff(company: TestCompany, campaignId: string, fetch: typeof globalThis.fetch) {
  const [campaign] = await db.select().from(emailCampaigns).where(eq(emailCampaigns.id, campaignId));
  const { run, step, status } = campaign!;
  expect(status).toBe("sending");
  const ctx = await aContext(company.id, { fetch });
  const dying: Context["db"] = new Proxy(ctx.db, {
    get: (target, name) => {
      if (name !== "batch") return Reflect.get(target, name);
      return (statements: { toSQL(): { sql: string } }[]) =>
        statements.some((statement) => statement.toSQL().sql.startsWith('update "email_campaigns"'))
          ? Promise.reject(new Error("the worker died"))
          : target.batch(statements as never);
    },
  });
  const at = { kind: "email_campaign" as const, campaign_id: campaignId, run, step };
  await expect(workCampaign({ ...ctx, db: dying }, at, false)).rejects.toThrow("the worker died");
}
