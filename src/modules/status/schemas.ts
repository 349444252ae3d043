import * as z from "zod";
import { instant } from "../../core/page.ts";
import { EntityType } from "./workflow-schema.ts";

/** Free JSON of a caller, bounded so that a row stays a row. */
const freeFields = z
  .record(z.string().min(1).max(100), z.json())
  .refine((fields) => JSON.stringify(fields).length <= 16_384, "must be at most 16 KB of JSON");

/** An id of somebody else's making. A number and its digits name the same entity. */
export const EntityId = z.union([
  z.int(),
  z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}]+$/u, "must not hold control characters")
    .refine((id) => id.isWellFormed() && id !== "." && id !== "..", "must be text that can stand in a path"),
]);

export const EntityPath = z.object({
  entity_type: EntityType,
  entity_id: z.string().min(1).max(200),
});
export type EntityPath = z.infer<typeof EntityPath>;

const StatusName = z.string().min(1).max(64);

export const StatusChange = z
  .object({
    entity_type: EntityType,
    entity_id: EntityId,
    to_status: StatusName,
    transition_reason: z.string().trim().max(4000).nullable().optional(),
    business_context: freeFields
      .optional()
      .describe(
        "`estimated_completion` becomes the deadline, `priority` chooses hours and the workflow's conditions look at all of it",
      ),
    metadata: freeFields.optional(),
    expected_from_status: StatusName.nullable()
      .optional()
      .describe("The status you saw, null for none yet; 409 when it is another one now"),
    change_id: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("Names this change of this entity: sent twice it happens once"),
    property_id: z
      .string()
      .min(1)
      .nullable()
      .optional()
      .describe("The property it belongs to: whose people see it, and whose hours count"),
  })
  .meta({
    example: {
      entity_type: "order",
      entity_id: 12_345,
      to_status: "in_production",
      transition_reason: "All materials received and production started",
      business_context: { production_line: "A1", estimated_completion: "2026-06-15T14:00:00Z" },
      metadata: { customer_visible: true },
    },
  });
export type StatusChange = z.infer<typeof StatusChange>;

const when = z.iso.datetime();
const AnyId = z.union([z.number(), z.string()]);

export const StatusChanged = z
  .object({
    transition_id: z.string(),
    entity_type: z.string(),
    entity_id: AnyId,
    from_status: z.string().nullable(),
    to_status: z.string(),
    transition_timestamp: when,
    sla_deadline: when.nullable().describe("Null where no clock runs"),
    is_overdue: z.boolean(),
    workflow_step: z.object({
      step_order: z.int(),
      status_label: z.string(),
      status_color: z.string(),
      allowed_next_transitions: z.array(z.string()),
    }),
  })
  .meta({ id: "StatusChanged" });

const flag = z.stringbool().default(false);
const offset = z.coerce.number().int().min(0).max(1_000_000).default(0);

export const HistoryQuery = z.object({
  include_metadata: flag.describe("Give business_context and metadata of every transition too"),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset,
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** How 004 pages: by offset, inside the data. */
export const Pagination = z.object({
  total_count: z.int(),
  limit: z.int(),
  offset: z.int(),
  has_more: z.boolean(),
});

export const StatusHistory = z
  .object({
    entity_type: z.string(),
    entity_id: AnyId,
    current_status: z.string(),
    status_since: when,
    sla_deadline: when.nullable(),
    is_overdue: z.boolean(),
    workflow: z.object({ id: z.string(), name: z.string(), version: z.int(), business_entity: z.string() }),
    history: z
      .array(
        z.object({
          transition_id: z.string(),
          from_status: z.string().nullable(),
          to_status: z.string(),
          transition_timestamp: when,
          transition_reason: z.string().nullable(),
          triggered_by: z.object({
            user_id: z.string().nullable(),
            user_name: z.string().nullable(),
            system_component: z.string().nullable(),
          }),
          approved_by: z.object({ id: z.string(), name: z.string() }).nullable(),
          duration_in_previous_status_hours: z.number().nullable().describe("Null for the first"),
          is_milestone: z.boolean(),
          business_context: z.record(z.string(), z.json()).optional(),
          metadata: z.record(z.string(), z.json()).optional(),
        }),
      )
      .describe("Newest first"),
    pagination: Pagination,
  })
  .meta({ id: "StatusHistory" });

export const BulkQuestion = z
  .object({
    entities: z
      .array(z.object({ entity_type: EntityType, entity_id: EntityId }))
      .min(1)
      .max(500),
    include_sla_info: z.boolean().default(false),
  })
  .meta({
    example: {
      entities: [
        { entity_type: "order", entity_id: 12_345 },
        { entity_type: "quote", entity_id: 789 },
      ],
      include_sla_info: true,
    },
  });
export type BulkQuestion = z.infer<typeof BulkQuestion>;

export const NotFoundMeta = z.object({
  not_found: z.array(z.object({ entity_type: z.string(), entity_id: AnyId })),
});

export const CurrentStatus = z
  .object({
    entity_type: z.string(),
    entity_id: AnyId,
    current_status: z.string(),
    status_label: z.string(),
    status_color: z.string(),
    status_since: when,
    sla_deadline: when.nullable(),
    is_overdue: z.boolean(),
    hours_until_overdue: z
      .number()
      .nullable()
      .optional()
      .describe("With include_sla_info: null where no clock runs, negative once it has run out"),
  })
  .meta({ id: "CurrentStatus" });

export const Adjustments = z
  .object({
    priority: z
      .string()
      .trim()
      .min(1)
      .max(32)
      .nullable()
      .optional()
      .describe("Chooses the hours of the steps; null for none"),
    due_at: instant.optional().describe("A promised date in place of the step's hours"),
  })
  .refine(
    ({ priority, due_at }) => priority !== undefined || due_at !== undefined,
    "name a priority or a due_at",
  )
  .meta({ example: { priority: "high" } });
export type Adjustments = z.infer<typeof Adjustments>;

export const Adjusted = CurrentStatus.extend({ priority: z.string().nullable() }).meta({
  id: "StatusAdjusted",
});

export const Severity = z.enum(["info", "warning", "critical"]);
export type Severity = z.infer<typeof Severity>;

export const OverdueQuery = z.object({
  entity_types: z
    .string()
    .transform((list) => list.split(",").map((name) => name.trim()))
    .pipe(z.array(EntityType).max(50))
    .optional()
    .meta({ example: "order,quote" }),
  business_entity_id: z.string().min(1).optional().describe("The company"),
  property_id: z.string().min(1).optional(),
  severity: Severity.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  offset,
});
export type OverdueQuery = z.infer<typeof OverdueQuery>;

export const Overdue = z
  .object({
    summary: z
      .object({
        total_overdue: z.int(),
        critical_overdue: z.int(),
        by_entity_type: z.record(z.string(), z.int()),
        by_severity: z.object({ info: z.int(), warning: z.int(), critical: z.int() }),
      })
      .describe("Of everything that matches, whatever the page shows"),
    overdue_items: z
      .array(
        z.object({
          entity_type: z.string(),
          entity_id: AnyId,
          current_status: z.string(),
          status_label: z.string(),
          status_color: z.string(),
          status_since: when,
          sla_deadline: when,
          hours_overdue: z.number(),
          severity: Severity,
          property_id: z.string().nullable(),
          entity_details: z.record(z.string(), z.json()),
        }),
      )
      .describe("The longest overdue first"),
  })
  .meta({ id: "Overdue" });
