import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { OfficeHours } from "../../modules/properties/office-hours.ts";
import type { TourRules } from "../../modules/tours/tour-rules.ts";
import { at, flag, json, stamps } from "./columns.ts";

export const properties = sqliteTable(
  "properties",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    name: text("name").notNull(),
    address: text("address").notNull(),
    city: text("city").notNull(),
    state: text("state").notNull(),
    zipCode: text("zip_code").notNull(),
    timeZone: text("time_zone").notNull(),
    phone: text("phone"),
    email: text("email"),
    propertyType: text("property_type"),
    unitsCount: integer("units_count"),
    amenities: json<unknown>("amenities"),
    features: json<unknown>("features"),
    websiteUrl: text("website_url"),
    hubspotPropertyId: text("hubspot_property_id"),
    officeHours: json<OfficeHours>("office_hours"),
    tourRules: json<Partial<TourRules>>("tour_rules"),
    resmanPropertyId: text("resman_property_id"),
    resmanSourceId: text("resman_source_id"),
    resmanAgentId: text("resman_agent_id"),
    resmanLostReasonId: text("resman_lost_reason_id"),
    allowedOrigins: json<string[]>("allowed_origins").notNull(),
    chatbotId: text("chatbot_id").notNull(),
    embedKey: text("embed_key").notNull(),
    chatbotAvatarUrl: text("chatbot_avatar_url"),
    chatbotIsActive: flag("chatbot_is_active").notNull().default(true),
    chatbotWelcomeMessage: text("chatbot_welcome_message"),
    chatbotWidgetSettings: json<unknown>("chatbot_widget_settings"),
    chatbotThemeColor: text("chatbot_theme_color"),
    chatbotPosition: text("chatbot_position", { enum: ["bottom_right", "bottom_left"] }),
    chatbotAutoOpen: flag("chatbot_auto_open"),
    chatbotBusinessHours: json<OfficeHours>("chatbot_business_hours"),
    ...stamps(),
  },
  (table) => [
    index("properties_by_company").on(table.companyId, table.name, table.id),
    uniqueIndex("properties_by_embed_key").on(table.embedKey),
    uniqueIndex("properties_by_resman")
      .on(table.companyId, table.resmanPropertyId)
      .where(sql`${table.deletedAt} is null`),
  ],
);

/** Origins whose pages may talk to the API for a property; answers preflights, which carry no key. */
export const propertyOrigins = sqliteTable(
  "property_origins",
  {
    origin: text("origin").notNull(),
    propertyId: text("property_id").notNull(),
    companyId: text("company_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.origin, table.propertyId] }),
    index("property_origins_by_property").on(table.companyId, table.propertyId),
  ],
);

export const units = sqliteTable(
  "units",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    unitNumber: text("unit_number").notNull(),
    floorPlan: text("floor_plan"),
    bedrooms: integer("bedrooms").notNull(),
    bathrooms: real("bathrooms").notNull(),
    squareFeet: integer("square_feet"),
    /** Whole dollars a month. */
    rent: integer("rent").notNull(),
    depositAmount: integer("deposit_amount"),
    furnished: flag("furnished").notNull().default(false),
    /** First local day the unit can be moved into (YYYY-MM-DD). */
    availableOn: text("available_on"),
    status: text("status", { enum: ["available", "on_notice", "leased", "down"] }).notNull(),
    ...stamps(),
  },
  (table) => [
    uniqueIndex("units_by_number").on(table.companyId, table.propertyId, table.unitNumber),
    index("units_on_offer").on(table.companyId, table.propertyId, table.status, table.bedrooms, table.rent),
  ],
);

export const propertyManagers = sqliteTable(
  "property_managers",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    firstName: text("first_name").notNull(),
    lastName: text("last_name").notNull(),
    email: text("email").notNull(),
    phone: text("phone").notNull(),
    role: text("role"),
    accessLevel: text("access_level", { enum: ["read", "write"] }).notNull(),
    /** When this person can show homes. Null: no guide; a property without guides shows homes whenever it is open. */
    hours: json<OfficeHours>("hours"),
    ...stamps(),
  },
  (table) => [
    uniqueIndex("property_managers_by_email")
      .on(table.companyId, table.email)
      .where(sql`${table.deletedAt} is null`),
    index("property_managers_by_name").on(table.companyId, table.lastName, table.id),
  ],
);

export const propertyAssignments = sqliteTable(
  "property_assignments",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    managerId: text("manager_id").notNull(),
    accessLevel: text("access_level", { enum: ["read", "write"] }).notNull(),
    isPrimary: flag("is_primary").notNull().default(false),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("property_assignments_by_manager").on(table.companyId, table.managerId, table.propertyId),
    index("property_assignments_by_property").on(table.companyId, table.propertyId, table.managerId),
    uniqueIndex("property_assignments_primary")
      .on(table.companyId, table.propertyId)
      .where(sql`${table.isPrimary} = 1`),
  ],
);
