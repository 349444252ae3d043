import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, flag, json, stamps } from "./columns.ts";

/** Who is called when a status changes. Times here and below are company time. */
export const statusWebhooks = sqliteTable(
  "status_webhooks",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    url: text("url").notNull(),
    description: text("description"),
    events: json<string[]>("events").notNull(),
    /** These three let everything through when they are empty. */
    entityTypes: json<string[]>("entity_types").notNull(),
    statusFilters: json<string[]>("status_filters").notNull(),
    propertyIds: json<string[]>("property_ids").notNull(),
    /** Name to last four characters; the values are sealed. */
    headerHints: json<Record<string, string>>("header_hints").notNull(),
    headersKeyId: text("headers_key_id"),
    headersCiphertext: text("headers_ciphertext"),
    maxPerSecond: integer("max_per_second"),
    isActive: flag("is_active").notNull(),
    /** Set while it is switched off by us and not by a person. */
    disabledAt: at("disabled_at"),
    disabledReason: text("disabled_reason", { enum: ["gone", "failing"] }),
    /** Since when every delivery has failed, and which message was the first; null while all is well. */
    failingSince: at("failing_since"),
    failingMessageId: text("failing_message_id"),
    /** Whether people were told that it fails, and so must be told when it does no more. */
    failingTold: flag("failing_told").notNull().default(false),
    createdBy: text("created_by").notNull(),
    ...stamps(),
  },
  (table) => [
    index("status_webhooks_by_company")
      .on(table.companyId, table.id)
      .where(sql`${table.deletedAt} is null`),
  ],
);

/** What messages are signed with, sealed. The one that does not expire is the current one. */
export const webhookSecrets = sqliteTable(
  "webhook_secrets",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    webhookId: text("webhook_id").notNull(),
    keyId: text("key_id").notNull(),
    ciphertext: text("ciphertext").notNull(),
    lastFour: text("last_four").notNull(),
    createdAt: at("created_at").notNull(),
    expiresAt: at("expires_at"),
  },
  (table) => [index("webhook_secrets_by_webhook").on(table.companyId, table.webhookId, table.id)],
);

/** A message for one receiver and what became of it. When it is tried next says its outbox row. */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    companyId: text("company_id").notNull(),
    webhookId: text("webhook_id").notNull(),
    /** The message's id, the same for every receiver: what travels as `webhook-id`. */
    id: text("id").notNull(),
    event: text("event").notNull(),
    entityType: text("entity_type").notNull(),
    entityId: text("entity_id").notNull(),
    propertyId: text("property_id"),
    /** Number of the event among those of its entity. */
    sequence: integer("sequence").notNull(),
    /** The body to the letter: every attempt signs and sends the same. */
    body: text("body").notNull(),
    status: text("status", { enum: ["pending", "delivered", "failed", "cancelled"] }).notNull(),
    /** Attempts by schedule; those asked for by hand are not counted. */
    attempts: integer("attempts").notNull().default(0),
    outboxId: text("outbox_id").notNull(),
    createdAt: at("created_at").notNull(),
    deliveredAt: at("delivered_at"),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id, table.webhookId] }),
    index("webhook_deliveries_by_time").on(table.companyId, table.webhookId, table.createdAt, table.id),
    index("webhook_deliveries_by_status").on(
      table.companyId,
      table.webhookId,
      table.status,
      table.createdAt,
      table.id,
    ),
    index("webhook_deliveries_by_entity").on(
      table.companyId,
      table.webhookId,
      table.entityType,
      table.entityId,
      table.createdAt,
      table.id,
    ),
    index("webhook_deliveries_by_age").on(table.createdAt),
  ],
);

export const webhookAttempts = sqliteTable(
  "webhook_attempts",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    webhookId: text("webhook_id").notNull(),
    deliveryId: text("delivery_id").notNull(),
    trigger: text("trigger", { enum: ["schedule", "manual", "test"] }).notNull(),
    url: text("url").notNull(),
    /** Null where no answer came; `error` says why then. */
    statusCode: integer("status_code"),
    error: text("error"),
    /** The beginning of the answer's body. */
    response: text("response"),
    latencyMs: integer("latency_ms").notNull(),
    attemptedAt: at("attempted_at").notNull(),
  },
  (table) => [
    index("webhook_attempts_by_delivery").on(table.companyId, table.webhookId, table.deliveryId, table.id),
    index("webhook_attempts_by_age").on(table.attemptedAt),
  ],
);
