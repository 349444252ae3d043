import { and, eq } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { statusTemplates } from "../../src/db/schema/automation.ts";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import { as } from "../support/api.ts";
import { deliverAll, passWaits } from "../support/deliver.ts";
import { orderWorkflow } from "../support/status.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
beforeEach(async () => {
  company = await aCompany();
});

describe("/api/resman/status-templates/:propertyId", () => {
  const path = () => `/api/resman/status-templates/${company.property.id}`;
  const template = { old_status: null, new_status: "lost", title: "Gone", body: "{{lead_name}} is gone" };

  it("shows the words there are, those used without them, and what they may name", async () => {
    const { body, headers } = await as(company.viewer).get(path());
    expect(body.data).toMatchObject({
      templates: [],
      default_template: { title: "{{lead_name}}: {{new_status}}" },
    });
    expect(body.data.variables).toContain("status_reason");
    expect(headers.get("etag")).toBe('"0"');
  });

  it("replaces them all at once, and not over what the caller has not seen", async () => {
    const api = as(company.manager);
    const saved = await api.put(path(), { templates: [template] }, { "if-match": '"0"' });
    expect(saved.body.data.templates).toEqual([template]);
    expect((await api.put(path(), { templates: [] }, { "if-match": '"0"' })).status).toBe(412);
    expect((await api.put(path(), { templates: [] })).body.data.templates).toEqual([]);
    const rows = await db.select().from(statusTemplates).where(eq(statusTemplates.companyId, company.id));
    expect(rows).toMatchObject([{ version: 2 }]);
  });

  it.each([
    ["templates.0.title", [{ ...template, title: "{{rent}}" }]],
    ["templates.0.body", [{ ...template, body: "{{lead_name" }]],
    ["templates.1", [template, template]],
    ["templates.0.new_status", [{ ...template, new_status: "asleep" }]],
    ["templates.0.old_status", [{ ...template, old_status: "asleep" }]],
  ])("refuses a bad %s", async (field, templates) => {
    const { status, body } = await as(company.manager).put(path(), { templates });
    expect(status).toBe(422);
    expect(body.error.details[0].field).toBe(field);
  });

  it("has words for the statuses of the company's own lead workflow, too", async () => {
    const steps = [
      { status_name: "asked", status_label: "Asked", step_order: 1, allowed_transitions: ["asleep"] },
      { status_name: "asleep", status_label: "Asleep", step_order: 2, is_final: true },
    ];
    const own = orderWorkflow({ entity_type: "lead", workflow_name: "Ours", is_default: false, steps });
    expect((await as(company.admin).post("/api/v1/status/workflows", own)).status).toBe(201);
    const templates = [{ ...template, old_status: "asked", new_status: "asleep" }];
    expect((await as(company.manager).put(path(), { templates })).body.data.templates).toEqual(templates);
  });

  it("is closed to properties one is not assigned to", async () => {
    const other = `/api/resman/status-templates/${company.otherProperty.id}`;
    expect((await as(company.agent).get(other)).status).toBe(404);
  });
});

describe("a lead's change of status", () => {
  const move = (leadId: string, body: object) =>
    as(company.agent).put(`/api/resman/leads/${leadId}/status`, { updated_by: "resman_user", ...body });

  it("is told in the property's own words", async () => {
    const path = `/api/resman/status-templates/${company.property.id}`;
    const own = {
      new_status: "lost",
      title: "{{lead_name}} is gone",
      body: "{{old_status}} at {{property_name}}: {{status_reason}} ({{changed_by}})",
    };
    expect((await as(company.manager).put(path, { templates: [own] })).status).toBe(200);
    const lead = await aLead(company.property);
    await move(lead.id, { new_status: "lost", status_reason: "Rent" });
    await vi.waitFor(async () => {
      await passWaits(company.id);
      await deliverAll(company.id, "notifications");
      const { companyId, notificationType } = leadNotifications;
      const [notice] = await db
        .select()
        .from(leadNotifications)
        .where(and(eq(companyId, company.id), eq(notificationType, "status_changed")));
      expect(notice).toMatchObject({
        title: "Robin Field is gone",
        body: "New at Maple Court: Rent (The agent)",
        payload: { priority: "low" },
      });
    });
  });

  it("goes into mails as text, whatever the lead is called", async () => {
    await as(company.admin).post("/api/resman/status-workflows", {
      property_id: company.property.id,
      trigger_status: "contacted",
      target_status: "contacted",
      conditions: {},
      actions: [
        {
          type: "send_notification",
          config: {
            recipients: [{ type: "email", email: "desk@example.test" }],
            channels: ["email"],
            title: "{{lead_name}}",
            message: "Hello {{lead_name}}",
          },
        },
      ],
    });
    const lead = await aLead(company.property, {
      firstName: "<img src=x>\r\nBcc: a@b.example",
      lastName: "Field",
    });
    await move(lead.id, { new_status: "contacted" });
    const [mail] = await db.select().from(mails).where(eq(mails.companyId, company.id));
    expect(mail!.subject).toBe("<img src=x> Bcc: a@b.example Field");
    expect(mail!.html).not.toContain("<img");
    expect(mail!.html).toContain("&lt;img src=x&gt;");
  });
});
