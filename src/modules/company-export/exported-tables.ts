import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as schema from "../../db/schema/index.ts";

export type ExportedTable = {
  name: string;
  /** The column that says whose row it is. */
  owner: string;
  columns: string[];
  jsonColumns: ReadonlySet<string>;
};

/** Secrets, and the machinery that is nobody's record. */
const left = new Set([
  "company_secrets",
  "webhook_secrets",
  "company_exports",
  "company_export_chunks",
  "outbox",
]);

/** What proves or opens something is not the company's to read, however a table calls it. */
const secret = /(?:^|_)(?:hash|ciphertext|key_id)$/;

/** Every table with a company's rows, so that one added tomorrow is exported too; the company's own row first. */
export const exportedTables: ExportedTable[] = Object.values<unknown>(schema)
  .filter((value) => is(value, SQLiteTable))
  .flatMap((table): ExportedTable[] => {
    const { name, columns } = getTableConfig(table);
    const owner = name === "companies" ? "id" : "company_id";
    if (left.has(name) || !columns.some((column) => column.name === owner)) return [];
    const open = columns.filter((column) => !secret.test(column.name));
    const jsonColumns = new Set(
      open.filter(({ columnType }) => columnType === "SQLiteTextJson").map((column) => column.name),
    );
    return [{ name, owner, columns: open.map((column) => column.name), jsonColumns }];
  })
  .toSorted(
    (a, b) => Number(b.name === "companies") - Number(a.name === "companies") || a.name.localeCompare(b.name),
  );
