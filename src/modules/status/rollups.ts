// SQL of the sums over histories. Each reads `moves` (transitions) and `passed` (breaches), be they the rows of one
// page that were not there before or some days of a company's history: what is counted step by step and what is counted
// again from the start is counted by the same words.

const place = "company_id, day, entity_type, property_id";

const cells = `
  select ${place}, to_status as status, 1 as entries, 0 as exits, 0 as duration_ms, 0 as met, 0 as missed,
    0 as breaches from moves
  union all select ${place}, from_status, 0, 1, duration_ms, 0, 0, 0 from moves where duration_ms is not null
  union all select ${place}, ended_status, 0, 0, 0, ended_met, 1 - ended_met, 0 from moves where ended_met is not null
  union all select ${place}, status, 0, 0, 0, 0, 0, 1 from passed`;

export const dailySums = `select ${place}, status, sum(entries) as entries, sum(exits) as exits,
  sum(duration_ms) as duration_ms, sum(met) as met, sum(missed) as missed, sum(breaches) as breaches
  from (${cells}) group by ${place}, status`;

export const actorSums = `select ${place}, actor, max(actor_name) as actor_name, count(*) as entries,
  count(duration_ms) as exits, coalesce(sum(duration_ms), 0) as duration_ms, coalesce(sum(ended_met), 0) as met,
  count(ended_met) - coalesce(sum(ended_met), 0) as missed
  from moves group by ${place}, actor`;

/** The days on which entities moved; the property is that of the day's first transition. */
export const entityDays = `select company_id, entity_type, entity_id, day, property_id from
  (select company_id, entity_type, entity_id, day, property_id, min(seq)
   from moves group by company_id, entity_type, entity_id, day)`;

const chained = (days: string, n: number) => `select ${place}, ${n} as entities,
  coalesce(lag(day) over (partition by company_id, entity_type, entity_id order by day), '') as previous_day
  from (${days})`;

const dayBefore = `coalesce((select max(b.day) from status_entity_days b where b.company_id = k.company_id
  and b.entity_type = k.entity_type and b.entity_id = k.entity_id and b.day < k.day), '')`;

const entitySums = `select ${place}, previous_day, count(*) as entities
  from (select k.*, ${dayBefore} as previous_day from status_entity_days k where ${inSpan("k")})
  group by ${place}, previous_day`;

/** Rows of the company ?1 whose day lies between the two moments ?2 and ?3 (epoch ms), which begin days. */
export function inSpan(table: string): string {
  return `${table}.company_id = ?1 and ${table}.day >= date(?2 / 1000, 'unixepoch')
    and ${table}.day < date(?3 / 1000, 'unixepoch')`;
}

/** What `new_days` change in the chains of days of their entities. */
export const entityChanges = `select ${place}, previous_day, sum(entities) as entities from (
  ${chained("select * from known_days", -1)}
  union all
  ${chained("select * from known_days union all select * from new_days", 1)}
) group by ${place}, previous_day having sum(entities) <> 0`;

/** SQL of the UTC day of a moment in epoch ms. */
const utcDay = (at: string) => `date(${at} / 1000, 'unixepoch')`;

/**
 * The columns of a transition as the sums want them, from a row of `status_transitions` or of a page. `dayOf` makes
 * SQL of the day of a moment.
 */
export function asMove(column: (name: string) => string, dayOf = utcDay): string {
  return `select ${column("company_id")} as company_id, ${column("entity_type")} as entity_type,
    ${column("entity_id")} as entity_id, ${column("seq")} as seq, ${dayOf(column("at"))} as day,
    coalesce(${column("property_id")}, '') as property_id, ${column("to_status")} as to_status,
    ${column("from_status")} as from_status, ${column("duration_ms")} as duration_ms,
    ${column("ended_status")} as ended_status, ${column("ended_met")} as ended_met,
    coalesce(${column("component")}, ${column("actor_id")}) as actor,
    coalesce(${column("component")}, ${column("actor_name")}) as actor_name`;
}

export function asBreach(column: (name: string) => string, dayOf = utcDay): string {
  return `select ${column("company_id")} as company_id, ${column("entity_type")} as entity_type,
    ${dayOf(column("deadline"))} as day, ${column("property_id")} as property_id,
    ${column("status")} as status`;
}

/** The roll-ups: key and sums of each, and the words that count it. */
export const rollups = [
  {
    table: "status_daily",
    key: [...place.split(", "), "status"],
    sums: ["entries", "exits", "duration_ms", "met", "missed", "breaches"],
    query: dailySums,
  },
  {
    table: "status_daily_actors",
    key: [...place.split(", "), "actor"],
    sums: ["entries", "exits", "duration_ms", "met", "missed"],
    query: actorSums,
  },
  {
    table: "status_daily_entities",
    key: [...place.split(", "), "previous_day"],
    sums: ["entities"],
    query: entitySums,
  },
] as const;
