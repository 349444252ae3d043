import { afterEach, describe, expect, it } from "vitest";
import { eq } from "drizzle-orm";
import { parts } from "../../src/core/routers.ts";
import { emailDrafts } from "../../src/db/schema/email.ts";
import { mails } from "../../src/db/schema/outgoing.ts";
import { anApiKey } from "../support/access.ts";
import { anonymous, as } from "../support/api.ts";
import { aCampaign, aDraft, aTemplate, giveSendgrid } from "../support/email.ts";
import { aCompany, aLead, db } from "../support/factories.ts";
import { aSandbox } from "../support/sandbox.ts";

afterEach(() => {
  delete parts.fetch;
});

const words = {
  name: "Spring offer",
  subject: "{{ first_name }}, {{ offer }}",
  content:
    "Hi {{ first_name | default: 'you' }},\n\n**{{ offer }}** at {{ property_name }}{% if bedrooms %}, {{ bedrooms }} rooms{% endif %}.",
  variables: [{ name: "offer", description: "What they get", default: "one month free" }],
};

describe("POST /api/email/templates", () => {
  it("keeps a template and tells which variables it uses", async () => {
    const { manager } = await aCompany();
    const { status, body } = await as(manager).post("/api/email/templates", words);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      ...words,
      property_id: null,
      content_type: "markdown",
      used_variables: ["first_name", "offer", "property_name", "bedrooms"],
    });
    const again = await as(manager).get(`/api/email/templates/${body.data.id}`);
    expect(again.body.data).toEqual(body.data);
  });

  it("refuses unknown variables, field by field and by name", async () => {
    const { manager } = await aCompany();
    const { status, body } = await as(manager).post("/api/email/templates", {
      ...words,
      subject: "{{ first_nam }}",
      content: "{{ offer }} {{ price }} {{ first_name.size }}",
    });
    expect([status, body.error.code]).toEqual([422, "VALIDATION_ERROR"]);
    expect(body.error.details).toMatchObject([
      {
        field: "subject",
        message: expect.stringMatching(/^unknown variables: first_nam; known are first_name/),
      },
      { field: "content", message: expect.stringMatching(/^unknown variables: price, first_name.size;/) },
    ]);
  });

  it.each([
    [{ content: "{{ first_name" }, "content", /is no template: .*not closed/],
    [{ content: "{% render 'x' %}" }, "content", /tag "render" not found/],
    [{ content: "{{ first_name | raw }}" }, "content", /undefined filter: raw/],
    [{ variables: [{ name: "Offer!" }] }, "variables.0.name", /must be a name/],
    [{ variables: [{ name: "first_name" }] }, "variables.0.name", /is drawn from the lead/],
    [{ content: "   " }, "content", /must not be empty/],
  ])("refuses %j", async (over, field, message) => {
    const { manager } = await aCompany();
    const { status, body } = await as(manager).post("/api/email/templates", { ...words, ...over });
    expect(status).toBe(422);
    expect(body.error.details).toContainEqual(
      expect.objectContaining({ field, message: expect.stringMatching(message) }),
    );
  });

  it("takes a name once", async () => {
    const { manager } = await aCompany();
    await as(manager).post("/api/email/templates", words);
    const { status, body } = await as(manager).post("/api/email/templates", words);
    expect([status, body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
  });
});

describe("a template", () => {
  it("is changed in part, archived, and gone from the list; its name is free again", async () => {
    const { manager, agent } = await aCompany();
    const api = as(manager);
    const { id } = (await api.post("/api/email/templates", words)).body.data;
    const changed = await api.put(`/api/email/templates/${id}`, { description: "For March", variables: [] });
    expect([changed.status, changed.body.error.message]).toEqual([422, expect.stringContaining("offer")]);
    const { body } = await api.put(`/api/email/templates/${id}`, { description: "For March" });
    expect(body.data).toMatchObject({ ...words, description: "For March" });
    expect((await as(agent).get("/api/email/templates?q=spring")).body.data).toMatchObject([{ id }]);
    await api.delete(`/api/email/templates/${id}`);
    expect((await api.get(`/api/email/templates/${id}`)).status).toBe(404);
    expect((await api.get("/api/email/templates")).body.data).toEqual([]);
    expect((await api.post("/api/email/templates", words)).status).toBe(201);
  });

  it("of a property is seen by its people only, and used for it only", async () => {
    const { agent, otherProperty, property } = await aCompany();
    const hidden = await aTemplate(otherProperty);
    const shared = await aTemplate(property, { propertyId: null, name: "Shared" });
    const api = as(agent);
    expect((await api.get("/api/email/templates")).body.data).toMatchObject([{ id: shared.id }]);
    expect((await api.get(`/api/email/templates/${hidden.id}`)).status).toBe(404);
    const lead = await aLead(property);
    const { status } = await api.post("/api/email/drafts", { lead_id: lead.id, template_id: hidden.id });
    expect(status).toBe(404);
  });

  it("is shown as somebody would get it, values escaped", async () => {
    const { agent, property } = await aCompany();
    const template = await aTemplate(property);
    const lead = await aLead(property, { firstName: "<b>Nora</b>" });
    const { body } = await as(agent).post(`/api/email/templates/${template.id}/preview`, {
      lead_id: lead.id,
      variables: { offer: "<script>alert(1)</script>" },
    });
    expect(body.data.subject).toBe("Hi <b>Nora</b>");
    expect(body.data.html).toContain("<strong>&lt;script&gt;alert(1)&lt;/script&gt;</strong> at Maple Court");
    expect(body.data.html).not.toContain("<script>");
  });

  it("can be tried out before it is saved", async () => {
    const { agent, property } = await aCompany();
    const letter = { subject: "Hi", content: "<p>{{ first_name }}</p>", content_type: "html" };
    const show = (over: object) =>
      as(agent).post("/api/email/templates/preview", { ...letter, property_id: property.id, ...over });
    expect((await show({})).body.data).toMatchObject({ subject: "Hi", text: "Robin" });
    expect((await show({ content: "{{ nobody }}" })).status).toBe(422);
  });

  it("names its variables to whoever writes one", async () => {
    const { viewer } = await aCompany();
    const { body } = await as(viewer).get("/api/email/templates/variables");
    expect(body.data).toContain("property_address");
  });
});

describe("POST /api/email/send-test", () => {
  async function aDesk() {
    const company = await aCompany();
    const sandbox = aSandbox();
    parts.fetch = sandbox.fetch;
    await giveSendgrid(company.id);
    return { company, sandbox, api: as(company.manager), lead: await aLead(company.property) };
  }

  it("sends a draft to whoever asks, marked, and changes nothing", async () => {
    const { company, sandbox, api, lead } = await aDesk();
    const draft = await aDraft(lead);
    const { status, body } = await api.post("/api/email/send-test", { draft_id: draft.id });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      to: company.manager.email,
      subject: "[Test] Hi Robin",
      status: "sent",
    });
    expect((await sandbox.mails()).map(({ to }) => to)).toEqual([[company.manager.email]]);
    const [row] = await db.select().from(emailDrafts).where(eq(emailDrafts.id, draft.id));
    expect(row).toEqual(draft);
  });

  it("sends a campaign with its footer, and counts nowhere", async () => {
    const { company, sandbox, api } = await aDesk();
    const campaign = await aCampaign(company.property);
    await api.post("/api/email/send-test", { campaign_id: campaign.id, to: company.agent.email });
    const [sent] = await sandbox.mails();
    expect(sent!.to).toEqual([company.agent.email]);
    expect(JSON.stringify(sent!.mail.content)).toContain("100 Main Street");
    const { body } = await api.get(`/api/email/campaigns/${campaign.id}`);
    expect(body.data.counts).toMatchObject({ recipients: 0, sent: 0 });
  });

  it("sends a letter that is not saved, and a template", async () => {
    const { company, api } = await aDesk();
    const property_id = company.property.id;
    const letter = { subject: "Hi {{ last_name }}", content: "Hi", property_id };
    expect((await api.post("/api/email/send-test", letter)).body.data.subject).toBe("[Test] Hi Field");
    const template = await aTemplate(company.property);
    expect((await api.post("/api/email/send-test", { template_id: template.id })).body.data.status).toBe(
      "sent",
    );
  });

  it("asks a program to say who is to get it", async () => {
    const { company, sandbox, lead } = await aDesk();
    const { header } = await anApiKey(company, ["view_email", "edit_email"]);
    const draft = await aDraft(lead);
    const test = (over: object) =>
      anonymous().post("/api/email/send-test", { draft_id: draft.id, ...over }, header);
    const { status, body } = await test({});
    expect([status, body.error.details[0].field]).toEqual([422, "to"]);
    await test({ to: company.agent.email });
    expect((await sandbox.mails()).map(({ to }) => to)).toEqual([[company.agent.email]]);
  });

  it.each([
    [{ to: "lead@example.test" }, ["to"]],
    [{ draft_id: undefined }, ["content"]],
    [{ template_id: "x" }, ["template_id"]],
    [{ draft_id: undefined, content: "Hi" }, ["subject", "property_id"]],
  ])("refuses %j", async (over, fields) => {
    const { api, lead, company } = await aDesk();
    const draft = await aDraft(lead);
    const { status, body } = await api.post("/api/email/send-test", { draft_id: draft.id, ...over });
    expect(status).toBe(422);
    expect(body.error.details.map(({ field }: { field: string }) => field)).toEqual(fields);
    expect(await db.select().from(mails).where(eq(mails.companyId, company.id))).toEqual([]);
  });
});

describe("/api/email/senders/:propertyId", () => {
  it("chooses in whose name a property's mails leave, and takes it back", async () => {
    const { admin, manager, property, agent } = await aCompany();
    const path = `/api/email/senders/${property.id}`;
    expect((await as(agent).get(path)).status).toBe(404);
    const setting = { from_address: "Leasing@Maple.test", from_name: "Maple Court" };
    const { status, body } = await as(manager).put(path, setting);
    expect([status, body.data]).toMatchObject([
      200,
      {
        property_id: property.id,
        from_address: "leasing@maple.test",
        from_name: "Maple Court",
        reply_to: null,
      },
    ]);
    expect((await as(admin).get("/api/email/senders")).body.data).toHaveLength(1);
    const broken = await as(manager).put(path, {
      from_address: "x@maple.test",
      from_name: "A\r\nBcc: b@c.test",
    });
    expect(broken.status).toBe(422);
    await as(manager).delete(path);
    expect((await as(agent).get(path)).status).toBe(404);
  });

  it("lets nobody overwrite unseen what another has set at the same moment", async () => {
    const { manager, property } = await aCompany();
    const path = `/api/email/senders/${property.id}`;
    const set = (name: string, match: Record<string, string> = {}) =>
      as(manager).put(path, { from_address: `${name}@maple.test` }, match);
    const { headers } = await set("first");
    const match = { "if-match": headers.get("etag")! };
    const answers = await Promise.all([set("a", match), set("b", match), set("c", match)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
  });
});
