import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { configOf } from "../../src/core/config.ts";
import { emailCampaignRecipients, emailSuppressions } from "../../src/db/schema/email.ts";
import { mails } from "../../src/db/schema/outgoing.ts";
import { unsubscribeUrl } from "../../src/modules/email/unsubscribe-token.ts";
import { anonymous, as } from "../support/api.ts";
import { aSuppression } from "../support/email.ts";
import { aCompany, db, type Property } from "../support/factories.ts";

async function aCampaignMail(property: Property, toAddress = "Robin.Field@example.test") {
  const id = uuidv7();
  await db.insert(mails).values({
    id,
    companyId: property.companyId,
    propertyId: property.id,
    dedupeKey: id,
    toAddress,
    fromAddress: "leasing@domiq.example",
    subject: "Spring offer",
    text: "Hi",
    attachments: [],
    kind: "campaign",
    campaignId: "c",
    status: "sent",
    createdAt: new Date(),
  });
  const url = await unsubscribeUrl(configOf(env), { companyId: property.companyId, mailId: id });
  return { id, path: new URL(url).pathname };
}

const press = (
  path: string,
  body = "List-Unsubscribe=One-Click",
  type = "application/x-www-form-urlencoded",
) => anonymous().fetch(path, { method: "POST", body, headers: { "content-type": type } });

function suppressionsOf({ id }: { id: string }) {
  return db
    .select()
    .from(emailSuppressions)
    .where(and(eq(emailSuppressions.companyId, id)));
}

describe("GET /api/email/unsubscribe/:token", () => {
  it("shows a page with a button and changes nothing", async () => {
    const company = await aCompany();
    const { path } = await aCampaignMail(company.property);
    const response = await anonymous().fetch(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain('<form method="post">');
    expect(page).toContain('name="List-Unsubscribe" value="One-Click"');
    expect(page).toContain("Ro…@example.test");
    expect(await suppressionsOf(company)).toEqual([]);
  });

  it("tells nothing to whoever makes a link up", async () => {
    const { path } = await aCampaignMail((await aCompany()).property);
    for (const made of ["/api/email/unsubscribe/x", `${path}x`, path.replace(/\.[^.]*$/, ".AAAA")]) {
      const response = await anonymous().fetch(made);
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain("example.test");
    }
  });
});

describe("POST /api/email/unsubscribe/:token", () => {
  it("unsubscribes by one click, without a session, once or again", async () => {
    const company = await aCompany();
    const { id, path } = await aCampaignMail(company.property);
    for (let n = 0; n < 3; n += 1) {
      const response = await press(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("You are unsubscribed");
    }
    expect(await suppressionsOf(company)).toMatchObject([
      { address: "robin.field@example.test", reason: "unsubscribe", mailId: id },
    ]);
    const [mail] = await db.select().from(mails).where(eq(mails.id, id));
    expect(mail!.unsubscribedAt).not.toBeNull();
  });

  it("takes the form as mail programs may send it, too", async () => {
    const company = await aCompany();
    const { path } = await aCampaignMail(company.property);
    const boundary = "xyz";
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`;
    expect((await press(path, body, `multipart/form-data; boundary=${boundary}`)).status).toBe(200);
    expect(await suppressionsOf(company)).toHaveLength(1);
  });

  it("does nothing for anything else that posts", async () => {
    const company = await aCompany();
    const { path } = await aCampaignMail(company.property);
    expect((await press(path, "a=b")).status).toBe(422);
    expect((await press(path, "{}", "application/json")).status).toBe(422);
    expect((await press("/api/email/unsubscribe/made-up")).status).toBe(404);
    expect(await suppressionsOf(company)).toEqual([]);
  });

  it("is the only place where forms are taken", async () => {
    const { manager } = await aCompany();
    const response = await as(manager).fetch("/api/email/suppressions", {
      method: "POST",
      body: "email=a@b.test",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(response.status).toBe(415);
  });
});

describe("the link of a mail that the company keeps no longer", () => {
  const aForgottenMail = async (address: string) => {
    const company = await aCompany();
    const { id, path } = await aCampaignMail(company.property, address);
    await db.insert(emailCampaignRecipients).values({
      companyId: company.id,
      campaignId: "c",
      leadId: "lead",
      address,
      status: "sent",
      mailId: id,
    });
    await db.delete(mails).where(eq(mails.id, id));
    return { company, path };
  };

  it("still unsubscribes", async () => {
    const { company, path } = await aForgottenMail("robin.field@example.test");
    expect(await (await anonymous().fetch(path)).text()).toContain("ro…@example.test");
    expect((await press(path)).status).toBe(200);
    expect((await press(path)).status).toBe(200);
    expect(await suppressionsOf(company)).toMatchObject([
      { address: "robin.field@example.test", reason: "unsubscribe" },
    ]);
  });

  it("is dead once its reader is forgotten, too", async () => {
    const { company, path } = await aForgottenMail("erased lead");
    expect((await anonymous().fetch(path)).status).toBe(404);
    expect((await press(path)).status).toBe(404);
    expect(await suppressionsOf(company)).toEqual([]);
  });
});

describe("/api/email/suppressions", () => {
  it("lists, adds and lifts", async () => {
    const company = await aCompany();
    const api = as(company.manager);
    await aSuppression(company.property, { address: "bounced@example.test", reason: "bounce" });
    const { status, body } = await api.post("/api/email/suppressions", {
      email: "Robin@Example.test",
      note: "Asked",
    });
    expect([status, body.data]).toMatchObject([
      201,
      { email: "robin@example.test", reason: "manual", note: "Asked", mail_id: null },
    ]);
    const again = await api.post("/api/email/suppressions", { email: "robin@example.test" });
    expect([again.status, again.body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
    const found = async (query: string) => (await api.get(`/api/email/suppressions?${query}`)).body.data;
    expect(await found("reason=bounce")).toMatchObject([{ email: "bounced@example.test" }]);
    expect(await found("email=robin@example.test")).toHaveLength(1);
    expect(await found("q=example")).toHaveLength(2);
    expect((await api.delete(`/api/email/suppressions/${body.data.id}`)).body.data.id).toBe(body.data.id);
    expect(await found("")).toHaveLength(1);
    expect((await api.delete(`/api/email/suppressions/${body.data.id}`)).status).toBe(404);
  });

  it("is for managers to change", async () => {
    const { agent } = await aCompany();
    expect((await as(agent).post("/api/email/suppressions", { email: "a@b.test" })).status).toBe(403);
  });
});
