import { adoptProperty } from "./resman/properties.ts";
import { seededProperties } from "./resman/seed.ts";

const tables = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, fault TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    headers TEXT NOT NULL, body TEXT NOT NULL, status INTEGER, fault TEXT, duration_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS calls_by_service ON calls (service, id);
  CREATE TABLE IF NOT EXISTS mails (id TEXT PRIMARY KEY, at TEXT NOT NULL, recipients TEXT NOT NULL, mail TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS amplitude_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, insert_id TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS amplitude_events_by_insert_id ON amplitude_events (project, insert_id);
  CREATE TABLE IF NOT EXISTS texts (sid TEXT PRIMARY KEY, at TEXT NOT NULL, recipient TEXT NOT NULL, sender TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS resman_properties (property_id TEXT PRIMARY KEY, account_id TEXT NOT NULL, property TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS resman_prospects (
    prospect_id TEXT PRIMARY KEY, property_id TEXT NOT NULL, updated_ms INTEGER NOT NULL, prospect TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS resman_prospects_by_change ON resman_prospects (property_id, updated_ms);
  CREATE TABLE IF NOT EXISTS resman_people (
    person_id TEXT PRIMARY KEY, prospect_id TEXT NOT NULL, property_id TEXT NOT NULL,
    email TEXT NOT NULL, phone TEXT NOT NULL, first_name TEXT NOT NULL, last_name TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS resman_people_by_prospect ON resman_people (prospect_id);
  CREATE INDEX IF NOT EXISTS resman_people_by_email ON resman_people (property_id, email);
`;

export function createTables(sql: SqlStorage): void {
  sql.exec(tables);
}

/** Fills a new sandbox; one that has been running keeps what it has. */
export function seedOnce(sql: SqlStorage): void {
  if (sql.exec("SELECT 1 FROM resman_properties LIMIT 1").toArray().length > 0) return;
  for (const property of seededProperties) adoptProperty(sql, property);
}

export function resetAll(sql: SqlStorage): void {
  for (const table of [
    "settings",
    "faults",
    "calls",
    "mails",
    "texts",
    "amplitude_events",
    "resman_people",
    "resman_prospects",
    "resman_properties",
  ]) {
    sql.exec(`DELETE FROM ${table}`);
  }
  seedOnce(sql);
}
