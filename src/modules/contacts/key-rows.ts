import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { contactKeys } from "../../db/schema/contacts.ts";
import { type ContactKey, keysOf, type Probe, termsOf } from "./contact-keys.ts";
import type { ContactRow } from "./present.ts";

/** Takes away what contacts are found by. */
export function deleteKeys(ctx: Context, contactIds: string[]) {
  return ctx.db
    .delete(contactKeys)
    .where(
      and(
        eq(contactKeys.companyId, ctx.companyId),
        sql`${contactKeys.contactId} in (select value from json_each(${JSON.stringify(contactIds)}))`,
      ),
    );
}

/** Writes what live contacts are found by, however many keys they have: one statement, one parameter. */
export function insertKeys(ctx: Context, rows: ContactRow[]) {
  const keys = rows.flatMap((row) => keysOf(row).map(({ kind, key }) => [kind, key, row.id]));
  return ctx.db
    .insert(contactKeys)
    .select(
      sql`select ${ctx.companyId}, value->>0, value->>1, value->>2 from json_each(${JSON.stringify(keys)}) where true`,
    );
}

/** A number or address that more contacts than this have is a switchboard's or a placeholder, and names nobody. */
export const mostHolders = 20;

/** The ids of contacts that hold any of the keys, as long as the key still tells people apart. */
export function holdersOf(keys: ContactKey[], companyId: string): SQL {
  const wanted = JSON.stringify(keys.map(({ kind, key }) => [kind, key]));
  const k = contactKeys;
  return sql`select ${k.contactId} from json_each(${wanted}) wanted
    join ${k} on ${k.companyId} = ${companyId} and ${k.kind} = wanted.value->>0 and ${k.key} = wanted.value->>1
    where (select count(*) from (select 1 from ${k} held where held.company_id = ${companyId}
      and held.kind = wanted.value->>0 and held.key = wanted.value->>1 limit ${mostHolders + 1})) <= ${mostHolders}`;
}

/** The ids of those a search finds, term by term: who meets all of them is found. */
export function foundBy(q: string): ((companyId: string) => SQL)[] {
  const terms = termsOf(q);
  if (terms.length === 0) return [() => sql`select null where false`];
  return terms.map(
    (term) => (companyId) =>
      sql.join(
        term.map((probe) => range(companyId, probe)),
        sql` union all `,
      ),
  );
}

function range(companyId: string, { kind, prefix }: Probe): SQL {
  const k = contactKeys;
  return sql`select ${k.contactId} from ${k} where ${k.companyId} = ${companyId} and ${k.kind} = ${kind}
    and ${k.key} >= ${prefix} and ${k.key} < ${`${prefix}\u{10FFFF}`}`;
}

/** The ids of contacts that hold this very key. */
export function heldBy(companyId: string, { kind, key }: ContactKey): SQL {
  const k = contactKeys;
  return sql`select ${k.contactId} from ${k}
    where ${k.companyId} = ${companyId} and ${k.kind} = ${kind} and ${k.key} = ${key}`;
}
