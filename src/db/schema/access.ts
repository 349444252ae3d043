import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Permission } from "../../core/permissions.ts";
import { at, json } from "./columns.ts";

// Times here are real time: who may come in does not obey a moved company clock.

/** Links that let somebody choose a password without knowing the old one. Only a digest of each is kept. */
export const passwordResets = sqliteTable(
  "password_resets",
  {
    hash: text("hash").primaryKey(),
    accountId: text("account_id").notNull(),
    purpose: text("purpose", { enum: ["reset", "invite"] }).notNull(),
    createdAt: at("created_at").notNull(),
    expiresAt: at("expires_at").notNull(),
    usedAt: at("used_at"),
  },
  (table) => [
    index("password_resets_by_account").on(table.accountId, table.createdAt),
    index("password_resets_by_expiry").on(table.expiresAt),
  ],
);

/** Keys of other programs. They belong to the company and outlive the account that made them. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    name: text("name").notNull(),
    hash: text("hash").notNull(),
    lastFour: text("last_four").notNull(),
    permissions: json<Permission[]>("permissions").notNull(),
    /** Null: every property of the company. */
    propertyIds: json<string[]>("property_ids"),
    createdBy: text("created_by").notNull(),
    createdByName: text("created_by_name").notNull(),
    createdAt: at("created_at").notNull(),
    expiresAt: at("expires_at"),
    /** Recorded at most once a minute. */
    lastUsedAt: at("last_used_at"),
    rotatedAt: at("rotated_at"),
    revokedAt: at("revoked_at"),
  },
  (table) => [
    uniqueIndex("api_keys_by_hash").on(table.hash),
    index("api_keys_by_company").on(table.companyId, table.createdAt, table.id),
  ],
);

export type ErasureReceipt = Record<string, number>;

/** The promise to forget a visitor, and how far it has come. Holds no personal data itself. */
export const erasures = sqliteTable(
  "erasures",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    userId: text("user_id").notNull(),
    status: text("status", { enum: ["pending", "done"] }).notNull(),
    /** What was removed or blanked, by kind. */
    receipt: json<ErasureReceipt>("receipt").notNull(),
    requestedBy: text("requested_by").notNull(),
    requestedByName: text("requested_by_name").notNull(),
    requestedAt: at("requested_at").notNull(),
    finishedAt: at("finished_at"),
  },
  (table) => [uniqueIndex("erasures_by_user").on(table.companyId, table.userId)],
);

/** Where a walk through a company's tables stands. */
export type ExportPlace = { table: number; after: number };

export const companyExports = sqliteTable(
  "company_exports",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    status: text("status", { enum: ["pending", "running", "ready", "failed", "expired"] }).notNull(),
    place: json<ExportPlace>("place").notNull(),
    chunks: integer("chunks").notNull().default(0),
    bytes: integer("bytes").notNull().default(0),
    /** Records by table. */
    counts: json<Record<string, number>>("counts").notNull(),
    error: text("error"),
    requestedBy: text("requested_by").notNull(),
    requestedByName: text("requested_by_name").notNull(),
    createdAt: at("created_at").notNull(),
    finishedAt: at("finished_at"),
    /** From then on it can no longer be downloaded. */
    expiresAt: at("expires_at").notNull(),
  },
  (table) => [
    index("company_exports_by_company").on(table.companyId, table.createdAt, table.id),
    index("company_exports_by_expiry").on(table.expiresAt),
    uniqueIndex("company_exports_at_work")
      .on(table.companyId)
      .where(sql`${table.status} in ('pending', 'running')`),
  ],
);

/** Lines of an export, in order. */
export const companyExportChunks = sqliteTable(
  "company_export_chunks",
  {
    companyId: text("company_id").notNull(),
    exportId: text("export_id").notNull(),
    seq: integer("seq").notNull(),
    body: text("body").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.exportId, table.seq] })],
);

/** For how many days a company keeps what; null keeps it for good. */
export const companyRetention = sqliteTable("company_retention", {
  companyId: text("company_id").primaryKey(),
  conversationsDays: integer("conversations_days"),
  mailsDays: integer("mails_days"),
  notificationsDays: integer("notifications_days"),
  visitorSessionsDays: integer("visitor_sessions_days"),
  auditLogDays: integer("audit_log_days"),
  version: integer("version").notNull().default(1),
  updatedAt: at("updated_at").notNull(),
});
