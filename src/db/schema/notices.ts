import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ChannelMatrix, QuietHours } from "../../modules/lead-notifications/choose-channels.ts";
import { at, json } from "./columns.ts";

/** Every happening a manager was told of; several of one kind may share a notification. */
export const notificationEvents = sqliteTable(
  "notification_events",
  {
    companyId: text("company_id").notNull(),
    /** The happening and whom it was told to: the same one is told once. */
    dedupeKey: text("dedupe_key").notNull(),
    notificationId: text("notification_id").notNull(),
    /** Order in which they came. */
    id: text("id").notNull(),
    title: text("title").notNull(),
    body: text("body").notNull(),
    payload: json<Record<string, unknown>>("payload"),
    happenedAt: at("happened_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.dedupeKey] }),
    index("notification_events_by_notification").on(table.companyId, table.notificationId, table.id),
  ],
);

/** What leaves the house for a notification, by e-mail or SMS, once for each. */
export const notificationDeliveries = sqliteTable(
  "notification_deliveries",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    notificationId: text("notification_id").notNull(),
    channel: text("channel", { enum: ["email", "sms"] }).notNull(),
    toAddress: text("to_address").notNull(),
    /**
     * `sending`: handed to the vendor, whose answer is not known; `kept`: the company has no vendor;
     * `skipped`: read before it was due.
     */
    status: text("status", {
      enum: ["waiting", "sending", "sent", "kept", "skipped", "failed"],
    }).notNull(),
    /** Company time; later than now during quiet hours. */
    dueAt: at("due_at").notNull(),
    /** Grows when it leaves again: one that failed, or that others have joined since. */
    round: integer("round").notNull().default(1),
    /** The words as they were handed over. */
    text: text("text"),
    /** Real time of the hand-over. */
    handedAt: at("handed_at"),
    mailId: text("mail_id"),
    vendorMessageId: text("vendor_message_id"),
    error: text("error"),
    createdAt: at("created_at").notNull(),
    sentAt: at("sent_at"),
  },
  (table) => [
    uniqueIndex("notification_deliveries_by_channel").on(
      table.companyId,
      table.notificationId,
      table.channel,
    ),
    index("notification_deliveries_by_message")
      .on(table.companyId, table.vendorMessageId)
      .where(sql`${table.vendorMessageId} is not null`),
    index("notification_deliveries_due")
      .on(table.dueAt)
      .where(sql`${table.status} = 'waiting'`),
    index("notification_deliveries_due_in_company")
      .on(table.companyId, table.dueAt)
      .where(sql`${table.status} = 'waiting'`),
  ],
);

/** What a manager wants to hear of, how, and when not. Absent fields mean the usual. */
export const notificationPreferences = sqliteTable(
  "notification_preferences",
  {
    companyId: text("company_id").notNull(),
    managerId: text("manager_id").notNull(),
    channels: json<ChannelMatrix>("channels").notNull(),
    quietHours: json<QuietHours>("quiet_hours"),
    /** Null: the zone of the property a notification is about. */
    timeZone: text("time_zone"),
    version: integer("version").notNull().default(1),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.managerId] })],
);
