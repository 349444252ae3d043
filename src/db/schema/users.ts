import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, stamps } from "./columns.ts";

/** Visitors of the properties' web sites. */
export const users = sqliteTable(
  "users",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    contactId: text("contact_id"),
    firstName: text("first_name"),
    lastName: text("last_name"),
    email: text("email"),
    phone: text("phone"),
    age: integer("age"),
    leadSource: text("lead_source"),
    hubspotContactId: text("hubspot_contact_id"),
    browserId: text("browser_id"),
    sessionCount: integer("session_count").notNull().default(0),
    lastSeen: at("last_seen"),
    ...stamps(),
  },
  (table) => [
    uniqueIndex("users_by_browser")
      .on(table.companyId, table.browserId)
      .where(sql`${table.deletedAt} is null`),
    index("users_by_created").on(table.companyId, table.createdAt, table.id),
    // With the list's order behind the filter: else the planner takes the order's index and reads everybody.
    index("users_by_email").on(table.companyId, table.email, table.createdAt, table.id),
    index("users_by_phone").on(table.companyId, table.phone, table.createdAt, table.id),
    index("users_by_contact").on(table.companyId, table.contactId),
  ],
);

export const userSessions = sqliteTable(
  "user_sessions",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    userId: text("user_id").notNull(),
    propertyId: text("property_id").notNull(),
    startedAt: at("started_at").notNull(),
    lastSeenAt: at("last_seen_at").notNull(),
    pageUrl: text("page_url"),
    referrer: text("referrer"),
    userAgent: text("user_agent"),
    origin: text("origin"),
  },
  (table) => [
    index("user_sessions_by_user").on(table.companyId, table.userId, table.startedAt),
    index("user_sessions_by_property").on(table.companyId, table.propertyId, table.userId),
  ],
);
