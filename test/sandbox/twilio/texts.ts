export type SentText = { sid: string; at: string; to: string; from: string; body: string };

export function keepText(sql: SqlStorage, text: SentText): void {
  const { sid, at, to, from, body } = text;
  sql.exec(
    "INSERT INTO texts (sid, at, recipient, sender, body) VALUES (?, ?, ?, ?, ?)",
    sid,
    at,
    to,
    from,
    body,
  );
}

/** Oldest first; with a number, only what was sent to it. */
export function listTexts(sql: SqlStorage, to?: string): SentText[] {
  return sql
    .exec<SentText>(
      'SELECT sid, at, recipient AS "to", sender AS "from", body FROM texts WHERE ? IS NULL OR recipient = ? ORDER BY at, rowid',
      to ?? null,
      to ?? null,
    )
    .toArray();
}
