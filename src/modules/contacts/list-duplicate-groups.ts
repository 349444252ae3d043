import { and, asc, isNull, sql, type SQL } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { contacts } from "../../db/schema/contacts.ts";
import { compare, type Likeness } from "./compare-contacts.ts";
import { identityOf } from "./draft-contact.ts";
import { mostHolders } from "./key-rows.ts";
import type { ContactRow, Sliced } from "./present.ts";
import { requireCompany } from "./queries.ts";
import type { Slice } from "./schemas.ts";
import { theseRows } from "./these-rows.ts";

/** Contacts that share an address or a number and are likely one person. */
export type DuplicateGroup = {
  kind: "email" | "phone";
  key: string;
  contacts: ContactRow[];
} & Pick<Likeness, "score" | "reasons">;

type SharedKey = { kind: "email" | "phone"; key: string; ids: string };

/** Keys by which some two contacts are likely one person, in order of the key, each with those who hold it. */
export async function listDuplicateGroups(ctx: Context, query: Slice): Promise<Sliced<DuplicateGroup>> {
  const shared = sharedKeys(requireCompany(ctx));
  const [keys, counted] = await Promise.all([
    ctx.db.all<SharedKey>(sql`${shared} order by kind, key limit ${query.limit} offset ${query.skip}`),
    ctx.db.get<{ total: number }>(sql`select count(*) as total from (${shared})`),
  ]);
  const holders = keys.map(({ ids }) => JSON.parse(ids) as string[]);
  const rows = await ctx.db
    .select()
    .from(contacts)
    .where(and(theseRows(contacts, ctx.companyId, [...new Set(holders.flat())]), isNull(contacts.deletedAt)))
    .orderBy(asc(contacts.id));
  const groups = keys.map(({ kind, key }, index) => ({
    kind,
    key,
    ...likely(rows.filter((row) => holders[index]?.includes(row.id))),
  }));
  return { rows: groups, total: counted?.total ?? 0, ...query };
}

/** Those among the holders of a key who have a likely double there, and what speaks for the likest two. */
function likely(rows: ContactRow[]): Omit<DuplicateGroup, "kind" | "key"> {
  const pairs = rows.flatMap((a, index) =>
    rows.slice(index + 1).map((b) => ({ ids: [a.id, b.id], ...compare(identityOf(a), identityOf(b)) })),
  );
  const doubles = pairs.filter(({ isDuplicate }) => isDuplicate).toSorted((a, b) => b.score - a.score);
  const ids = new Set(doubles.flatMap((pair) => pair.ids));
  const { score = 0, reasons = [] } = doubles[0] ?? {};
  return { contacts: rows.filter(({ id }) => ids.has(id)), score, reasons };
}

/** The rule of `compare`, said to the database. A key that too many hold names nobody. */
export function sharedKeys(companyId: string): SQL {
  return sql`select s.kind as kind, s.key as key, json_group_array(s.contact_id) as ids from contact_keys s
    where s.company_id = ${companyId} and s.kind in ('email', 'phone')
    group by s.kind, s.key having count(*) between 2 and ${mostHolders} and exists (
      select 1 from contact_keys a join contact_keys b on b.company_id = a.company_id and b.kind = a.kind
        and b.key = a.key and b.contact_id > a.contact_id
      where a.company_id = ${companyId} and a.kind = s.kind and a.key = s.key
        and ${differs(companyId, "email")} + ${differs(companyId, "phone")} + ${differs(companyId, "last_name")} <= 1)`;
}

/** 1 where both contacts know the thing and have none of it in common. */
function differs(companyId: string, kind: "email" | "phone" | "last_name"): SQL {
  const has = (who: SQL) =>
    sql`exists (select 1 from contact_keys x where x.company_id = ${companyId} and x.contact_id = ${who} and x.kind = ${kind})`;
  return sql`(${has(sql`a.contact_id`)} and ${has(sql`b.contact_id`)} and not exists (
    select 1 from contact_keys x join contact_keys y on y.company_id = x.company_id and y.kind = x.kind and y.key = x.key
    where x.company_id = ${companyId} and x.contact_id = a.contact_id and x.kind = ${kind} and y.contact_id = b.contact_id))`;
}
