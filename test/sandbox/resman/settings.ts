import * as z from "zod";

/** What is not known of ResMan, as switches. The defaults are our choice, not ResMan's word. */
export const Settings = z.strictObject({
  /** A post answers with the ids of its events. */
  echo_event_ids: z.boolean().default(true),
  /** A search tells the ids of events. */
  search_event_ids: z.boolean().default(true),
  /** An `Appointment` with the `EventID` of an old one moves it; off, it is one more. */
  reschedule_by_event_id: z.boolean().default(true),
  accept_cancel_appointment: z.boolean().default(false),
  /** A new prospect with the e-mail of another of the property is refused. */
  reject_duplicates: z.boolean().default(false),
  /** A search with more prospects than this breaks ResMan's gateway: 502 "buffer overflow". */
  search_limit: z.int().min(1).default(500),
  /** Refuse properties that were not there at the start, instead of taking them in. */
  only_known_properties: z.boolean().default(false),
});
export type Settings = z.output<typeof Settings>;

export function readSettings(sql: SqlStorage): Settings {
  const [row] = sql.exec<{ value: string }>("SELECT value FROM settings WHERE name = 'resman'").toArray();
  return Settings.parse(row ? JSON.parse(row.value) : {});
}

export function writeSettings(sql: SqlStorage, changes: Partial<Settings>): Settings {
  const settings = { ...readSettings(sql), ...changes };
  sql.exec("INSERT OR REPLACE INTO settings (name, value) VALUES ('resman', ?)", JSON.stringify(settings));
  return settings;
}
