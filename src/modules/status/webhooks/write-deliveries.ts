import type { Nudge } from "../../../core/outbox.ts";
import type { D1Handle } from "../../../db/client.ts";

/** Names a row of `status_events`. */
export type EventRef = { company_id: string; entity_type: string; entity_id: string; sequence: number };

/** Whether registration `w` wants an event, by the row of `status_events` with this name. */
function wants(row: string): string {
  const passes = (filter: string, value: string) =>
    `(json_array_length(w.${filter}) = 0 or ${row}.${value} in (select f.value from json_each(w.${filter}) f))`;
  return [
    `${row}.event in (select f.value from json_each(w.events) f)`,
    passes("entity_types", "entity_type"),
    passes("status_filters", "status"),
    passes("property_ids", "property_id"),
  ].join(" and ");
}

const isOf = (row: string, other: string) =>
  ["company_id", "entity_type", "entity_id"].map((name) => `${row}.${name} = ${other}.${name}`).join(" and ");

const previous = `coalesce((select p.sequence from status_events p where ${isOf("p", "v")}
    and p.sequence < v.sequence and ${wants("p")} order by p.sequence desc limit 1), 0)`;

const body = `json_object('event', v.event,
    'timestamp', strftime('%Y-%m-%dT%H:%M:%fZ', v.at / 1000.0, 'unixepoch'),
    'data', json_set(v.data, '$.previous_sequence', ${previous}))`;

const copied = "id, event, entity_type, entity_id, property_id, sequence".split(", ");

// The work of an entity is done in the order of these ids: by number, whatever the clocks said that made the other ids.
const orderedId = (row: string) => `printf('%010d:', ${row}.sequence) || ${row}.id || ':'`;

/** A copy of each event `v` for each registration `w` that wants it. */
const copies = (from: string) => `insert into webhook_deliveries
    (company_id, webhook_id, ${copied.join(", ")}, body, status, outbox_id, created_at)
  select v.company_id, w.id, ${copied.map((name) => `v.${name}`).join(", ")}, ${body}, 'pending',
    ${orderedId("v")} || w.id, v.at
  from ${from} on conflict do nothing`;

const isListening = `w.company_id = v.company_id and w.is_active = 1 and w.deleted_at is null and ${wants("v")}`;

const told = (row: string) =>
  ["company_id", "entity_type", "entity_id", "sequence"]
    .map((name) => `${row}.${name} = m.value->>'${name}'`)
    .join(" and ");

const insertDeliveries = copies(`json_each(?1) m join status_events v on ${told("v")}
  join status_webhooks w on ${isListening} where true`);

const keyOf = "d.webhook_id || ':' || d.entity_type || ':' || d.entity_id";

// The outbox row of a pending delivery. Where an earlier message of the same entity waits for its next attempt, a later
// one waits as long: rows that are due but may not go yet would only be swept up in vain.
const outboxOf = (deliveries: string, realNow: string) => `insert into outbox
    (id, company_id, topic, key, payload, dedupe_key, status, attempts, next_attempt_at, created_at)
  select d.outbox_id, d.company_id, 'webhook-deliveries', ${keyOf},
    json_object('webhook_id', d.webhook_id, 'delivery_id', d.id), d.outbox_id, 'pending', 0,
    max(${realNow}, coalesce((select max(o.next_attempt_at) from outbox o where o.company_id = d.company_id
      and o.topic = 'webhook-deliveries' and o.key = ${keyOf} and o.status = 'pending' and o.status <> 'done'), 0)),
    ${realNow}
  from ${deliveries} and d.status = 'pending'
  on conflict do nothing returning company_id as companyId, key`;

const insertOutbox = outboxOf(
  `json_each(?1) m join status_events v on ${told("v")}
    join webhook_deliveries d on d.company_id = v.company_id and d.id = v.id where true`,
  "?2",
);

/**
 * The statements that give each receiver its copy of what was told, with the outbox row that sends it, for the batch
 * that writes the events, after them. Written twice they change nothing. The last one answers, by `keysOf`, whom to wake.
 */
export function deliveryStatements(db: D1Handle, events: EventRef[], realNow: number): D1PreparedStatement[] {
  if (events.length === 0) return [];
  const refs = JSON.stringify(
    events.map(({ company_id, entity_type, entity_id, sequence }) => ({
      company_id,
      entity_type,
      entity_id,
      sequence,
    })),
  );
  return [db.prepare(insertDeliveries).bind(refs), db.prepare(insertOutbox).bind(refs, realNow)];
}

type Receiver = { companyId: string; webhookId: string };
type Span = { since: Date; until: Date; most: number; realNow: number };

const insertMissed = copies(`status_events v join status_webhooks w on w.id = ?2 and ${isListening}
  where v.company_id = ?1 and v.at between ?3 and ?4 and not exists (select 1 from webhook_deliveries d
    where d.company_id = v.company_id and d.id = v.id and d.webhook_id = w.id)
  order by v.at, v.id limit ?5`);

const insertMissedOutbox = outboxOf(
  `webhook_deliveries d where d.company_id = ?1 and d.webhook_id = ?2 and d.created_at between ?3 and ?4`,
  "?5",
);

/** The statements that send the events of which no delivery was ever made. The last one answers like above. */
export function missedStatements(
  db: D1Handle,
  { companyId, webhookId }: Receiver,
  { since, until, most, realNow }: Span,
): D1PreparedStatement[] {
  const span = [companyId, webhookId, since.getTime(), until.getTime()] as const;
  return [
    db.prepare(insertMissed).bind(...span, most),
    db.prepare(insertMissedOutbox).bind(...span, realNow),
  ];
}

const renewed = `${orderedId("d")} || d.webhook_id || ':' || ?5`;

const renewDeliveries = `update webhook_deliveries as d set status = 'pending', attempts = 0, outbox_id = ${renewed}
  where d.company_id = ?1 and d.webhook_id = ?2 and d.id in (
    select id from webhook_deliveries where company_id = ?1 and webhook_id = ?2 and status in ('failed', 'cancelled')
    and created_at between ?3 and ?4 and event <> 'test' order by created_at, id limit ?6)`;

const insertRenewed = outboxOf(
  `webhook_deliveries d where d.company_id = ?1 and d.webhook_id = ?2 and d.created_at between ?3 and ?4
    and d.outbox_id = ${renewed}`,
  "?6",
);

/**
 * The statements that send again, from the start, what was given up or cancelled; `run` names the one time. The last
 * one answers like above.
 */
export function renewalStatements(
  db: D1Handle,
  { companyId, webhookId }: Receiver,
  { since, until, most, realNow, run }: Span & { run: string },
): D1PreparedStatement[] {
  const span = [companyId, webhookId, since.getTime(), until.getTime(), run] as const;
  return [db.prepare(renewDeliveries).bind(...span, most), db.prepare(insertRenewed).bind(...span, realNow)];
}

/** The keys of new outbox rows, from the answer to the last statement. */
export function keysOf(answer: D1Result | undefined): Nudge[] {
  return (answer?.results ?? []) as Nudge[];
}
