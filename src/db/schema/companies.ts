import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, flag, stamps } from "./columns.ts";

export const companies = sqliteTable(
  "companies",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    logoUrl: text("logo_url"),
    contactEmail: text("contact_email"),
    contactPhone: text("contact_phone"),
    hubspotCompanyId: text("hubspot_company_id"),
    calendlyOrgUri: text("calendly_org_uri"),
    resmanAccountId: text("resman_account_id"),
    twilioAccountSid: text("twilio_account_sid"),
    /** A number in E.164 or the SID of a messaging service. */
    twilioFrom: text("twilio_from"),
    /** A sandbox company's clock may be moved, and it never meets a real vendor. */
    isSandbox: flag("is_sandbox").notNull().default(false),
    clockOffsetMs: integer("clock_offset_ms").notNull().default(0),
    ...stamps(),
  },
  (table) => [
    index("companies_by_name").on(table.name, table.id),
    index("companies_with_moved_clock")
      .on(table.clockOffsetMs)
      .where(sql`${table.clockOffsetMs} <> 0`),
  ],
);

/** Vendors' secrets, encrypted; `last_four` is all that is ever shown. */
export const companySecrets = sqliteTable(
  "company_secrets",
  {
    companyId: text("company_id").notNull(),
    name: text("name").notNull(),
    keyId: text("key_id").notNull(),
    ciphertext: text("ciphertext").notNull(),
    lastFour: text("last_four").notNull(),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.name] })],
);

/** Staff logins. A platform admin belongs to no company. */
export const accounts = sqliteTable(
  "accounts",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id"),
    email: text("email").notNull(),
    name: text("name").notNull(),
    role: text("role", {
      enum: ["platform_admin", "company_admin", "manager", "agent", "viewer"],
    }).notNull(),
    passwordHash: text("password_hash").notNull(),
    managerId: text("manager_id"),
    lastLoginAt: at("last_login_at"),
    /** Set while the account may not sign in. */
    disabledAt: at("disabled_at"),
    ...stamps(),
  },
  (table) => [
    uniqueIndex("accounts_by_email")
      .on(table.email)
      .where(sql`${table.deletedAt} is null`),
    index("accounts_by_company").on(table.companyId, table.id),
  ],
);

/** One row for each refresh token ever handed out; a family is one login on one device. */
export const refreshTokens = sqliteTable(
  "refresh_tokens",
  {
    hash: text("hash").primaryKey(),
    familyId: text("family_id").notNull(),
    accountId: text("account_id").notNull(),
    createdAt: at("created_at").notNull(),
    expiresAt: at("expires_at").notNull(),
    usedAt: at("used_at"),
    revokedAt: at("revoked_at"),
    userAgent: text("user_agent"),
  },
  (table) => [
    index("refresh_tokens_by_family").on(table.familyId),
    index("refresh_tokens_by_account").on(table.accountId, table.createdAt),
    index("refresh_tokens_by_expiry").on(table.expiresAt),
  ],
);
