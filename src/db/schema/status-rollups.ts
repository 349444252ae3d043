import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at } from "./columns.ts";

// Sums over the projected histories, by UTC day of company time. Written in the batch that projects a transition,
// from transitions that were not there before, so that telling one twice or late counts it once.
// A property id is empty where an entity belongs to none. Renames by a migration are not counted: nobody worked.

/** What happened to one status in a day. */
export const statusDaily = sqliteTable(
  "status_daily",
  {
    companyId: text("company_id").notNull(),
    day: text("day").notNull(),
    entityType: text("entity_type").notNull(),
    propertyId: text("property_id").notNull(),
    status: text("status").notNull(),
    /** Transitions into it. */
    entries: integer("entries").notNull(),
    /** Stays that ended, and how long they were together. */
    exits: integer("exits").notNull(),
    durationMs: integer("duration_ms").notNull(),
    /** Its clocks that ended in time, and too late. */
    met: integer("met").notNull(),
    missed: integer("missed").notNull(),
    /** Its deadlines that passed. */
    breaches: integer("breaches").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.companyId, table.day, table.entityType, table.propertyId, table.status],
    }),
  ],
);

/** What one person, or one part of the system, did in a day. */
export const statusDailyActors = sqliteTable(
  "status_daily_actors",
  {
    companyId: text("company_id").notNull(),
    day: text("day").notNull(),
    entityType: text("entity_type").notNull(),
    propertyId: text("property_id").notNull(),
    /** An account's id, or the name of a part of the system. */
    actor: text("actor").notNull(),
    actorName: text("actor_name").notNull(),
    entries: integer("entries").notNull(),
    exits: integer("exits").notNull(),
    durationMs: integer("duration_ms").notNull(),
    met: integer("met").notNull(),
    missed: integer("missed").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.companyId, table.day, table.entityType, table.propertyId, table.actor],
    }),
  ],
);

/** On which days an entity moved. */
export const statusEntityDays = sqliteTable(
  "status_entity_days",
  {
    companyId: text("company_id").notNull(),
    entityType: text("entity_type").notNull(),
    entityId: text("entity_id").notNull(),
    day: text("day").notNull(),
    propertyId: text("property_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.entityType, table.entityId, table.day] }),
    index("status_entity_days_by_day").on(table.companyId, table.day),
  ],
);

/**
 * How many entities moved on a day and had last moved on `previous_day` (empty for never before). An entity is
 * new to a period where its previous day lies before the period: so different entities are counted over any
 * period without looking at one of them.
 */
export const statusDailyEntities = sqliteTable(
  "status_daily_entities",
  {
    companyId: text("company_id").notNull(),
    day: text("day").notNull(),
    entityType: text("entity_type").notNull(),
    propertyId: text("property_id").notNull(),
    previousDay: text("previous_day").notNull(),
    entities: integer("entities").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.companyId, table.day, table.entityType, table.propertyId, table.previousDay],
    }),
  ],
);

/** Deadlines that passed, each once. */
export const statusBreaches = sqliteTable(
  "status_breaches",
  {
    companyId: text("company_id").notNull(),
    entityType: text("entity_type").notNull(),
    entityId: text("entity_id").notNull(),
    clockId: integer("clock_id").notNull(),
    deadline: at("deadline").notNull(),
    propertyId: text("property_id").notNull(),
    /** The status whose clock it was. */
    status: text("status").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.companyId, table.entityType, table.entityId, table.clockId, table.deadline],
    }),
    index("status_breaches_by_time").on(table.companyId, table.deadline),
    index("status_breaches_by_property").on(table.companyId, table.propertyId, table.deadline),
  ],
);
