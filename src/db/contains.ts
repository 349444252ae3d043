import { type AnyColumn, type SQL, sql } from "drizzle-orm";

/**
 * Rows whose columns, read one after another with spaces between, hold the text in any ASCII case. `instr` takes
 * `%` and `_` as they are and has no limit, where D1 cuts a LIKE pattern at 50 bytes.
 */
export function contains(text: string, ...columns: AnyColumn[]): SQL {
  const words = sql.join(
    columns.map((column) => sql`coalesce(${column}, '')`),
    sql` || ' ' || `,
  );
  return sql`instr(lower(${words}), lower(${text})) > 0`;
}

/** Rows whose column is the text in any ASCII case. */
export function isWord(column: AnyColumn, text: string): SQL {
  return sql`lower(${column}) = lower(${text})`;
}
