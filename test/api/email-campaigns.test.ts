import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/conversations.ts";
import { emailCampaignRecipients, emailTemplates } from "../../src/db/schema/email.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { type Api, as } from "../support/api.ts";
import { aContact } from "../support/contacts.ts";
import { aContext } from "../support/deliver.ts";
import { aCampaign, aSuppression, aTemplate } from "../support/email.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";

const words = {
  title: "Spring offer",
  subject: "{{ first_name }}, {{ offer }}",
  template_content: "Hi {{ first_name }}, {{ offer }} at {{ property_name }}.",
  variables: { offer: "one month free" },
};

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const nothing = {
  recipients: 0,
  pending: 0,
  sent: 0,
  failed: 0,
  suppressed: 0,
  cancelled: 0,
  delivered: 0,
  bounced: 0,
  complained: 0,
  unsubscribed: 0,
  opened: 0,
  clicked: 0,
};

describe("POST /api/email/campaigns", () => {
  it("keeps every field", async () => {
    const { manager, property } = await aCompany();
    const audience = { lead_status: ["new"], move_in_from: "2027-03-01" };
    const { status, body } = await as(manager).post("/api/email/campaigns", {
      ...words,
      property_id: property.id,
      description: "For spring",
      audience,
      mails_per_minute: 600,
    });
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      ...words,
      property_id: property.id,
      description: "For spring",
      audience,
      mails_per_minute: 600,
      content_type: "markdown",
      status: "draft",
      scheduled_for: null,
      sent_count: 0,
      counts: nothing,
    });
    expect((await as(manager).get(`/api/email/campaigns/${body.data.id}`)).body.data).toEqual(body.data);
  });

  it("takes a template's words as they are now", async () => {
    const { manager, property } = await aCompany();
    const template = await aTemplate(property);
    const { body } = await as(manager).post("/api/email/campaigns", {
      property_id: property.id,
      title: "Spring",
      template_id: template.id,
    });
    await db.update(emailTemplates).set({ content: "changed" }).where(eq(emailTemplates.id, template.id));
    const found = await as(manager).get(`/api/email/campaigns/${body.data.id}`);
    expect(found.body.data).toMatchObject({
      template_id: template.id,
      template_content: template.content,
      variables: { offer: "One month free" },
    });
  });

  it("asks for the values a template has no default for", async () => {
    const { manager, property } = await aCompany();
    const template = await aTemplate(property, {
      variables: [{ name: "offer", description: null, default: null }],
    });
    const body = { property_id: property.id, title: "Spring", template_id: template.id };
    const refused = await as(manager).post("/api/email/campaigns", body);
    expect([refused.status, refused.body.error.details[0].field]).toEqual([422, "variables.offer"]);
    const variables = { offer: "Two months free" };
    expect((await as(manager).post("/api/email/campaigns", { ...body, variables })).status).toBe(201);
  });

  it.each([
    [{ template_content: undefined }, "MISSING_REQUIRED_FIELD", "template_content"],
    [{ title: undefined }, "MISSING_REQUIRED_FIELD", "title"],
    [{ variables: {} }, "VALIDATION_ERROR", "subject"],
    [{ template_content: "{{ nobody }}" }, "VALIDATION_ERROR", "template_content"],
    [{ audience: { lead_stauts: ["new"] } }, "VALIDATION_ERROR", "audience.lead_stauts"],
    [
      { audience: { move_in_from: "2027-03-01", move_in_to: "2027-02-01" } },
      "VALIDATION_ERROR",
      "audience.move_in_to",
    ],
    [{ scheduled_for: "2020-01-01T00:00:00Z" }, "VALIDATION_ERROR", "scheduled_for"],
  ])("refuses %j", async (over, code, field) => {
    const { manager, property } = await aCompany();
    const draft = { ...words, property_id: property.id, ...over };
    const { status, body } = await as(manager).post("/api/email/campaigns", draft);
    expect([status, body.error.code, body.error.details[0].field]).toEqual([422, code, field]);
  });

  it("is for managers of the property", async () => {
    const { agent, manager, property } = await aCompany();
    const draft = { ...words, property_id: property.id };
    expect((await as(agent).post("/api/email/campaigns", draft)).status).toBe(403);
    const other = await aCompany();
    const elsewhere = { ...draft, property_id: other.property.id };
    expect((await as(manager).post("/api/email/campaigns", elsewhere)).status).toBe(404);
  });
});

describe("GET /api/email/campaigns", () => {
  it("lists with counts that add up, by status, property and title", async () => {
    const { viewer, property, otherProperty } = await aCompany();
    const campaign = await aCampaign(property, { title: "Spring", status: "paused" });
    const draft = await aCampaign(property, { title: "Summer" });
    await aCampaign(otherProperty);
    const statuses = ["sent", "sent", "failed", "suppressed", "cancelled", "pending"] as const;
    await db.insert(emailCampaignRecipients).values(
      statuses.map((status, n) => ({
        companyId: property.companyId,
        campaignId: campaign.id,
        leadId: `lead${n}`,
        address: `a${n}@example.test`,
        status,
      })),
    );
    const found = async (query: string) => (await as(viewer).get(`/api/email/campaigns?${query}`)).body.data;
    expect(await found("status=paused")).toMatchObject([
      {
        id: campaign.id,
        sent_count: 2,
        counts: { recipients: 6, pending: 1, sent: 2, failed: 1, suppressed: 1, cancelled: 1 },
      },
    ]);
    expect(await found("q=summ")).toMatchObject([{ id: draft.id, counts: nothing }]);
    expect(await found(`property_id=${property.id}&sort=title`)).toMatchObject([
      { title: "Spring" },
      { title: "Summer" },
    ]);
    expect(await found("")).toHaveLength(2);
  });
});

describe("PUT and DELETE /api/email/campaigns/:id", () => {
  it("changes everything before it is set going, and only its title, description and pace afterwards", async () => {
    const { manager, property } = await aCompany();
    const api = as(manager);
    const { id } = await aCampaign(property);
    const path = `/api/email/campaigns/${id}`;
    expect((await api.put(path, { audience: { min_score: 50 }, subject: "New" })).body.data).toMatchObject({
      audience: { min_score: 50 },
      subject: "New",
      title: "Spring offer",
    });
    const at = inAnHour();
    expect((await api.put(path, { scheduled_for: at })).body.data).toMatchObject({
      status: "scheduled",
      scheduled_for: at,
    });
    expect((await api.put(path, { scheduled_for: null })).body.data.status).toBe("draft");
    const sent = await aCampaign(property, { status: "sent" });
    const late = await api.put(`/api/email/campaigns/${sent.id}`, { subject: "Late", title: "Late" });
    expect([late.status, late.body.error.details]).toEqual([409, { status: "sent", fields: ["subject"] }]);
    expect((await api.put(`/api/email/campaigns/${sent.id}`, { title: "Late" })).status).toBe(200);
  });

  it("archives what is not being sent; whoever has not got it will not", async () => {
    const { manager, property } = await aCompany();
    const api = as(manager);
    const sending = await aCampaign(property, { status: "sending" });
    expect((await api.delete(`/api/email/campaigns/${sending.id}`)).status).toBe(409);
    const paused = await aCampaign(property, { status: "paused" });
    const recipient = {
      companyId: property.companyId,
      campaignId: paused.id,
      leadId: "l",
      address: "a@b.test",
    };
    await db.insert(emailCampaignRecipients).values({ ...recipient, status: "pending" });
    expect((await api.delete(`/api/email/campaigns/${paused.id}`)).status).toBe(200);
    expect((await api.get(`/api/email/campaigns/${paused.id}`)).status).toBe(404);
    const [row] = await db
      .select()
      .from(emailCampaignRecipients)
      .where(eq(emailCampaignRecipients.campaignId, paused.id));
    expect(row!.status).toBe("cancelled");
  });
});

describe("POST /api/email/campaigns/:id/send and /pause", () => {
  it("schedules, takes off the schedule, sends, pauses and goes on", async () => {
    const { manager, property } = await aCompany();
    const { id } = await aCampaign(property);
    const call = async (verb: string, body?: object) =>
      (await as(manager).post(`/api/email/campaigns/${id}/${verb}`, body)).body.data;
    const at = inAnHour();
    expect(await call("send", { scheduled_for: at })).toMatchObject({
      status: "scheduled",
      scheduled_for: at,
    });
    expect(await call("pause")).toMatchObject({ status: "draft", scheduled_for: null });
    expect(await call("send")).toMatchObject({ status: "sending", started_at: expect.any(String) });
    expect((await call("send")).status).toBe("sending");
    expect((await call("pause")).status).toBe("paused");
    expect((await call("pause")).status).toBe("paused");
    expect((await call("send", {})).status).toBe("sending");
  });

  it("says what cannot be", async () => {
    const { manager, property } = await aCompany();
    const { id } = await aCampaign(property, { status: "sent" });
    for (const [verb, wanted] of [
      ["send", "sending"],
      ["pause", "paused"],
    ]) {
      const { status, body } = await as(manager).post(`/api/email/campaigns/${id}/${verb}`, {});
      expect([status, body.error.code, body.error.details]).toEqual([
        409,
        "INVALID_STATUS_TRANSITION",
        { current_status: "sent", requested_status: wanted, allowed_transitions: [] },
      ]);
    }
  });
});

describe("GET /api/email/campaigns/:id/preview", () => {
  it("shows the mail and how many would get it", async () => {
    const { manager, property } = await aCompany();
    await aLead(property, { email: "a@example.test" });
    await aLead(property, { email: "A@example.test" });
    await aLead(property, { email: "gone@example.test" });
    await aLead(property, { email: null });
    await aSuppression(property, { address: "gone@example.test" });
    const { id } = await aCampaign(property);
    const { body } = await as(manager).get(`/api/email/campaigns/${id}/preview`);
    expect(body.data).toMatchObject({
      subject: "Hi Robin",
      text: expect.stringContaining("One month free at Maple Court, Robin."),
      audience: { matching: 3, addresses: 2, suppressed: 1 },
    });
    expect(body.data.html).toContain(">Unsubscribe</a>");
  });

  it.each([
    [{}, ["new", "contacted", "plain", "tagged"]],
    [{ lead_status: ["new"] }, ["new", "plain", "tagged"]],
    [{ lead_status: ["contacted"] }, ["contacted"]],
    [{ source: ["Zillow"] }, ["contacted"]],
    [{ tags: ["vip"] }, ["tagged"]],
    [{ move_in_from: "2027-03-01", move_in_to: "2027-03-31" }, ["new"]],
    [{ bedrooms: [1, 2] }, ["new"]],
    [{ min_score: 60 }, ["contacted"]],
    [{ created_from: "2026-06-01T00:00:00Z", created_to: "2026-07-01T00:00:00+02:00" }, ["plain"]],
    [{ active_since: "2026-06-01T00:00:00Z" }, ["contacted", "new", "tagged"]],
    [{ lead_status: ["new"], bedrooms: [7] }, []],
  ])("counts the audience %j", async (audience, names) => {
    const company = await aCompany();
    await somePeople(company);
    const matching = async (filter: object) => sizeOf(as(company.manager), company, filter);
    expect(await matching(audience)).toBe(names.length);
  });
});

async function sizeOf(api: Api, { property }: TestCompany, audience: object): Promise<number> {
  const { body } = await api.post("/api/email/campaigns", { ...words, property_id: property.id, audience });
  const preview = await api.get(`/api/email/campaigns/${body.data.id}/preview`);
  return preview.body.data.audience.matching;
}

/** Four leads of a property, each found by something else, and one of another property. */
async function somePeople(company: TestCompany): Promise<void> {
  const { property, otherProperty } = company;
  const long = { lastActivityAt: new Date("2026-01-01"), createdAt: new Date("2026-01-01") };
  const lately = { ...long, lastActivityAt: new Date("2026-11-01") };
  const fresh = await aLead(property, {
    ...lately,
    email: "new@x.test",
    moveInDate: "2027-03-15",
    bedrooms: 2,
  });
  const contacted = await aLead(property, {
    ...lately,
    email: "contacted@x.test",
    source: "zillow",
    leadScore: 60,
  });
  await aLead(property, { ...long, email: "plain@x.test", createdAt: new Date("2026-06-15") });
  const contact = await aContact({ id: company.id }, { tags: ["VIP"] });
  await aLead(property, { ...lately, email: "tagged@x.test", contactId: contact.id });
  await aLead(otherProperty, { email: "other@x.test" });
  await db.update(leads).set({ leadScore: 10 }).where(eq(leads.id, fresh.id));
  const ctx = await aContext(company.id);
  const about = { entityType: "lead", propertyId: property.id };
  await changeStatus(ctx, { ...about, entityId: fresh.id, toStatus: "new" });
  await changeStatus(ctx, { ...about, entityId: contacted.id, toStatus: "new" });
  await changeStatus(ctx, { ...about, entityId: contacted.id, toStatus: "contacted" });
  await settled(company, contacted.id);
}

/** The status is projected right after it changed. */
async function settled(company: TestCompany, leadId: string): Promise<void> {
  for (;;) {
    const { body } = await as(company.manager).get("/api/leads?status=contacted");
    if (body.data.some(({ id }: { id: string }) => id === leadId)) return;
  }
}
