import type { D1Handle } from "../../db/client.ts";
import { counters, flags, texts } from "./event-fields.ts";

/** Where the statements below find what they were given. */
const events = "json_each((select events from given))";
const company = "(select company from given)";

const told = (name: string) => `value->'facts'->>'${name}'`;
const summed = counters.map((name) => `coalesce(sum(${told(name)}), 0) as ${name}`);
const flagged = flags.map((name) => `coalesce(max(${told(name)}), 0) as ${name}`);

/** The last of these that is not null, by the order of events in the array. */
const last = (value: string) =>
  `(select ${value.replaceAll("value", "e.value")} from ${events} e
    where e.value->>'conversation_id' = n.conversation_id and e.value->>'session_id' = n.session_id
    and ${value.replaceAll("value", "e.value")} is not null order by e.key desc limit 1)`;

const lastOnes = {
  user_id: "value->>'user_id'",
  contact_method: told("contact_method"),
  tour_type: told("tour_type"),
  device_id: "value->>'device_id'",
  page_url: told("page_url"),
};
const names = ["company_id", "conversation_id", "session_id", "id", "events"];
const sums = ["session_duration", ...counters, ...flags];

const intoSessions = `insert into analytics_sessions
  (${[...names, ...sums, ...Object.keys(lastOnes), "last_event_at"].join(", ")})
  select ${[...names, ...sums].map((name) => `n.${name}`).join(", ")},
    ${Object.values(lastOnes).map(last).join(", ")}, n.last_event_at
  from (
    select ${company} as company_id, value->>'conversation_id' as conversation_id, value->>'session_id' as session_id,
      min(value->>'id') as id, count(*) as events,
      cast(coalesce(max(${told("session_duration")}), 0) as integer) as session_duration,
      ${[...summed, ...flagged].join(", ")}, max(value->>'occurred_at') as last_event_at
    from ${events}
    where not exists (select 1 from analytics_events known
      where known.company_id = ${company} and known.insert_id = value->>'insert_id')
    group by 2, 3) n
  where true
  on conflict (company_id, conversation_id, session_id) do update set
    events = events + excluded.events,
    session_duration = max(session_duration, excluded.session_duration),
    ${counters.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")},
    ${flags.map((name) => `${name} = max(${name}, excluded.${name})`).join(", ")},
    ${Object.keys(lastOnes)
      .map((name) => `${name} = coalesce(excluded.${name}, ${name})`)
      .join(", ")},
    last_event_at = max(last_event_at, excluded.last_event_at)`;

const intoEvents = `insert into analytics_events (company_id, insert_id, id, property_id, conversation_id,
    session_id, user_id, device_id, event_type, facts, occurred_at, received_at, forwarding)
  select ${company}, value->>'insert_id', value->>'id', value->>'property_id', value->>'conversation_id', value->>'session_id',
    value->>'user_id', value->>'device_id', value->>'event_type', value->'facts', value->>'occurred_at', (select received_at from given),
    case when exists (select 1 from company_secrets where company_id = ${company} and name = 'amplitude_api_key')
      then 'pending' else 'none' end
  from ${events} where true on conflict do nothing returning insert_id`;

const intoOutbox = `insert into outbox (id, company_id, topic, key, payload, dedupe_key, next_attempt_at, created_at)
  select w.id, ${company}, 'projections', 'amplitude', '{"kind":"amplitude_forward"}', 'amplitude:' || w.id,
    (select received_at from given), (select received_at from given)
  from (select max(e.value->>'id') as id from ${events} e where exists (select 1 from analytics_events k
    where k.company_id = ${company} and k.insert_id = e.value->>'insert_id' and k.id = e.value->>'id'
      and k.forwarding = 'pending')) w
  where w.id is not null`;

/** An event on its way in. */
export type TakenEvent = {
  id: string;
  insert_id: string;
  property_id: string;
  conversation_id: string;
  session_id: string;
  user_id: string | null;
  device_id: string | null;
  event_type: string;
  occurred_at: number;
  facts: Record<string, number | boolean | string>;
};

/**
 * Adds events to their sessions, keeps them, and has the new ones forwarded where the company has a key: three
 * statements for one batch, in this order, since what is not kept yet is what has not been counted. The events come in
 * the order they happened, each `insert_id` once. The second answers the new ones.
 */
export function takeEvents(db: D1Handle, companyId: string, taken: TakenEvent[]): D1PreparedStatement[] {
  const given =
    "with given(events, company, received_at) as materialized (select ?1, ?2, cast(?3 as integer))";
  const bound = [JSON.stringify(taken), companyId, String(Date.now())];
  return [intoSessions, intoEvents, intoOutbox].map((statement) =>
    db.prepare(`${given} ${statement}`).bind(...bound),
  );
}

/** The facts of an event that are kept with it. */
export function factsOf(event: object): Record<string, number | boolean | string> {
  const wanted: readonly string[] = [...counters, ...flags, ...texts, "session_duration"];
  return Object.fromEntries(
    Object.entries(event).filter(([name, value]) => wanted.includes(name) && value !== undefined),
  ) as Record<string, number | boolean | string>;
}
