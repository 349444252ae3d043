import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Context, PropertyAccess } from "../../src/core/context.ts";
import { systemContext } from "../../src/core/start-context.ts";
import { auditPage } from "../../src/modules/audit-log/queries.ts";
import { AuditQuery } from "../../src/modules/audit-log/schemas.ts";
import { campaignPage } from "../../src/modules/email/campaign-queries.ts";
import { CampaignQuery } from "../../src/modules/email/campaigns.schemas.ts";
import { draftPage } from "../../src/modules/email/draft-queries.ts";
import { DraftQuery } from "../../src/modules/email/drafts.schemas.ts";
import { SuppressionQuery } from "../../src/modules/email/suppressions.schemas.ts";
import { suppressionPage } from "../../src/modules/email/suppressions.ts";
import { templatePage } from "../../src/modules/email/template-queries.ts";
import { TemplateQuery } from "../../src/modules/email/templates.schemas.ts";
import { toldPage } from "../../src/modules/faqs/list-told.ts";
import { faqPage } from "../../src/modules/faqs/queries.ts";
import { FaqQuery, ToldQuery } from "../../src/modules/faqs/schemas.ts";
import { notificationPage as noticePage } from "../../src/modules/lead-notifications/queries.ts";
import { NotificationQuery as NoticeQuery } from "../../src/modules/lead-notifications/schemas.ts";
import { leadPage } from "../../src/modules/leads/queries.ts";
import { LeadQuery } from "../../src/modules/leads/schemas.ts";
import { propertyPage } from "../../src/modules/properties/queries.ts";
import { PropertyQuery } from "../../src/modules/properties/schemas.ts";
import { notificationPage } from "../../src/modules/property-managers/notifications.ts";
import { managerPage } from "../../src/modules/property-managers/queries.ts";
import { ManagerQuery, NotificationQuery } from "../../src/modules/property-managers/schemas.ts";
import { DeliveryQuery } from "../../src/modules/status/webhooks/delivery-schemas.ts";
import { deliveryPage } from "../../src/modules/status/webhooks/list-deliveries.ts";
import { webhookPage } from "../../src/modules/status/webhooks/queries.ts";
import { WebhookQuery } from "../../src/modules/status/webhooks/schemas.ts";
import { taskPage } from "../../src/modules/tasks/queries.ts";
import { TaskQuery } from "../../src/modules/tasks/schemas.ts";
import { userPage } from "../../src/modules/users/queries.ts";
import { UserQuery } from "../../src/modules/users/schemas.ts";
import { aCompany } from "../support/factories.ts";

type Statement = { toSQL(): { sql: string; params: unknown[] } };
type Lists = Record<string, (ctx: Context, query: object) => readonly Statement[]>;

const lists: Lists = {
  properties: (ctx, query) => propertyPage(ctx, PropertyQuery.parse(query)),
  managers: (ctx, query) => managerPage(ctx, ManagerQuery.parse(query)),
  notifications: (ctx, query) => notificationPage(ctx, "manager", NotificationQuery.parse(query)),
  faqs: (ctx, query) => faqPage(ctx, FaqQuery.parse(query)),
  told: (ctx, query) => toldPage(ctx, { companyId: ctx.companyId, faqId: "f" }, ToldQuery.parse(query)),
  tasks: (ctx, query) => taskPage(ctx, TaskQuery.parse(query)),
  "lead notifications": (ctx, query) => noticePage(ctx, NoticeQuery.parse(query)),
  leads: (ctx, query) => leadPage(ctx, LeadQuery.parse(query)),
  users: (ctx, query) => userPage(ctx, UserQuery.parse(query)),
  webhooks: (ctx, query) => webhookPage(ctx, WebhookQuery.parse(query)),
  deliveries: (ctx, query) => deliveryPage(ctx, "w", DeliveryQuery.parse(query)),
  audit: (ctx, query) => auditPage(ctx, AuditQuery.parse(query)),
  drafts: (ctx, query) => draftPage(ctx, DraftQuery.parse(query)),
  templates: (ctx, query) => templatePage(ctx, TemplateQuery.parse(query)),
  campaigns: (ctx, query) => campaignPage(ctx, CampaignQuery.parse(query)),
  suppressions: (ctx, query) => suppressionPage(ctx, SuppressionQuery.parse(query)),
};

async function planOf(statement: Statement): Promise<string[]> {
  const { sql, params } = statement.toSQL();
  const { results } = await env.DB.prepare(`explain query plan ${sql}`)
    .bind(...params)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

/** The lists as an admin, who sees everything, and as an agent, who sees single properties. */
async function plansOf(list: string, query: object): Promise<string[][]> {
  const { id, property } = await aCompany();
  const ctx = await systemContext(env, id, "test", () => {});
  const staff = { kind: "staff", id: "a", name: "A", email: "a@example.test", managerId: "m" } as const;
  const callers: PropertyAccess[] = ["all", new Map([[property.id, "write"]])];
  const statements = callers.flatMap((access) => {
    const actor = { ...staff, role: "agent" as const, permissions: new Set<never>(), properties: access };
    return lists[list]!({ ...ctx!, actor }, query);
  });
  return Promise.all(statements.map(planOf));
}

const at = "2026-01-01T00:00:00Z";

describe("a list", () => {
  it.each([
    ["properties", {}],
    ["properties", { q: "maple" }],
    ["properties", { city: "Chicago", state: "IL", property_type: "condo", chatbot_is_active: "true" }],
    ["properties", { sort: "-created_at" }],
    ["managers", {}],
    ["managers", { q: "reed", access_level: "read" }],
    ["managers", { property_id: "p" }],
    ["notifications", {}],
    ["notifications", { unread: "true" }],
    ["notifications", { unread: "false" }],
    ["faqs", {}],
    ["faqs", { q: "parking", sort: "-asked_count" }],
    ["faqs", { property_id: "p", status: "pending" }],
    ["faqs", { assigned_to: "m" }],
    ["faqs", { category: "c", source_type: "chat", from: at, to: at, overdue: "true" }],
    ["faqs", { conversation_id: "c" }],
    ["told", {}],
    ["told", { outdated: "true", version: "1" }],
    ["tasks", {}],
    ["tasks", { property_id: "p", status: "pending" }],
    ["tasks", { assigned_to: "m" }],
    ["tasks", { conversation_id: "c", lead_id: "l" }],
    ["tasks", { q: "paint", from: at, to: at, overdue: "true", sort: "due_at" }],
    ["lead notifications", {}],
    ["lead notifications", { property_id: "p", notification_type: "t", status: "sent", q: "x" }],
    ["lead notifications", { property_manager_id: "m", unread: "true" }],
    ["lead notifications", { conversation_id: "c", lead_id: "l", from: at, to: at }],
    ["leads", {}],
    ["leads", { q: "nora", from: at, to: at, overdue: "true", sort: "sla_deadline" }],
    ["leads", { status: "new", sort: "lead_score" }],
    ["users", {}],
    ["users", { q: "nora" }],
    ["users", { email: "nora@example.test" }],
    ["users", { phone: "+13125550142" }],
    ["users", { property_id: "p" }],
    ["users", { from: at, to: at }],
    ["webhooks", {}],
    ["webhooks", { is_active: "true", entity_type: "order", q: "hooks" }],
    ["deliveries", {}],
    ["deliveries", { status: "failed" }],
    ["deliveries", { entity_type: "order", entity_id: "7" }],
    ["audit", {}],
    ["audit", { record_type: "user", record_id: "u" }],
    ["audit", { actor_id: "a" }],
    ["audit", { action: "update" }],
    ["audit", { from: at, to: at }],
    ["drafts", {}],
    ["drafts", { q: "offer", priority: "high" }],
    ["drafts", { sort: "scheduled_for" }],
    ["templates", {}],
    ["templates", { property_id: "p", q: "offer" }],
    ["campaigns", {}],
    ["campaigns", { q: "offer" }],
    ["suppressions", {}],
    ["suppressions", { q: "example" }],
  ])("of %s with %j reads by an index, never a whole table", async (list, query) => {
    const plans = await plansOf(list, query);
    const scans = plans.flat().filter((step) => step.startsWith("SCAN ") && !/json_each|subquery/.test(step));
    expect(scans).toEqual([]);
    expect(plans.flat().some((step) => /USING (COVERING )?INDEX/.test(step))).toBe(true);
  });

  it.each([
    ["properties", {}, "properties_by_company (company_id=?)"],
    ["managers", {}, "property_managers_by_name (company_id=?)"],
    ["managers", { property_id: "p" }, "property_assignments_by_property (company_id=? AND property_id=?"],
    ["notifications", {}, "lead_notifications_by_manager (company_id=? AND property_manager_id=?)"],
    [
      "notifications",
      { unread: "true" },
      "lead_notifications_unread (company_id=? AND property_manager_id=?)",
    ],
    ["faqs", {}, "faqs_by_created (company_id=?)"],
    ["faqs", { property_id: "p" }, "faqs_by_property (company_id=? AND property_id=?"],
    ["faqs", { status: "pending" }, "faqs_by_status (company_id=? AND status=?"],
    ["faqs", { assigned_to: "m" }, "faqs_by_assignee (company_id=? AND assigned_to=?"],
    ["faqs", { conversation_id: "c" }, "faqs_by_conversation (company_id=? AND conversation_id=?"],
    ["told", {}, "(company_id=? AND faq_id=?"],
    ["tasks", {}, "tasks_by_created (company_id=?)"],
    ["tasks", { property_id: "p" }, "tasks_by_property (company_id=? AND property_id=?"],
    ["tasks", { status: "pending" }, "tasks_by_status (company_id=? AND status=?"],
    ["tasks", { assigned_to: "m" }, "tasks_by_assignee (company_id=? AND assigned_to=?"],
    ["tasks", { conversation_id: "c" }, "tasks_by_conversation (company_id=? AND conversation_id=?"],
    ["tasks", { faq_id: "f" }, "tasks_by_faq (company_id=? AND faq_id=?"],
    ["lead notifications", {}, "lead_notifications_by_created (company_id=?)"],
    [
      "lead notifications",
      { conversation_id: "c" },
      "lead_notifications_by_conversation (company_id=? AND conversation_id=?",
    ],
    ["lead notifications", { lead_id: "l" }, "lead_notifications_by_lead (company_id=? AND lead_id=?"],
    [
      "lead notifications",
      { property_id: "p" },
      "lead_notifications_by_property (company_id=? AND property_id=?",
    ],
    ["leads", {}, "leads_by_activity (company_id=?)"],
    ["leads", { property_id: "p" }, "leads_by_property (company_id=? AND property_id=?"],
    ["leads", { assigned_to: "m" }, "leads_by_assignee (company_id=? AND assigned_to=?"],
    ["leads", { sync_status: "failed" }, "leads_by_sync (company_id=? AND resman_sync_status=?"],
    ["leads", { from: at, to: at }, "leads_by_created (company_id=? AND created_at>? AND created_at<?)"],
    ["leads", { sort: "-created_at" }, "leads_by_created (company_id=?)"],
    ["users", {}, "users_by_created (company_id=?)"],
    ["users", { email: "nora@example.test" }, "users_by_email (company_id=? AND email=?)"],
    ["users", { phone: "+13125550142" }, "users_by_phone (company_id=? AND phone=?)"],
    ["users", { property_id: "p" }, "user_sessions_by_property (company_id=? AND property_id=?)"],
    ["users", { from: at, to: at }, "users_by_created (company_id=? AND created_at>? AND created_at<?)"],
    ["webhooks", {}, "status_webhooks_by_company (company_id=?)"],
    ["deliveries", {}, "webhook_deliveries_by_time (company_id=? AND webhook_id=?)"],
    [
      "deliveries",
      { status: "failed" },
      "webhook_deliveries_by_status (company_id=? AND webhook_id=? AND status=?)",
    ],
    [
      "deliveries",
      { entity_type: "order", entity_id: "7" },
      "webhook_deliveries_by_entity (company_id=? AND webhook_id=? AND entity_type=? AND entity_id=?)",
    ],
    ["audit", { from: at, to: at }, "(company_id=? AND id>? AND id<?)"],
    [
      "audit",
      { record_type: "user", record_id: "u" },
      "audit_log_by_record (company_id=? AND record_type=? AND record_id=?",
    ],
    ["audit", { actor_id: "a" }, "audit_log_by_actor (company_id=? AND actor_id=?"],
    ["audit", { action: "update" }, "audit_log_by_action (company_id=? AND action=?"],
    ["drafts", {}, "email_drafts_by_created (company_id=?)"],
    [
      "drafts",
      { from: at, to: at },
      "email_drafts_by_created (company_id=? AND created_at>? AND created_at<?)",
    ],
    ["drafts", { lead_id: "l" }, "email_drafts_by_lead (company_id=? AND lead_id=?)"],
    ["drafts", { property_id: "p" }, "email_drafts_by_property (company_id=? AND property_id=?)"],
    ["drafts", { conversation_id: "c" }, "email_drafts_by_conversation (company_id=? AND conversation_id=?)"],
    ["drafts", { status: "failed" }, "email_drafts_by_status (company_id=? AND status=?)"],
    ["templates", {}, "email_templates_by_name (company_id=?)"],
    ["campaigns", {}, "email_campaigns_by_created (company_id=?)"],
    ["campaigns", { property_id: "p" }, "email_campaigns_by_property (company_id=? AND property_id=?)"],
    ["campaigns", { status: "sending" }, "email_campaigns_by_status (company_id=? AND status=?)"],
    ["campaigns", { sort: "title" }, "email_campaigns_by_title (company_id=?)"],
    ["suppressions", {}, "email_suppressions_by_created (company_id=?)"],
    ["suppressions", { email: "a@b.test" }, "email_suppressions_by_mailbox (company_id=? AND address=?)"],
    ["suppressions", { reason: "bounce" }, "email_suppressions_by_reason (company_id=? AND reason=?)"],
  ])("of %s with %j is found by %s", async (list, query, index) => {
    const [page = []] = await plansOf(list, query);
    expect(page.join("\n")).toContain(index);
  });
});
