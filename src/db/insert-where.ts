import { getTableColumns, is, SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Db } from "./client.ts";

type Values<Table extends SQLiteTable> = {
  [Name in keyof Table["$inferInsert"]]: Table["$inferInsert"][Name] | SQL;
};

/**
 * Inserts one row if a condition holds when the batch gets there, and if no unique index has one like it. Absent
 * columns get their default.
 */
export function insertWhere<Table extends SQLiteTable>(
  db: Db,
  table: Table,
  values: Values<Table>,
  condition: SQL,
) {
  const given = values as Record<string, unknown>;
  const row = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const value = given[name] ?? column.default ?? null;
    if (value === null) return sql`null`;
    return is(value, SQL) ? value : sql`${sql.param(value, column)}`;
  });
  return db
    .insert(table)
    .select(sql`select ${sql.join(row, sql`, `)} where ${condition}`)
    .onConflictDoNothing();
}
