import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable, SQLiteText } from "drizzle-orm/sqlite-core";
import type { Context } from "../../core/context.ts";
import { databaseFor } from "../../db/client.ts";
import * as schema from "../../db/schema/index.ts";
import { runTallied } from "./tally.ts";

/** Tables whose rows name people on purpose, and are blanked by id: another person's row keeps its words. */
const byIdOnly = new Set(
  (
    "users leads tours contacts contact_keys contact_merges accounts property_managers properties companies " +
    "email_senders email_campaign_recipients status_entities status_transitions status_events status_approvals " +
    "company_export_chunks erasures outbox"
  ).split(" "),
);

type Net = { table: string; columns: string[] };

/** Every free text of every table that belongs to a company, so that a table added tomorrow is in it. */
export const nets: Net[] = Object.values<unknown>(schema)
  .filter((value) => is(value, SQLiteTable))
  .flatMap((table): Net[] => {
    const { name, columns } = getTableConfig(table);
    const texts = columns
      .filter((column) => is(column, SQLiteText) || column.columnType === "SQLiteTextJson")
      .filter((column) => !column.primary && column.enumValues === undefined)
      .map((column) => column.name)
      .filter((column) => !/(?:^|_)(?:id|hash|key|ciphertext)$/.test(column));
    const isOwned = columns.some((column) => column.name === "company_id") && !byIdOnly.has(name);
    return isOwned && texts.length > 0 ? [{ table: name, columns: texts }] : [];
  });

export type NetPlace = { table: number; after: number };

const stretchRows = 20_000;
/** As many as one statement can look for. */
const wordsAtOnce = 40;
const stretchesAtOnce = 8;
export const erased = "[erased]";

/** Takes the person's words out of some stretches of tables; answers where to go on, null at the end. */
export async function castNet(
  ctx: Context,
  erasureId: string,
  words: string[],
  from: NetPlace,
): Promise<NetPlace | null> {
  if (words.length === 0) return null;
  let place = from;
  for (let stretch = 0; stretch < stretchesAtOnce; stretch += 1) {
    const net = nets[place.table];
    if (!net) return null;
    place = await cleanStretch(ctx, erasureId, words, net, place);
  }
  return place;
}

async function cleanStretch(
  ctx: Context,
  erasureId: string,
  words: string[],
  net: Net,
  place: NetPlace,
): Promise<NetPlace> {
  const db = databaseFor(ctx.env, ctx.companyId);
  const until = place.after + stretchRows;
  const blankings = [];
  for (let start = 0; start < words.length; start += wordsAtOnce) {
    const some = words.slice(start, start + wordsAtOnce);
    const statement = db
      .prepare(netStatement(net, some.length))
      .bind(ctx.companyId, place.after, until, ...some);
    blankings.push({ kind: `mentions_in_${net.table}`, statement });
  }
  await runTallied(ctx, erasureId, blankings);
  const beyond = await db
    .prepare(`select rowid from "${net.table}" where rowid > ? limit 1`)
    .bind(until)
    .first();
  return beyond ? { ...place, after: until } : { table: place.table + 1, after: 0 };
}

/** Inside JSON the words are replaced too; those that JSON writes another way are among them as it does. */
function netStatement({ table, columns }: Net, words: number): string {
  const marks = Array.from({ length: words }, (_, index) => `?${index + 4}`);
  const cleaned = (column: string) =>
    marks.reduce((inner, mark) => `replace(${inner}, ${mark}, '${erased}')`, `"${column}"`);
  const all = columns.map((column) => `coalesce("${column}", '')`).join(" || char(10) || ");
  const found = marks.map((mark) => `instr(${all}, ${mark}) > 0`).join(" or ");
  return `update or ignore "${table}" set ${columns.map((column) => `"${column}" = ${cleaned(column)}`).join(", ")}
    where rowid > ?2 and rowid <= ?3 and company_id = ?1 and (${found})`;
}
