import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Audience } from "../../modules/email/audience.schemas.ts";
import { at, json, stamps } from "./columns.ts";

const contentTypes = ["markdown", "html"] as const;

/** What a mail is made from: text with variables, and the values of those that are not drawn from the lead. */
const letter = () => ({
  subject: text("subject").notNull(),
  contentType: text("content_type", { enum: contentTypes }).notNull(),
  variables: json<Record<string, string>>("variables").notNull(),
});

/** Mails of people to leads, before and after they left. */
export const emailDrafts = sqliteTable(
  "email_drafts",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    leadId: text("lead_id").notNull(),
    conversationId: text("conversation_id"),
    templateId: text("template_id"),
    ...letter(),
    content: text("content").notNull(),
    preview: text("preview"),
    status: text("status", { enum: ["draft", "scheduled", "sent", "failed"] }).notNull(),
    priority: text("priority", { enum: ["low", "medium", "high"] }).notNull(),
    tags: json<unknown>("tags"),
    scheduledFor: at("scheduled_for"),
    sentAt: at("sent_at"),
    /** The mail that carries it, from the moment it is on its way; a failed draft gets another one when it is sent again. */
    mailId: text("mail_id"),
    error: text("error"),
    createdBy: text("created_by").notNull(),
    ...stamps(),
  },
  (table) => [
    index("email_drafts_by_created").on(table.companyId, table.createdAt, table.id),
    index("email_drafts_by_property").on(table.companyId, table.propertyId, table.createdAt, table.id),
    index("email_drafts_by_lead").on(table.companyId, table.leadId, table.createdAt, table.id),
    index("email_drafts_by_conversation").on(
      table.companyId,
      table.conversationId,
      table.createdAt,
      table.id,
    ),
    index("email_drafts_by_status").on(table.companyId, table.status, table.createdAt, table.id),
    index("email_drafts_by_mail").on(table.companyId, table.mailId),
    index("email_drafts_due")
      .on(table.scheduledFor)
      .where(sql`${table.status} = 'scheduled' and ${table.mailId} is null and ${table.deletedAt} is null`),
    index("email_drafts_by_clock")
      .on(table.companyId, table.scheduledFor)
      .where(sql`${table.status} = 'scheduled' and ${table.mailId} is null and ${table.deletedAt} is null`),
  ],
);

/** A variable of a template's own. Without a default its user must give a value. */
export type TemplateVariable = { name: string; description: string | null; default: string | null };

export const emailTemplates = sqliteTable(
  "email_templates",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    /** Null: for every property of the company. */
    propertyId: text("property_id"),
    name: text("name").notNull(),
    description: text("description"),
    subject: text("subject").notNull(),
    content: text("content").notNull(),
    contentType: text("content_type", { enum: contentTypes }).notNull(),
    variables: json<TemplateVariable[]>("variables").notNull(),
    ...stamps(),
  },
  (table) => [
    uniqueIndex("email_templates_by_name")
      .on(table.companyId, table.name)
      .where(sql`${table.deletedAt} is null`),
    index("email_templates_by_created").on(table.companyId, table.createdAt, table.id),
  ],
);

/** One mail to many leads of a property. */
export const emailCampaigns = sqliteTable(
  "email_campaigns",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    title: text("title").notNull(),
    description: text("description"),
    /** Where subject and content were taken from; later changes of the template do not reach it. */
    templateId: text("template_id"),
    ...letter(),
    templateContent: text("template_content").notNull(),
    audience: json<Audience>("audience").notNull(),
    status: text("status", { enum: ["draft", "scheduled", "sending", "paused", "sent"] }).notNull(),
    mailsPerMinute: integer("mails_per_minute").notNull(),
    scheduledFor: at("scheduled_for"),
    /** Counts how often it was set going, and the pages since: work of an earlier run or page is out of date. */
    run: integer("run").notNull().default(0),
    step: integer("step").notNull().default(0),
    /** The last lead that was looked at for the list of recipients. */
    audienceCursor: text("audience_cursor").notNull().default(""),
    /** When the list was complete. */
    expandedAt: at("expanded_at"),
    startedAt: at("started_at"),
    completedAt: at("completed_at"),
    error: text("error"),
    ...stamps(),
  },
  (table) => [
    index("email_campaigns_by_created").on(table.companyId, table.createdAt, table.id),
    index("email_campaigns_by_property").on(table.companyId, table.propertyId, table.createdAt, table.id),
    index("email_campaigns_by_status").on(table.companyId, table.status, table.createdAt, table.id),
    index("email_campaigns_by_title").on(table.companyId, table.title, table.id),
    index("email_campaigns_due")
      .on(table.scheduledFor)
      .where(sql`${table.status} = 'scheduled' and ${table.deletedAt} is null`),
    index("email_campaigns_by_clock")
      .on(table.companyId, table.scheduledFor)
      .where(sql`${table.status} = 'scheduled' and ${table.deletedAt} is null`),
  ],
);

export const recipientStatuses = ["pending", "sent", "failed", "suppressed", "cancelled"] as const;

/** Who gets a campaign: a lead once, an address once. The campaign's counts are counted here. */
export const emailCampaignRecipients = sqliteTable(
  "email_campaign_recipients",
  {
    companyId: text("company_id").notNull(),
    campaignId: text("campaign_id").notNull(),
    leadId: text("lead_id").notNull(),
    address: text("address").notNull(),
    status: text("status", { enum: recipientStatuses }).notNull(),
    /** Why it failed or was suppressed. */
    reason: text("reason"),
    mailId: text("mail_id"),
    settledAt: at("settled_at"),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.campaignId, table.leadId] }),
    uniqueIndex("email_campaign_recipients_by_address").on(table.companyId, table.campaignId, table.address),
    index("email_campaign_recipients_by_status").on(
      table.companyId,
      table.campaignId,
      table.status,
      table.leadId,
    ),
    index("email_campaign_recipients_by_mail").on(table.companyId, table.mailId),
  ],
);

export const suppressionReasons = ["unsubscribe", "bounce", "dropped", "spam_report", "manual"] as const;

/** Addresses that no campaign is sent to; one that bounced may have unsubscribed too, and each reason can be lifted alone. */
export const emailSuppressions = sqliteTable(
  "email_suppressions",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    /** In lower case. */
    address: text("address").notNull(),
    reason: text("reason", { enum: suppressionReasons }).notNull(),
    note: text("note"),
    /** The mail that led to it. */
    mailId: text("mail_id"),
    createdAt: at("created_at").notNull(),
    deletedAt: at("deleted_at"),
  },
  (table) => [
    uniqueIndex("email_suppressions_by_address")
      .on(table.companyId, table.address, table.reason)
      .where(sql`${table.deletedAt} is null`),
    // With the list's order behind the filter: else the planner takes the order's index and reads every address.
    index("email_suppressions_by_mailbox").on(table.companyId, table.address, table.createdAt, table.id),
    index("email_suppressions_by_created").on(table.companyId, table.createdAt, table.id),
    index("email_suppressions_by_reason").on(table.companyId, table.reason, table.createdAt, table.id),
  ],
);

/** In whose name a property's mails leave, where that is not our own address. */
export const emailSenders = sqliteTable(
  "email_senders",
  {
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    fromAddress: text("from_address").notNull(),
    fromName: text("from_name"),
    replyTo: text("reply_to"),
    version: integer("version").notNull().default(1),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.propertyId] })],
);

export const mailEventTypes = [
  "processed",
  "deferred",
  "delivered",
  "open",
  "click",
  "bounce",
  "blocked",
  "dropped",
  "spamreport",
  "unsubscribe",
] as const;

/** What the vendor told of our mails, each event once. A mail's fate is drawn from these, in whatever order they come. */
export const mailEvents = sqliteTable(
  "mail_events",
  {
    companyId: text("company_id").notNull(),
    /** The vendor's name of the event. */
    eventId: text("event_id").notNull(),
    mailId: text("mail_id").notNull(),
    type: text("type", { enum: mailEventTypes }).notNull(),
    at: at("at").notNull(),
    detail: text("detail"),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.eventId] }),
    index("mail_events_by_mail").on(table.companyId, table.mailId, table.type, table.at),
  ],
);
