import type { D1Handle } from "../../db/client.ts";
import type { StatusPage } from "./project-status.ts";
import { actorSums, asBreach, asMove, dailySums, entityChanges, entityDays, rollups } from "./rollups.ts";

const isNew = `not exists (select 1 from status_transitions t where t.company_id = value->>'company_id'
  and t.entity_type = value->>'entity_type' and t.entity_id = value->>'entity_id' and t.seq = value->>'seq')`;

const isNewBreach = `not exists (select 1 from status_breaches b where b.company_id = value->>'company_id'
  and b.entity_type = value->>'entity_type' and b.entity_id = value->>'entity_id'
  and b.clock_id = value->>'clock_id' and b.deadline = value->>'deadline')`;

const told = (name: string) => `value->>'${name}'`;

const moves = `moves as (${asMove(told)} from json_each(?1) where value->>'kind' = 'change' and ${isNew})`;
const passed = `passed as (${asBreach(told)} from json_each(?2) where ${isNewBreach})`;

const days = `new_days as (select d.* from (${entityDays}) d where not exists (
    select 1 from status_entity_days k where k.company_id = d.company_id and k.entity_type = d.entity_type
    and k.entity_id = d.entity_id and k.day = d.day)),
  known_days as (select k.company_id, k.entity_type, k.entity_id, k.day, k.property_id
    from (select distinct company_id, entity_type, entity_id from new_days) e
    join status_entity_days k on k.company_id = e.company_id and k.entity_type = e.entity_type
      and k.entity_id = e.entity_id)`;

/**
 * What a page adds to the roll-ups. These go into the page's batch before its transitions and breaches: what is
 * not there yet is what has not been counted.
 */
export function countPage(db: D1Handle, { transitions, breaches }: StatusPage): D1PreparedStatement[] {
  const moved = JSON.stringify(transitions);
  const statements: D1PreparedStatement[] = [];
  if (transitions.length + breaches.length > 0)
    statements.push(
      add(db, 0, `with ${moves}, ${passed} ${dailySums}`).bind(moved, JSON.stringify(breaches)),
    );
  if (transitions.length > 0)
    statements.push(
      add(db, 1, `with ${moves} ${actorSums}`).bind(moved),
      add(db, 2, `with ${moves}, ${days} ${entityChanges}`).bind(moved),
      db
        .prepare(`insert into status_entity_days (company_id, entity_type, entity_id, day, property_id)
          select * from (with ${moves} ${entityDays}) where true on conflict do nothing`)
        .bind(moved),
    );
  return statements;
}

function add(db: D1Handle, rollup: 0 | 1 | 2, query: string): D1PreparedStatement {
  const { table, key, sums } = rollups[rollup];
  const columns = columnsOf(rollup);
  const added = [
    ...sums.map((sum) => `${sum} = ${table}.${sum} + excluded.${sum}`),
    ...(columns.includes("actor_name") ? ["actor_name = excluded.actor_name"] : []),
  ];
  return db.prepare(`insert into ${table} (${columns.join(", ")})
    select ${columns.join(", ")} from (${query}) where true
    on conflict (${key.join(", ")}) do update set ${added.join(", ")}`);
}

export function columnsOf(rollup: 0 | 1 | 2): string[] {
  const { table, key, sums } = rollups[rollup];
  return [...key, ...(table === "status_daily_actors" ? ["actor_name"] : []), ...sums];
}
