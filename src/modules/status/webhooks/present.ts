import { iso } from "../../../core/fields.ts";
import type { webhookAttempts } from "../../../db/schema/webhooks.ts";
import type { DeliveryRow, DeliveryWithAttempts } from "./list-deliveries.ts";
import type { EntityEvents } from "./list-events.ts";
import { envelopeOf } from "./message.ts";
import type { WebhookWithSecrets } from "./queries.ts";
import type { Recovered } from "./recover-deliveries.ts";

/** `secret` is shown to whoever has just made it, and never again. */
export function presentWebhook({ webhook, secrets }: WebhookWithSecrets, secret?: string) {
  const [current, ...previous] = secrets;
  return {
    id: webhook.id,
    webhook_url: webhook.url,
    description: webhook.description,
    events: webhook.events,
    entity_types: webhook.entityTypes,
    status_filters: webhook.statusFilters,
    property_ids: webhook.propertyIds,
    headers: Object.fromEntries(
      Object.entries(webhook.headerHints).map(([name, lastFour]) => [name, masked(lastFour)]),
    ),
    max_per_second: webhook.maxPerSecond,
    secret_key: secret ?? masked(current?.lastFour ?? ""),
    previous_secrets: previous.flatMap(({ lastFour, expiresAt }) =>
      expiresAt ? [{ last_four: lastFour, expires_at: iso(expiresAt) }] : [],
    ),
    is_active: webhook.isActive,
    disabled_at: iso(webhook.disabledAt),
    disabled_reason: webhook.disabledReason,
    failing_since: iso(webhook.failingSince),
    created_at: iso(webhook.createdAt),
    updated_at: iso(webhook.updatedAt),
  };
}

function masked(lastFour: string): string {
  return `••••${lastFour}`;
}

export function presentDelivery({ delivery, nextAttemptAt }: DeliveryRow) {
  return {
    id: delivery.id,
    webhook_id: delivery.webhookId,
    event: delivery.event,
    entity_type: delivery.entityType,
    entity_id: entityIdIn(delivery),
    sequence: delivery.sequence,
    status: delivery.status,
    attempt_count: delivery.attempts,
    next_attempt_at: iso(nextAttemptAt),
    created_at: iso(delivery.createdAt),
    delivered_at: iso(delivery.deliveredAt),
  };
}

export function presentDeliveryWithAttempts(found: DeliveryWithAttempts) {
  return {
    ...presentDelivery(found),
    payload: JSON.parse(found.delivery.body) as unknown,
    attempts: found.attempts.map(presentAttempt),
  };
}

/** As it was first given: a number stays a number. */
function entityIdIn({ body, entityId }: { body: string; entityId: string }): string | number {
  const { data } = JSON.parse(body) as { data: { entity_id?: string | number } };
  return data.entity_id ?? entityId;
}

export function presentAttempt(attempt: typeof webhookAttempts.$inferSelect) {
  const { statusCode } = attempt;
  return {
    id: attempt.id,
    trigger: attempt.trigger,
    url: attempt.url,
    success: statusCode !== null && statusCode >= 200 && statusCode < 300,
    status_code: statusCode,
    error: attempt.error,
    response: attempt.response,
    latency_ms: attempt.latencyMs,
    attempted_at: iso(attempt.attemptedAt),
  };
}

export function presentRecovered({ since, until, failed, missed, hasMore }: Recovered) {
  const span = { since: iso(since), until: iso(until) };
  return { ...span, queued: failed + missed, failed, missed, has_more: hasMore };
}

export function presentEvents({ entityType, entityId, lastSequence, hasMore, events }: EntityEvents) {
  return {
    entity_type: entityType,
    entity_id: entityId,
    last_sequence: lastSequence,
    has_more: hasMore,
    events: events.map(({ event, at, data }) => envelopeOf({ event, at: at.getTime(), data })),
  };
}
