import type { Nudge } from "../../../core/outbox.ts";
import type { D1Handle } from "../../../db/client.ts";
import type { Message } from "./message.ts";

/** Whether registration `w` wants a message whose fields these SQL expressions give. */
export function wants(event: string, entityType: string, status: string, propertyId: string): string {
  const passes = (filter: string, value: string) =>
    `(json_array_length(${filter}) = 0 or ${value} in (select f.value from json_each(${filter}) f))`;
  return [
    `${event} in (select f.value from json_each(w.events) f)`,
    passes("w.entity_types", entityType),
    passes("w.status_filters", status),
    passes("w.property_ids", propertyId),
  ].join(" and ");
}

const told = (name: string) => `m.value->>'${name}'`;
const copied = ["id", "event", "entity_type", "entity_id", "property_id", "sequence", "body"] as const;

const receivers = `w.company_id = ${told("company_id")} and w.is_active = 1 and w.deleted_at is null
  and (?2 is null or w.id = ?2) and ${wants(told("event"), told("entity_type"), told("status"), told("property_id"))}`;

const insertDeliveries = `insert into webhook_deliveries
    (company_id, webhook_id, ${copied.join(", ")}, status, outbox_id, created_at)
  select w.company_id, w.id, ${copied.map(told).join(", ")}, 'pending', ${told("id")} || ':' || w.id, ${told("at")}
  from json_each(?1) m join status_webhooks w on ${receivers} where true
  on conflict do nothing`;

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
  `json_each(?1) m join webhook_deliveries d on d.company_id = ${told("company_id")} and d.id = ${told("id")}
    and (?2 is null or d.webhook_id = ?2) where true`,
  "?3",
);

/**
 * The statements that give each receiver its copy of what happened, with the outbox row that sends it, for the batch
 * that makes it true. Written twice they change nothing. The last one answers, by `keysOf`, whom to wake.
 * With a `webhookId` only that receiver gets copies.
 */
export function deliveryStatements(
  db: D1Handle,
  messages: Message[],
  realNow: number,
  webhookId: string | null = null,
): D1PreparedStatement[] {
  if (messages.length === 0) return [];
  const rows = JSON.stringify(messages);
  return [
    db.prepare(insertDeliveries).bind(rows, webhookId),
    db.prepare(insertOutbox).bind(rows, webhookId, realNow),
  ];
}

// An id that begins with the message's keeps its place in the order of its entity.
const renewed = "d.id || ':' || d.webhook_id || ':' || ?5";

const renewDeliveries = `update webhook_deliveries as d set status = 'pending', attempts = 0, outbox_id = ${renewed}
  where d.company_id = ?1 and d.webhook_id = ?2 and d.id in (
    select id from webhook_deliveries where company_id = ?1 and webhook_id = ?2 and status in ('failed', 'cancelled')
    and created_at between ?3 and ?4 and event <> 'test' order by created_at, id limit ?6)`;

const insertRenewed = outboxOf(
  `webhook_deliveries d where d.company_id = ?1 and d.webhook_id = ?2 and d.created_at between ?3 and ?4
    and d.outbox_id = ${renewed}`,
  "?6",
);

type Renewal = { since: Date; until: Date; run: string; most: number; realNow: number };

/** The statements that send again, from the start, what was given up or cancelled. The last one answers like above. */
export function renewalStatements(
  db: D1Handle,
  { companyId, webhookId }: { companyId: string; webhookId: string },
  { since, until, run, most, realNow }: Renewal,
): D1PreparedStatement[] {
  const span = [companyId, webhookId, since.getTime(), until.getTime(), run] as const;
  return [db.prepare(renewDeliveries).bind(...span, most), db.prepare(insertRenewed).bind(...span, realNow)];
}

/** The keys of new outbox rows, from the answer to the last statement. */
export function keysOf(answer: D1Result | undefined): Nudge[] {
  return (answer?.results ?? []) as Nudge[];
}
