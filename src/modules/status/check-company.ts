import { type D1Handle, databaseFor } from "../../db/client.ts";
import { checkProjection, type Drift, type Ref } from "./check-projection.ts";
import { compareRollups, recountRollups } from "./recount-rollups.ts";

/** Where a check goes on, and what it has found so far. */
export type CheckPlace = Ref & { source: number; checked: number; drifted: number };

export type Checked = {
  checked: number;
  drifts: Drift[];
  /** Null at the end. */
  next: CheckPlace | null;
  /** Rows of the roll-ups that did not fit; looked at once, at the end. */
  rollupDifferences: number | null;
};

const pageSize = 120;
const callsAtOnce = 6;

const isUnshown = (type: string, id: string) => `not exists (select 1 from status_entities s
  where s.company_id = ?1 and s.entity_type = ${type} and s.entity_id = ${id})`;

const recordsOf = (type: string, table: string) => `select '${type}' as entity_type, r.id as entity_id
  from ${table} r where r.company_id = ?1 and r.id > ?3 and ?2 = ?2 and ${isUnshown(`'${type}'`, "r.id")}`;

/** Where entities are to be looked for: those that are shown, and those that should be. */
const sources = [
  `select entity_type, entity_id from status_entities
    where company_id = ?1 and (entity_type, entity_id) > (?2, ?3)`,
  `select distinct entity_type, entity_id from status_transitions t
    where company_id = ?1 and (entity_type, entity_id) > (?2, ?3) and ${isUnshown("t.entity_type", "t.entity_id")}`,
  `select distinct entity_type, entity_id from status_approvals a
    where company_id = ?1 and (entity_type, entity_id) > (?2, ?3) and transition_id is not null
    and ${isUnshown("a.entity_type", "a.entity_id")}`,
  recordsOf("lead", "leads"),
  recordsOf("tour", "tours"),
  recordsOf("conversation", "conversations"),
  recordsOf("task", "tasks"),
  recordsOf("faq", "faqs"),
  recordsOf("contact", "contacts"),
  recordsOf("email_draft", "email_drafts"),
];

const beginning: CheckPlace = { source: 0, entityType: "", entityId: "", checked: 0, drifted: 0 };

/** Checks the next page of a company's entities against their machines; at the end its roll-ups too. */
export async function checkCompany(
  env: Env,
  companyId: string,
  from: CheckPlace | null,
  repair: boolean,
): Promise<Checked> {
  const place = from ?? beginning;
  const db = databaseFor(env, companyId).withSession("first-primary");
  const page = await entitiesFrom(db, companyId, place);
  const drifts: Drift[] = [];
  for (let start = 0; start < page.length; start += callsAtOnce) {
    const some = page.slice(start, start + callsAtOnce);
    const found = await Promise.all(some.map((ref) => checkProjection(env, companyId, ref, repair)));
    drifts.push(...found.filter((drift) => drift !== null));
  }
  const checked = place.checked + page.length;
  const drifted = place.drifted + drifts.length;
  const next = placeAfter(place, page, { checked, drifted });
  if (next) return { checked: page.length, drifts, next, rollupDifferences: null };
  const rollupDifferences = await compareRollups(db, companyId);
  if (repair && rollupDifferences > 0) await recountRollups(db, companyId);
  return { checked: page.length, drifts, next, rollupDifferences };
}

async function entitiesFrom(db: D1Handle, companyId: string, place: CheckPlace): Promise<Ref[]> {
  const source = sources[place.source];
  if (!source) return [];
  const { results } = await db
    .prepare(`${source} order by 1, 2 limit ${pageSize}`)
    .bind(companyId, place.entityType, place.entityId)
    .all<{ entity_type: string; entity_id: string }>();
  return results.map((row) => ({ entityType: row.entity_type, entityId: row.entity_id }));
}

function placeAfter(
  { source }: CheckPlace,
  page: Ref[],
  counts: Pick<CheckPlace, "checked" | "drifted">,
): CheckPlace | null {
  const last = page.at(-1);
  if (last && page.length === pageSize) return { source, ...last, ...counts };
  return source + 1 < sources.length ? { ...beginning, source: source + 1, ...counts } : null;
}
