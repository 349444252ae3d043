export type KeptEvent = { insert_id: string; at: string; event: Record<string, unknown> };

/** Keeps an event; one with an insert id known since then is ignored, as Amplitude does. */
export function keepEvent(sql: SqlStorage, key: string, event: Record<string, unknown>, since: number): void {
  const insertId = typeof event["insert_id"] === "string" ? event["insert_id"] : crypto.randomUUID();
  sql.exec(
    `INSERT INTO amplitude_events (project, insert_id, at, event)
     SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (
       SELECT 1 FROM amplitude_events WHERE project = ?1 AND insert_id = ?2 AND at > ?5)`,
    // A project is known by the end of its key, which is no secret.
    key.slice(-4),
    insertId,
    Date.now(),
    JSON.stringify(event),
    since,
  );
}

/** Oldest first. */
export function listEvents(sql: SqlStorage): KeptEvent[] {
  return sql
    .exec<{ insert_id: string; at: number; event: string }>(
      "SELECT insert_id, at, event FROM amplitude_events ORDER BY id",
    )
    .toArray()
    .map(({ insert_id, at, event }) => ({
      insert_id,
      at: new Date(at).toISOString(),
      event: JSON.parse(event) as Record<string, unknown>,
    }));
}
