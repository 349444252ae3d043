import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, flag, json, stamps } from "./columns.ts";

/** Work that must follow a committed change. Written in the same batch as the change; a queue message only names a row. */
export const outbox = sqliteTable(
  "outbox",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    topic: text("topic", {
      enum: ["resman-sync", "notifications", "webhook-deliveries", "projections"],
    }).notNull(),
    /** Rows of one topic and key are worked in order, one at a time. */
    key: text("key").notNull(),
    payload: json<Record<string, unknown>>("payload").notNull(),
    /** The same happening told twice is one row. */
    dedupeKey: text("dedupe_key").notNull(),
    status: text("status", { enum: ["pending", "done", "parked"] })
      .notNull()
      .default("pending"),
    attempts: integer("attempts").notNull().default(0),
    /** Real time, like every time in this table: retries do not obey a moved company clock. */
    nextAttemptAt: at("next_attempt_at").notNull(),
    leaseUntil: at("lease_until"),
    lastError: text("last_error"),
    createdAt: at("created_at").notNull(),
    doneAt: at("done_at"),
  },
  (table) => [
    uniqueIndex("outbox_by_dedupe_key").on(table.companyId, table.topic, table.dedupeKey),
    index("outbox_due")
      .on(table.nextAttemptAt)
      .where(sql`${table.status} = 'pending'`),
    index("outbox_in_order")
      .on(table.companyId, table.topic, table.key, table.id)
      .where(sql`${table.status} <> 'done'`),
    index("outbox_finished")
      .on(table.doneAt)
      .where(sql`${table.status} = 'done'`),
  ],
);

export type Attachment = { filename: string; type: string; content: string };

/** Every mail that leaves or would leave; where a company has no mail vendor this is the outbox people read. */
export const mails = sqliteTable(
  "mails",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id"),
    dedupeKey: text("dedupe_key").notNull(),
    toAddress: text("to_address").notNull(),
    toName: text("to_name"),
    fromAddress: text("from_address").notNull(),
    fromName: text("from_name"),
    replyTo: text("reply_to"),
    subject: text("subject").notNull(),
    text: text("text").notNull(),
    html: text("html"),
    attachments: json<Attachment[]>("attachments").notNull(),
    /** `personal`: a letter of one person to another; it and a campaign's are never sent twice on a guess. */
    kind: text("kind", { enum: ["transactional", "personal", "campaign", "test"] })
      .notNull()
      .default("transactional"),
    campaignId: text("campaign_id"),
    /** Headers beyond the usual. */
    headers: json<Record<string, string>>("headers"),
    /** `sending`: handed to the vendor, whose answer is not known; `kept`: the company has no mail vendor. */
    status: text("status", { enum: ["queued", "sending", "sent", "kept", "failed"] }).notNull(),
    vendorMessageId: text("vendor_message_id"),
    error: text("error"),
    createdAt: at("created_at").notNull(),
    sentAt: at("sent_at"),
    /** Real time until which somebody has it in hand. */
    heldUntil: at("held_until"),
    deliveredAt: at("delivered_at"),
    openedAt: at("opened_at"),
    clickedAt: at("clicked_at"),
    bouncedAt: at("bounced_at"),
    bounceReason: text("bounce_reason"),
    complainedAt: at("complained_at"),
    unsubscribedAt: at("unsubscribed_at"),
  },
  (table) => [
    index("mails_by_campaign")
      .on(table.companyId, table.campaignId)
      .where(sql`${table.campaignId} is not null`),
    uniqueIndex("mails_by_dedupe_key").on(table.companyId, table.dedupeKey),
    index("mails_by_created").on(table.companyId, table.createdAt, table.id),
  ],
);

export const leadNotifications = sqliteTable(
  "lead_notifications",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    conversationId: text("conversation_id"),
    leadId: text("lead_id"),
    propertyManagerId: text("property_manager_id"),
    notificationType: text("notification_type").notNull(),
    status: text("status", { enum: ["pending", "sent", "read", "responded", "failed"] }).notNull(),
    title: text("title").notNull(),
    body: text("body").notNull(),
    payload: json<Record<string, unknown>>("payload"),
    dedupeKey: text("dedupe_key").notNull(),
    /** Whether it is in the manager's list; one that leaves by mail only is not. */
    inApp: flag("in_app").notNull().default(true),
    /** Happenings it stands for. */
    repeatCount: integer("repeat_count").notNull().default(1),
    lastEventAt: at("last_event_at"),
    sentAt: at("sent_at"),
    readAt: at("read_at"),
    responseAt: at("response_at"),
    responseNote: text("response_note"),
    ...stamps(),
  },
  (table) => [
    uniqueIndex("lead_notifications_by_dedupe_key").on(table.companyId, table.dedupeKey),
    index("lead_notifications_by_created").on(table.companyId, table.createdAt, table.id),
    index("lead_notifications_by_property").on(table.companyId, table.propertyId, table.createdAt, table.id),
    index("lead_notifications_by_lead").on(table.companyId, table.leadId, table.createdAt, table.id),
    index("lead_notifications_by_manager").on(table.companyId, table.propertyManagerId, table.id),
    index("lead_notifications_unread")
      .on(table.companyId, table.propertyManagerId, table.id)
      .where(sql`${table.readAt} is null and ${table.deletedAt} is null`),
    index("lead_notifications_by_conversation").on(
      table.companyId,
      table.conversationId,
      table.createdAt,
      table.id,
    ),
  ],
);
