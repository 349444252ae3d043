import { type D1Handle, databaseFor } from "../../db/client.ts";
import { checkProjection, type Drift, type Ref } from "./check-projection.ts";
import {
  afterSpan,
  beginning as firstDay,
  compareRollups,
  recountRollups,
  spanFrom,
} from "./recount-rollups.ts";

/** Where a check goes on, and what it has found so far. `day` is where the sums go on, once no source is left. */
export type CheckPlace = Ref & { source: number; day: number; checked: number; drifted: number };

export type Checked = {
  checked: number;
  drifts: Drift[];
  /** Null at the end. */
  next: CheckPlace | null;
  /** Rows of the roll-ups that did not fit, of the days that were looked at; null before their turn. */
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

const beginning: CheckPlace = {
  source: 0,
  entityType: "",
  entityId: "",
  day: firstDay,
  checked: 0,
  drifted: 0,
};

/** Checks the next page of a company's entities against their machines; after the last its roll-ups, some days at a time. */
export async function checkCompany(
  env: Env,
  companyId: string,
  from: CheckPlace | null,
  repair: boolean,
): Promise<Checked> {
  const place = from ?? beginning;
  const db = databaseFor(env, companyId).withSession("first-primary");
  if (place.source >= sources.length) return checkRollups(db, companyId, place, repair);
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
  return { checked: page.length, drifts, next, rollupDifferences: null };
}

async function checkRollups(
  db: D1Handle,
  companyId: string,
  place: CheckPlace,
  repair: boolean,
): Promise<Checked> {
  const span = await spanFrom(db, companyId, place.day);
  const rollupDifferences = await compareRollups(db, companyId, span);
  if (repair && rollupDifferences > 0) await recountRollups(db, companyId, span);
  const day = afterSpan(span);
  return { checked: 0, drifts: [], next: day === null ? null : { ...place, day }, rollupDifferences };
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
): CheckPlace {
  const last = page.at(-1);
  if (last && page.length === pageSize) return { ...beginning, source, ...last, ...counts };
  return { ...beginning, source: source + 1, ...counts };
}
