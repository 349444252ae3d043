import { afterEach, describe, expect, it } from "vitest";
import { and, eq } from "drizzle-orm";
import { parts } from "../../src/core/routers.ts";
import { emailDrafts } from "../../src/db/schema/email.ts";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import { statusOf } from "../../src/modules/status/status-of.ts";
import { anonymous, as } from "../support/api.ts";
import { aContext, deliver, deliverAll, passWaits } from "../support/deliver.ts";
import { aDraft, aSender, aSuppression, aTemplate, giveSendgrid } from "../support/email.ts";
import { aCompany, aConversation, aLead, db, type TestCompany } from "../support/factories.ts";
import { aSandbox } from "../support/sandbox.ts";

afterEach(() => {
  delete parts.fetch;
});

/** A company with a mail vendor behind a sandbox, and a lead to write to. */
async function aDesk({ hasVendor = true } = {}) {
  const company = await aCompany();
  const lead = await aLead(company.property);
  const sandbox = aSandbox();
  parts.fetch = sandbox.fetch;
  if (hasVendor) await giveSendgrid(company.id);
  const api = as(company.agent);
  return {
    company,
    lead,
    sandbox,
    api,
    write: async (over: object = {}) => {
      const body = {
        lead_id: lead.id,
        subject: "Unit 204",
        content: "Hi {{ first_name }}, it is free.",
        ...over,
      };
      return (await api.post("/api/email/drafts", body)).body.data;
    },
    /** The queue brings the draft's work once more. */
    redeliver: (id: string) =>
      deliver(company.id, { topic: "notifications", key: `email_draft:${id}` }, { fetch: sandbox.fetch }),
    now: async (id: string) => (await api.get(`/api/email/drafts/${id}`)).body.data,
  };
}

async function statusIn(company: TestCompany, type: string, id: string): Promise<string | undefined> {
  await deliverAll(company.id, "projections");
  return (await statusOf(await aContext(company.id), type, id))?.currentStatus;
}

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

describe("POST /api/email/drafts", () => {
  it("keeps every field", async () => {
    const { lead, company, api } = await aDesk();
    const conversation = await aConversation(company.property);
    const { status, body } = await api.post("/api/email/drafts", {
      lead_id: lead.id,
      conversation_id: conversation.id,
      subject: "Unit 204",
      content: "It is **free**.",
      preview: "Good news",
      priority: "high",
      tags: ["follow-up"],
    });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      lead_id: lead.id,
      conversation_id: conversation.id,
      property_id: company.property.id,
      subject: "Unit 204",
      content: "It is **free**.",
      preview: "Good news",
      status: "draft",
      priority: "high",
      tags: ["follow-up"],
      scheduled_for: null,
      sent_at: null,
      to: "robin.field@example.test",
      to_name: "Robin Field",
      delivery: null,
    });
    expect(await statusIn(company, "email_draft", body.data.id)).toBe("draft");
  });

  it("takes the words of a template, and its defaults", async () => {
    const { write, company, api } = await aDesk();
    const template = await aTemplate(company.property);
    const { id, subject } = await write({ template_id: template.id, subject: undefined, content: undefined });
    expect(subject).toBe("Hi {{ first_name }}");
    const { body } = await api.get(`/api/email/drafts/${id}/preview`);
    expect(body.data).toMatchObject({ subject: "Hi Robin", text: "**One month free** at Maple Court" });
  });

  it.each([
    [{ subject: undefined, content: undefined }, "MISSING_REQUIRED_FIELD", ["subject", "content"]],
    [{ content: "Hi {{ frist_name }} {{ nobody }}" }, "VALIDATION_ERROR", ["content"]],
    [{ content: "Hi {{ first_name" }, "VALIDATION_ERROR", ["content"]],
    [{ content: "{% include 'x' %}" }, "VALIDATION_ERROR", ["content"]],
    [{ subject: "Two\r\nBcc: all@example.test" }, "INVALID_FORMAT", ["subject"]],
    [{ scheduled_for: "2020-01-01T00:00:00Z" }, "VALIDATION_ERROR", ["scheduled_for"]],
    [{ scheduled_for: "2027-01-01T00:00:00" }, "INVALID_FORMAT", ["scheduled_for"]],
    [{ conversation_id: "nobody's" }, "VALIDATION_ERROR", ["conversation_id"]],
  ])("refuses %j", async (over, code, fields) => {
    const { api, lead } = await aDesk();
    const body = { lead_id: lead.id, subject: "Hi", content: "Hi", ...over };
    const answer = await api.post("/api/email/drafts", body);
    expect(answer.status).toBe(422);
    expect(answer.body.error.code).toBe(code);
    expect(answer.body.error.details.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  it("names every variable it does not know", async () => {
    const { api, lead } = await aDesk();
    const content = "Hi {{ frist_name }} {{ first_name }} {{ nobody | upcase }}";
    const { body } = await api.post("/api/email/drafts", { lead_id: lead.id, subject: "Hi", content });
    expect(body.error.message).toContain("unknown variables: frist_name, nobody;");
  });

  it("writes to no lead of a property one does not see", async () => {
    const { company, api } = await aDesk();
    const hidden = await aLead(company.otherProperty);
    const { status } = await api.post("/api/email/drafts", {
      lead_id: hidden.id,
      subject: "Hi",
      content: "Hi",
    });
    expect(status).toBe(404);
  });
});

describe("GET /api/email/drafts", () => {
  it("finds by lead, status, priority, subject and time, newest first", async () => {
    const { company, api, lead } = await aDesk();
    const other = await aLead(company.property, { email: "other@example.test" });
    const old = await aDraft(lead, { subject: "Old one", createdAt: new Date("2026-01-01") });
    const high = await aDraft(lead, { priority: "high", status: "failed" });
    await aDraft(other);
    await aDraft(await aLead(company.otherProperty));
    const ids = async (query: string) =>
      (await api.get(`/api/email/drafts?${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await ids(`lead_id=${lead.id}`)).toEqual([high.id, old.id]);
    expect(await ids("status=failed")).toEqual([high.id]);
    expect(await ids("priority=high")).toEqual([high.id]);
    expect(await ids("q=OLD")).toEqual([old.id]);
    expect(await ids("to=2026-02-01T00:00:00Z")).toEqual([old.id]);
    expect(await ids(`property_id=${company.property.id}&limit=2`)).toHaveLength(2);
    expect(await ids("")).toHaveLength(3);
  });
});

describe("PUT and DELETE /api/email/drafts/:id", () => {
  it("changes what it names, for whoever saw the newest version", async () => {
    const { write, api } = await aDesk();
    const { id } = await write({ preview: "Mine" });
    const first = await api.get(`/api/email/drafts/${id}`);
    const ifMatch = { "if-match": first.headers.get("etag")! };
    const { body } = await api.put(`/api/email/drafts/${id}`, { priority: "low", preview: null }, ifMatch);
    expect(body.data).toMatchObject({
      priority: "low",
      subject: "Unit 204",
      preview: "Hi {{ first_name }}, it is free.",
    });
    expect((await api.put(`/api/email/drafts/${id}`, { priority: "high" }, ifMatch)).status).toBe(412);
    const refused = await api.put(`/api/email/drafts/${id}`, { content: "{{ who }}" });
    expect([refused.status, refused.body.error.message]).toEqual([422, expect.stringContaining("who")]);
  });

  it("does not take a time and a status that contradict each other", async () => {
    const { write, api } = await aDesk();
    const { id } = await write();
    const path = `/api/email/drafts/${id}`;
    const torn = await api.put(path, { status: "draft", scheduled_for: inAnHour() });
    expect([torn.status, torn.body.error.details[0].field]).toEqual([422, "scheduled_for"]);
    expect((await api.put(path, { status: "draft", scheduled_for: null })).status).toBe(200);
  });

  it("leaves alone what has been sent", async () => {
    const { write, api } = await aDesk();
    const { id } = await write();
    await api.post(`/api/email/send/${id}`);
    const { status, body } = await api.put(`/api/email/drafts/${id}`, { subject: "Late" });
    expect([status, body.error.code]).toEqual([409, "INVALID_STATUS_TRANSITION"]);
    expect(body.error.details).toMatchObject({ current_status: "sent", allowed_transitions: [] });
  });

  it("archives a draft, and its status with it", async () => {
    const { write, api, company } = await aDesk();
    const { id } = await write();
    expect((await api.delete(`/api/email/drafts/${id}`)).body.data).toMatchObject({ id });
    expect((await api.get(`/api/email/drafts/${id}`)).status).toBe(404);
    expect((await api.post(`/api/email/send/${id}`)).status).toBe(404);
    expect(await statusIn(company, "email_draft", id)).toBeUndefined();
  });
});

describe("POST /api/email/send/:id", () => {
  it("sends both parts in the property's name", async () => {
    const { write, api, sandbox, company, lead } = await aDesk();
    const { id } = await write({ content: "Hi {{ first_name }},\n**204** is free." });
    const { status, body } = await api.post(`/api/email/send/${id}`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ status: "sent", error: null, delivery: { status: "sent" } });
    expect(body.data.sent_at).not.toBeNull();
    const [sent, ...others] = await sandbox.mails();
    expect(others).toEqual([]);
    expect(sent!.mail).toMatchObject({
      from: { email: "leasing@domiq.example", name: "Maple Court" },
      reply_to: { email: "office@maple.test" },
      subject: "Unit 204",
      personalizations: [{ to: [{ email: "robin.field@example.test", name: "Robin Field" }] }],
      content: [
        { type: "text/plain", value: "Hi Robin,\n**204** is free." },
        { type: "text/html", value: expect.stringContaining("Hi Robin,<br>\n<strong>204</strong> is free.") },
      ],
    });
    expect(sent!.mail.headers).not.toHaveProperty("List-Unsubscribe");
    expect(await statusIn(company, "email_draft", id)).toBe("sent");
    expect(await statusIn(company, "lead", lead.id)).toBe(undefined);
  });

  it("stops the clock of a new lead: a letter is an answer", async () => {
    const { write, api, company, lead } = await aDesk();
    await api.put(`/api/resman/leads/${lead.id}/status`, {
      new_status: "new",
      updated_by: "resman_user",
      trigger_notifications: false,
    });
    const { id } = await write();
    await api.post(`/api/email/send/${id}`);
    expect(await statusIn(company, "lead", lead.id)).toBe("contacted");
  });

  it("sends once, however often and at once it is asked for and delivered", async () => {
    const { write, api, sandbox, redeliver, now } = await aDesk();
    const { id } = await write();
    const answers = await Promise.all([1, 2, 3].map(() => api.post(`/api/email/send/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await Promise.all([redeliver(id), redeliver(id)]);
    expect((await api.post(`/api/email/send/${id}`)).body.data.status).toBe("sent");
    expect(await sandbox.mails()).toHaveLength(1);
    expect((await now(id)).status).toBe("sent");
  });

  it("sends once though the vendor's answer was lost", async () => {
    const { write, api, sandbox, redeliver, now, company } = await aDesk();
    const { id } = await write();
    await sandbox.fault({ service: "sendgrid", path: "mail/send", mode: "drop_after", times: 1 });
    expect((await api.post(`/api/email/send/${id}`)).body.data).toMatchObject({
      status: "scheduled",
      delivery: { status: "sending" },
    });
    await waitOut(company);
    await redeliver(id);
    expect(await sandbox.mails()).toHaveLength(1);
    expect((await now(id)).status).toBe("sent");
  });

  it("holds a letter in hand until the vendor's list must know it, should the worker die", async () => {
    const { write, api, sandbox, company } = await aDesk();
    let heldMs = 0;
    parts.fetch = async (input, init) => {
      const [mail] = await db.select().from(mails).where(eq(mails.companyId, company.id));
      heldMs = mail!.heldUntil!.getTime() - Date.now();
      return sandbox.fetch(input, init);
    };
    await api.post(`/api/email/send/${(await write()).id}`);
    expect(heldMs).toBeGreaterThan(120_000);
  });

  it("comes back after a broken connection, and does not hurry: the vendor's list lags behind", async () => {
    const { write, api, sandbox, redeliver, now, company } = await aDesk();
    const { id } = await write();
    await sandbox.fault({ service: "sendgrid", path: "mail/send", mode: "drop_before", times: 1 });
    await api.post(`/api/email/send/${id}`);
    await redeliver(id);
    expect(await sandbox.mails()).toHaveLength(0);
    await waitOut(company);
    await redeliver(id);
    expect(await sandbox.mails()).toHaveLength(1);
    expect((await now(id)).status).toBe("sent");
  });

  it("rather fails than sends twice where the vendor keeps no list", async () => {
    const { write, api, sandbox, redeliver, now, company } = await aDesk();
    const { id } = await write();
    await sandbox.fault({ service: "sendgrid", path: "mail/send", mode: "drop_after", times: 1 });
    await sandbox.fault({ service: "sendgrid", path: "v3/messages", mode: "status", value: 403 });
    await api.post(`/api/email/send/${id}`);
    await waitOut(company);
    await redeliver(id);
    expect(await sandbox.mails()).toHaveLength(1);
    expect(await now(id)).toMatchObject({ status: "failed", error: expect.stringContaining("did not say") });
  });

  it("says why the vendor did not take it, tells the managers, and can be sent again when it is mended", async () => {
    const { write, api, sandbox, company, now } = await aDesk();
    const { id } = await write();
    await sandbox.fault({ service: "sendgrid", mode: "status", value: 400, times: 1 });
    const { body } = await api.post(`/api/email/send/${id}`);
    expect(body.data).toMatchObject({ status: "failed", error: "SendGrid answered with an error" });
    expect(await statusIn(company, "email_draft", id)).toBe("failed");
    await deliverAll(company.id, "notifications");
    const notices = await db
      .select()
      .from(leadNotifications)
      .where(
        and(
          eq(leadNotifications.companyId, company.id),
          eq(leadNotifications.notificationType, "email_failed"),
        ),
      );
    expect(notices).toHaveLength(3);
    expect((await api.post(`/api/email/send/${id}`)).body.data.status).toBe("sent");
    expect((await now(id)).error).toBeNull();
    expect(await sandbox.mails()).toHaveLength(1);
  });

  it("keeps the mail for reading where a company has no vendor", async () => {
    const { write, api, sandbox, company } = await aDesk({ hasVendor: false });
    const { id } = await write();
    expect((await api.post(`/api/email/send/${id}`)).body.data).toMatchObject({
      status: "sent",
      delivery: { status: "kept" },
    });
    expect(await sandbox.calls("sendgrid")).toEqual([]);
    const { body } = await anonymous().get(`/api/test/outbox?company_id=${company.id}`);
    expect(body.data).toMatchObject([
      { to: "robin.field@example.test", subject: "Unit 204", status: "kept" },
    ]);
    const eml = await anonymous().fetch(`/api/test/outbox/${body.data[0].id}/message.eml`);
    expect(eml.headers.get("content-type")).toBe("message/rfc822");
    expect(new TextDecoder().decode(await eml.arrayBuffer())).toContain(
      "Content-Type: multipart/alternative",
    );
  });

  it("leaves in the name the property has chosen", async () => {
    const { write, api, sandbox, company } = await aDesk();
    await aSender(company.property);
    await api.post(`/api/email/send/${(await write()).id}`);
    expect((await sandbox.mails())[0]!.mail).toMatchObject({
      from: { email: "hello@maple.test", name: "Maple Leasing" },
      reply_to: { email: "answers@maple.test" },
    });
  });

  it.each([
    [{ email: null }, "The lead has no e-mail address"],
    [{ email: "gone@example.test" }, "gone@example.test takes no mail from us (bounce)"],
    [{ email: "robin@example.test\r\nBcc: x@example.test" }, "is no e-mail address"],
  ])("does not begin where it can come to nothing: %j", async (over, why) => {
    const { company, api, sandbox } = await aDesk();
    await aSuppression(company.property, { reason: "bounce" });
    const draft = await aDraft(await aLead(company.property, over));
    const { status, body } = await api.post(`/api/email/send/${draft.id}`);
    expect([status, body.error.code]).toEqual([409, "CONFLICT"]);
    expect(body.error.message).toContain(why);
    expect(await sandbox.mails()).toEqual([]);
  });

  it("still answers somebody who unsubscribed from campaigns", async () => {
    const { write, api, company, lead } = await aDesk();
    await aSuppression(company.property, { address: lead.email!, reason: "unsubscribe" });
    expect((await api.post(`/api/email/send/${(await write()).id}`)).body.data.status).toBe("sent");
  });
});

describe("POST /api/email/schedule/:id", () => {
  it("puts a draft on the schedule, to another time and off it", async () => {
    const { write, api, company } = await aDesk();
    const { id } = await write();
    const at = inAnHour();
    const schedule = (time: string | null) => api.post(`/api/email/schedule/${id}`, { scheduled_for: time });
    expect((await schedule(at)).body.data).toMatchObject({ status: "scheduled", scheduled_for: at });
    expect(await statusIn(company, "email_draft", id)).toBe("scheduled");
    const later = new Date(Date.now() + 7_200_000).toISOString();
    expect((await schedule(later)).body.data.scheduled_for).toBe(later);
    expect((await schedule(null)).body.data).toMatchObject({ status: "draft", scheduled_for: null });
    expect(await statusIn(company, "email_draft", id)).toBe("draft");
    expect((await schedule("2020-01-01T00:00:00Z")).status).toBe(422);
  });

  it("leaves alone what is on its way", async () => {
    const { api, lead } = await aDesk();
    const draft = await aDraft(lead, { status: "scheduled", scheduledFor: new Date(), mailId: "on-its-way" });
    for (const answer of [
      await api.post(`/api/email/schedule/${draft.id}`, { scheduled_for: null }),
      await api.put(`/api/email/drafts/${draft.id}`, { content: "Wait!" }),
      await api.delete(`/api/email/drafts/${draft.id}`),
    ])
      expect([answer.status, answer.body.error.message]).toEqual([409, "The e-mail is on its way"]);
    const [row] = await db.select().from(emailDrafts).where(eq(emailDrafts.id, draft.id));
    expect(row).toMatchObject({ content: "Unit 204 is free.", status: "scheduled" });
  });
});

/** Lets all waits pass that work and mails of a company still have to wait. */
async function waitOut(company: { id: string }): Promise<void> {
  await passWaits(company.id);
  await db.update(mails).set({ heldUntil: null }).where(eq(mails.companyId, company.id));
}
