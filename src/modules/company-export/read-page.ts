import type { Context } from "../../core/context.ts";
import { databaseFor } from "../../db/client.ts";
import type { ExportPlace } from "../../db/schema/access.ts";
import { type ExportedTable, exportedTables } from "./exported-tables.ts";

export type ExportPage = { lines: string[]; table: string; next: ExportPlace };

const rowsAtOnce = 200;
/** The link in such a mail opens an account. */
const noLinks = " and dedupe_key not like 'password_%'";

type Row = Record<string, unknown> & { row_number: number };

/** The next rows as lines of JSON, one record each, tables without any passed over; null when there is none left. */
export async function readPage(ctx: Context, from: ExportPlace): Promise<ExportPage | null> {
  for (let place = from; ;) {
    const table = exportedTables[place.table];
    if (!table) return null;
    const page = await readRows(ctx, table, place);
    if (page.lines.length > 0) return page;
    place = page.next;
  }
}

async function readRows(ctx: Context, table: ExportedTable, place: ExportPlace): Promise<ExportPage> {
  const columns = table.columns.map((column) => `"${column}"`).join(", ");
  const { results } = await databaseFor(ctx.env, ctx.companyId)
    .prepare(
      `select rowid as row_number, ${columns} from "${table.name}"
       where "${table.owner}" = ? and rowid > ?${table.name === "mails" ? noLinks : ""}
       order by rowid limit ${rowsAtOnce}`,
    )
    .bind(ctx.companyId, place.after)
    .all<Row>();
  const last = results.at(-1);
  const isMore = last !== undefined && results.length === rowsAtOnce;
  return {
    lines: results.map((row) => lineOf(table, row)),
    table: table.name,
    next: isMore ? { ...place, after: last.row_number } : { table: place.table + 1, after: 0 },
  };
}

function lineOf(table: ExportedTable, { row_number: _number, ...row }: Row): string {
  const record = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      table.jsonColumns.has(name) && typeof value === "string" ? (JSON.parse(value) as unknown) : value,
    ]),
  );
  return JSON.stringify({ table: table.name, record });
}
