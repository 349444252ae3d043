import * as z from "zod";
import { instant, pageQuery } from "../../../core/page.ts";
import { EntityType } from "../workflow-schema.ts";

const when = z.iso.datetime();
const DeliveryStatus = z.enum(["pending", "delivered", "failed", "cancelled"]);

export const DeliveryId = z.object({ id: z.string(), deliveryId: z.string() });

export const DeliveryQuery = pageQuery(["created_at"], {
  status: DeliveryStatus.optional(),
  entity_type: EntityType.optional(),
  entity_id: z.string().min(1).max(200).optional(),
});
export type DeliveryQuery = z.infer<typeof DeliveryQuery>;

export const Attempt = z
  .object({
    id: z.string(),
    trigger: z.enum(["schedule", "manual", "test"]),
    url: z.string(),
    success: z.boolean(),
    status_code: z.int().nullable().describe("Null where no answer came"),
    error: z.string().nullable(),
    response: z.string().nullable().describe("The first ten kilobytes of the answer"),
    latency_ms: z.int(),
    attempted_at: when,
  })
  .meta({ id: "WebhookAttempt" });

const delivery = {
  id: z.string().describe("The message's id, sent as `webhook-id` with every attempt"),
  webhook_id: z.string(),
  event: z.string(),
  entity_type: z.string(),
  entity_id: z.union([z.number(), z.string()]),
  sequence: z.int(),
  status: DeliveryStatus,
  attempt_count: z.int().describe("Attempts by schedule, of ten"),
  next_attempt_at: when
    .nullable()
    .describe("The earliest time: it waits for earlier messages of the same entity in any case"),
  created_at: when,
  delivered_at: when.nullable(),
};

export const Delivery = z.object(delivery).meta({ id: "WebhookDelivery" });

export const DeliveryWithAttempts = z
  .object({
    ...delivery,
    payload: z.json().describe("The body as it is sent"),
    attempts: z.array(Attempt).describe("The latest hundred, newest first"),
  })
  .meta({ id: "WebhookDeliveryWithAttempts" });

export const Recovery = z
  .object({
    since: instant.describe("At most 30 days ago"),
    until: instant.optional().describe("Now when absent"),
  })
  .meta({ example: { since: "2026-11-01T00:00:00Z" } });
export type Recovery = z.infer<typeof Recovery>;

export const Recovered = z
  .object({
    since: when,
    until: when,
    queued: z.int().describe("Messages on their way now"),
    failed: z.int().describe("Of those, deliveries that were given up or cancelled"),
    missed: z.int().describe("Of those, events of which no delivery was ever made"),
    has_more: z.boolean().describe("A call takes 10 000; call again for the rest"),
  })
  .meta({ id: "WebhookRecovery" });
