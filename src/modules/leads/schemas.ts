import * as z from "zod";
import { emailAddress, freeJson, longText, phoneNumber, shortText } from "../../core/fields.ts";
import { instant, localDate, pageQuery } from "../../core/page.ts";

export const LeadId = z.object({ leadId: z.string() });

export const leadStatuses = [
  "new",
  "contacted",
  "qualified",
  "tour_scheduled",
  "application",
  "leased",
  "lost",
] as const;
export const LeadStatus = z.enum(leadStatuses);
export type LeadStatus = z.infer<typeof LeadStatus>;

export const syncStatuses = ["waiting", "pending", "synced", "failed"] as const;

const count = z.int().min(0).max(50);
const money = z.int().min(0).max(1_000_000);

export const LeadChanges = z
  .object({
    first_name: shortText.nullable().optional(),
    last_name: shortText.nullable().optional(),
    email: emailAddress.nullable().optional(),
    phone: phoneNumber.nullable().optional(),
    source: shortText.nullable().optional(),
    notes: longText.nullable().optional(),
    assigned_to: z
      .string()
      .min(1)
      .nullable()
      .optional()
      .describe("A property manager of the lead's property"),
    has_application: z.boolean().optional(),
    bedrooms: count.nullable().optional(),
    bathrooms: z.number().min(0).max(50).nullable().optional(),
    furnished: z.boolean().nullable().optional(),
    lease_months: z.int().min(1).max(60).nullable().optional(),
    move_in_date: localDate.nullable().optional(),
    price_range_min: money.nullable().optional(),
    price_range_max: money.nullable().optional(),
    occupants_count: count.nullable().optional(),
    has_pets: z.boolean().nullable().optional(),
    pet_details: freeJson.nullable().optional(),
  })
  .meta({ example: { first_name: "Nora", last_name: "Field", bedrooms: 2, price_range_max: 1900 } });
export type LeadChanges = z.infer<typeof LeadChanges>;

export const LeadQuery = pageQuery(["last_activity_at", "created_at", "lead_score", "sla_deadline"], {
  property_id: z.string().optional(),
  status: LeadStatus.optional(),
  assigned_to: z.string().optional(),
  q: shortText.optional().describe("Part of a name, an e-mail address or a phone number"),
  from: instant.optional().describe("Came in at or after"),
  to: instant.optional().describe("Came in before"),
  overdue: z.stringbool().optional(),
  sync_status: z.enum(syncStatuses).optional(),
});
export type LeadQuery = z.infer<typeof LeadQuery>;

export const Lead = z
  .object({
    id: z.string(),
    company_id: z.string(),
    property_id: z.string(),
    user_id: z.string().nullable(),
    contact_id: z.string().nullable(),
    conversation_id: z.string().nullable(),
    assigned_to: z.string().nullable(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    source: z.string().nullable(),
    notes: z.string().nullable(),
    bedrooms: z.int().nullable(),
    bathrooms: z.number().nullable(),
    furnished: z.boolean().nullable(),
    lease_months: z.int().nullable(),
    move_in_date: z.string().nullable(),
    price_range_min: z.int().nullable(),
    price_range_max: z.int().nullable(),
    occupants_count: z.int().nullable(),
    has_pets: z.boolean().nullable(),
    pet_details: z.json(),
    lead_score: z.int().nullable().describe("0 to 100"),
    score_explanation: z.array(z.object({ reason: z.string(), points: z.int() })),
    has_application: z.boolean(),
    status: z.string(),
    status_label: z.string(),
    status_since: z.iso.datetime(),
    sla_deadline: z.iso.datetime().nullable(),
    is_overdue: z.boolean(),
    resman_prospect_id: z.string().nullable(),
    resman_person_id: z.string().nullable(),
    resman_sync_status: z
      .enum(syncStatuses)
      .describe("waiting: nothing to send yet; pending: on its way; failed: given up until somebody retries"),
    resman_synced_at: z.iso.datetime().nullable(),
    resman_sync_error: z.string().nullable(),
    last_activity_at: z.iso.datetime(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Lead" });

export const LeadStatusChange = z
  .object({
    new_status: LeadStatus,
    expected_from_status: LeadStatus.optional().describe(
      "The status you saw; 409 when somebody was faster and it is another one now",
    ),
    status_reason: longText.nullish().describe("Needed for lost"),
    context_data: z
      .looseObject({
        conversation_summary: z.string().max(4000).optional(),
        key_insights: z.array(z.string().max(500)).max(50).optional(),
        next_steps: z.string().max(4000).optional(),
        urgency_level: z.enum(["low", "medium", "high"]).optional(),
        estimated_completion: z.iso
          .datetime({ offset: true, error: "must be an ISO 8601 time with an offset" })
          .nullable()
          .optional()
          .describe("Becomes the deadline"),
      })
      .refine(
        (context) => freeJson.safeParse(context).success,
        "must be at most 16 KB of JSON, nested at most 10 deep",
      )
      .nullish(),
    updated_by: z.enum(["chatbot", "resman_user", "system"]),
    trigger_notifications: z
      .boolean()
      .default(true)
      .describe("Tell the managers of the property; false keeps workflows from telling anybody, too"),
  })
  .meta({
    example: {
      new_status: "lost",
      status_reason: "Chose another community",
      updated_by: "resman_user",
      trigger_notifications: true,
    },
  });
export type LeadStatusChange = z.infer<typeof LeadStatusChange>;

export const LeadStatusChanged = z
  .object({
    success: z.boolean(),
    new_status: z.string(),
    updated_at: z.iso.datetime(),
    notifications_sent: z
      .int()
      .describe("Managers who are told, and notices and mails of the workflows this change set off"),
    workflow_actions_triggered: z
      .array(z.string())
      .describe("What the property's status workflows did about this change, in order"),
  })
  .meta({ id: "LeadStatusChanged" });

export const StatusHistoryQuery = z.object({
  date_from: instant.optional(),
  date_to: instant.optional(),
  page: z.coerce.number().int().min(1).max(10_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
export type StatusHistoryQuery = z.infer<typeof StatusHistoryQuery>;

export const LeadStatusHistory = z
  .object({
    status_changes: z
      .array(
        z.object({
          id: z.string(),
          old_status: z.string().nullable(),
          new_status: z.string(),
          status_reason: z.string().nullable(),
          updated_by: z.string(),
          context_data: z.record(z.string(), z.json()),
          created_at: z.iso.datetime(),
        }),
      )
      .describe("Newest first"),
    total_count: z.int(),
  })
  .meta({ id: "LeadStatusHistory" });

export const LeadSync = z
  .object({
    lead_ids: z.array(z.string().min(1)).min(1).max(500).optional(),
    property_id: z.string().min(1).optional(),
  })
  .meta({ example: { lead_ids: ["0195f3a0-0000-7000-8000-000000000001"] } });
export type LeadSync = z.infer<typeof LeadSync>;

export const LeadSyncQueued = z
  .object({
    queued: z.int().describe("Leads that are on their way to ResMan now"),
    retried: z.int().describe("Of those, leads whose sync had been given up"),
    waiting: z
      .int()
      .describe("Leads that lack a name, an e-mail address or phone number, or ResMan settings"),
    remaining: z.int().describe("Leads beyond what one call takes; call again"),
  })
  .meta({ id: "LeadSyncQueued" });
