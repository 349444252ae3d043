import * as z from "zod";
import { longText, shortText } from "../../../core/fields.ts";
import { pageQuery } from "../../../core/page.ts";
import { EntityType } from "../workflow-schema.ts";
import { statusEventKinds } from "../../../db/schema/status.ts";
import { secretFrom } from "./webhook-secret.ts";

export const WebhookId = z.object({ id: z.string() });

/** What is ours to say, and what a proxy on the way would act on. */
const reservedHeader =
  /^(?:webhook-.*|cf-.*|sec-.*|proxy-.*|x-forwarded-.*|x-real-ip|host|content-.*|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|cookie|date|user-agent|forwarded|via)$/;

const HeaderName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "must be the name of a header")
  .toLowerCase()
  .refine((name) => !reservedHeader.test(name), "is not a header you may set");
const HeaderValue = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, "must be printable ASCII");

const SecretKey = z.string().transform((given, issue) => {
  const secret = secretFrom(given);
  if (secret !== null) return secret;
  issue.addIssue({
    code: "custom",
    message: "must be `whsec_` and 16 to 64 bytes in base64, or a text of 16 to 64 ASCII characters",
  });
  return z.NEVER;
});

const StatusName = z.string().min(1).max(64);
const unique = <Item extends z.ZodType<string>>(item: Item, most: number) =>
  z
    .array(item)
    .max(most)
    .transform((items) => [...new Set(items)]);

const fields = {
  webhook_url: z.string().trim().min(1).max(2000),
  entity_types: unique(EntityType, 50).describe("Empty: every type"),
  status_filters: unique(StatusName, 100).describe(
    "Empty: every status. Compared with the status an event is about: entered, late, or asked for",
  ),
  property_ids: unique(z.string().min(1).max(64), 90).describe(
    "Empty: every property, and what belongs to none",
  ),
  events: unique(z.enum(statusEventKinds), statusEventKinds.length).pipe(
    z.array(z.enum(statusEventKinds)).min(1),
  ),
  description: longText.nullable(),
  headers: z
    .record(HeaderName, HeaderValue)
    .refine((headers) => Object.keys(headers).length <= 20, "must be at most 20")
    .describe("Sent with every message; kept encrypted, shown masked"),
  max_per_second: z.int().min(1).max(1000).nullable().describe("Null: as fast as they come"),
  is_active: z.boolean(),
};

export const WebhookDraft = z
  .object({
    webhook_url: fields.webhook_url,
    entity_types: fields.entity_types.default([]),
    status_filters: fields.status_filters.default([]),
    property_ids: fields.property_ids.default([]),
    events: fields.events.default(["status_changed"]),
    description: fields.description.default(null),
    headers: fields.headers.default({}),
    max_per_second: fields.max_per_second.default(null),
    secret_key: SecretKey.optional().describe("Made for you when absent"),
    is_active: fields.is_active.default(true),
  })
  .meta({
    example: {
      webhook_url: "https://external-system.com/webhooks/status",
      entity_types: ["order", "quote"],
      status_filters: ["completed", "cancelled"],
      secret_key: "webhook-secret-123",
      is_active: true,
    },
  });
export type WebhookDraft = z.infer<typeof WebhookDraft>;

export const WebhookChanges = z
  .object({
    webhook_url: fields.webhook_url.optional(),
    entity_types: fields.entity_types.optional(),
    status_filters: fields.status_filters.optional(),
    property_ids: fields.property_ids.optional(),
    events: fields.events.optional(),
    description: fields.description.optional(),
    headers: fields.headers.nullable().optional().describe("All of them anew; null removes them"),
    max_per_second: fields.max_per_second.optional(),
    is_active: fields.is_active
      .optional()
      .describe("false cancels what is still to be sent; true also ends being switched off for failing"),
  })
  .meta({ example: { status_filters: [], is_active: true } });
export type WebhookChanges = z.infer<typeof WebhookChanges>;

export const WebhookQuery = pageQuery(["created_at"], {
  is_active: z.stringbool().optional(),
  entity_type: EntityType.optional().describe("Those that hear of this type"),
  q: shortText.optional().describe("Part of the URL"),
});
export type WebhookQuery = z.infer<typeof WebhookQuery>;

const when = z.iso.datetime();

export const Webhook = z
  .object({
    id: z.string(),
    webhook_url: z.string(),
    description: z.string().nullable(),
    events: z.array(z.string()),
    entity_types: z.array(z.string()),
    status_filters: z.array(z.string()),
    property_ids: z.array(z.string()),
    headers: z.record(z.string(), z.string()).describe("Masked: the last four characters"),
    max_per_second: z.int().nullable(),
    secret_key: z
      .string()
      .describe("Whole in the answer to the POST that made it, masked ever after: the last four characters"),
    previous_secrets: z
      .array(z.object({ last_four: z.string(), expires_at: when }))
      .describe("They sign beside the current one until they expire"),
    is_active: z.boolean(),
    disabled_at: when.nullable().describe("Set when it was switched off by itself"),
    disabled_reason: z
      .enum(["gone", "failing"])
      .nullable()
      .describe("gone: it answered 410; failing: nothing got through for five days"),
    failing_since: when.nullable().describe("Null while deliveries get through"),
    created_at: when,
    updated_at: when,
  })
  .meta({ id: "StatusWebhook" });

export const SecretRotation = z
  .object({ secret_key: SecretKey.optional().describe("Made for you when absent") })
  .meta({ example: { secret_key: "whsec_bXkgb3duIHNlY3JldCBvZiAzMiBieXRlcyBvciBzbw==" } });
export type SecretRotation = z.infer<typeof SecretRotation>;
