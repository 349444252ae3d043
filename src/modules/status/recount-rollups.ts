import type { D1Handle } from "../../db/client.ts";
import { columnsOf } from "./project-rollups.ts";
import { asBreach, asMove, entityDays, inSpan, rollups } from "./rollups.ts";

/** Whole UTC days of a company's history, from midnight to midnight in epoch ms, the end not included. */
export type Span = { from: number; to: number };

/** Where the history begins, and where it ends at the latest. */
export const beginning = 0;
const endOfTime = Date.UTC(9999, 11, 31);

const dayMs = 86_400_000;
/** In one span, a single day with more of them apart: so many are summed up in well under a second. */
const usual = 20_000;

const column = (name: string) => name;
const history = `moves as (${asMove(column)} from status_transitions
    where company_id = ?1 and at >= ?2 and at < ?3 and kind = 'change'),
  passed as (${asBreach(column)} from status_breaches where company_id = ?1 and deadline >= ?2 and deadline < ?3)`;

const days = "company_id, entity_type, entity_id, day, property_id";

/** What is summed up, in the order in which it is to be written: the entities of a day are counted by their days. */
const parts = [
  { table: "status_entity_days", columns: days, compared: days, isAnything: "true", query: entityDays },
  ...rollups.map(({ table, key, sums, query }, n) => ({
    table,
    columns: columnsOf(n as 0 | 1 | 2).join(", "),
    compared: [...key, ...sums].join(", "),
    isAnything: sums.map((sum) => `${sum} <> 0`).join(" or "),
    query,
  })),
];

/** The days from a midnight on that hold about `most` transitions; the last span is open. */
export async function spanFrom(db: D1Handle, companyId: string, from: number, most = usual): Promise<Span> {
  const next = await db
    .prepare(
      "select at from status_transitions where company_id = ?1 and at >= ?2 order by at limit 1 offset ?3",
    )
    .bind(companyId, from, most)
    .first<{ at: number }>();
  if (!next) return { from, to: endOfTime };
  const day = next.at - (next.at % dayMs);
  return { from, to: day > from ? day : from + dayMs };
}

/** Where the span after this one begins; null behind the last. */
export function afterSpan({ to }: Span): number | null {
  return to === endOfTime ? null : to;
}

/** How many rows of the sums of some days are not what the projected history says; 0 is expected. */
export async function compareRollups(db: D1Handle, companyId: string, span: Span): Promise<number> {
  const results = await db.batch<{ n: number }>(comparisons.map((sql) => bound(db, sql, companyId, span)));
  return results.reduce((sum, { results: [row] }) => sum + (row?.n ?? 0), 0);
}

/** Counts rows that are kept and should not be, and rows that should be and are not. */
export const comparisons = parts.map(
  ({ table, compared, isAnything, query }) => `with ${history},
    counted as (select ${compared} from (${query})),
    kept as (select ${compared} from ${table} where ${inSpan(table)} and (${isAnything}))
  select (select count(*) from (select * from counted except select * from kept))
    + (select count(*) from (select * from kept except select * from counted)) as n`,
);

/** Sums some days of the projected history up again, in one write. Days are to be gone through in their order. */
export async function recountRollups(db: D1Handle, companyId: string, span: Span): Promise<void> {
  const statements = parts.flatMap(({ table, columns, query }) => [
    `delete from ${table} where ${inSpan(table)}`,
    `insert into ${table} (${columns}) select ${columns} from (with ${history} ${query})`,
  ]);
  await db.batch(statements.map((sql) => bound(db, sql, companyId, span)));
}

function bound(db: D1Handle, sql: string, companyId: string, { from, to }: Span): D1PreparedStatement {
  return db.prepare(sql).bind(companyId, from, to);
}
