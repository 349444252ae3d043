import * as z from "zod";
import { instant } from "../../core/page.ts";
import { permissions } from "../../core/permissions.ts";
import { Pagination } from "./schemas.ts";
import { EntityType, WorkflowDefinition, WorkflowStep } from "./workflow-schema.ts";

const { name, is_default, conditions, reopen_policy, warn_at_percent } = WorkflowDefinition.shape;
const AnyId = z.union([z.number(), z.string()]);
const when = z.iso.datetime();

const StepDraft = WorkflowStep.extend({
  step_id: WorkflowStep.shape.step_id.optional().describe("The status's name unless said"),
  required_permission: z.enum(permissions).nullable().default(null),
});
const steps = z.array(StepDraft).min(1).max(200);

const exampleSteps = [
  {
    status_name: "express_new",
    status_label: "Express New",
    status_color: "#FF5722",
    step_order: 1,
    sla_hours: 4,
    allowed_transitions: ["express_processing", "cancelled"],
    notification_settings: { send_email: true, email_template: "express_order_created" },
  },
  {
    status_name: "express_processing",
    status_label: "Processing",
    step_order: 2,
    sla_hours: 8,
    requires_approval: true,
    allowed_transitions: ["cancelled"],
  },
  { status_name: "cancelled", status_label: "Cancelled", step_order: 3, is_final: true },
];

export const WorkflowDraft = z
  .object({
    workflow_id: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe("The workflow to make a new version of; without it the one of the same name, else a new one"),
    entity_type: EntityType,
    workflow_name: name,
    business_entity_id: z.string().min(1).optional().describe("Your company"),
    is_default,
    is_active: z.boolean().default(true).describe("False takes no new entities"),
    conditions,
    reopen_policy,
    warn_at_percent,
    steps,
  })
  .meta({
    example: {
      entity_type: "order",
      workflow_name: "Express Order Workflow",
      is_default: false,
      conditions: { priority: "high", order_value_min: 10_000 },
      steps: exampleSteps,
    },
  });
export type WorkflowDraft = z.infer<typeof WorkflowDraft>;

export const WorkflowTypePath = z.object({ entity_type: EntityType });
export const WorkflowPath = z.object({ id: z.string().min(1).max(64) });
export const VersionsPath = WorkflowTypePath.extend(WorkflowPath.shape);
export const WorkflowQuery = z.object({
  include_versions: z.stringbool().default(false).describe("Show the versions before the present one too"),
});

export const Workflow = z
  .object({
    workflow_id: z.string(),
    workflow_name: z.string(),
    entity_type: z.string(),
    version: z.int(),
    is_default: z.boolean().describe("Whether new entities that meet no conditions begin in it"),
    is_built_in: z.boolean(),
    is_active: z.boolean(),
    business_entity: z.string(),
    conditions: z.record(z.string(), z.json()),
    reopen_policy: z.enum(["restart", "resume"]),
    warn_at_percent: z.array(z.int()),
    steps: z.array(WorkflowStep),
    created_at: when.nullable().describe("Null for built-in ones"),
  })
  .meta({ id: "StatusWorkflow" });

export const WorkflowVersion = Workflow.extend({
  entities: z.int().describe("How many live by this version now"),
}).meta({ id: "StatusWorkflowVersion" });

export const Rehearsal = z
  .object({
    steps,
    reopen_policy: reopen_policy.removeDefault().optional().describe("The workflow's own unless said"),
    conditions: conditions
      .removeDefault()
      .optional()
      .describe("Only entities that meet them are looked at; the workflow's own unless said"),
    among: z
      .enum(["type", "workflow"])
      .default("type")
      .describe("All entities of the workflow's type, or only those that live by this workflow"),
    from: instant.optional().describe("90 days before `to` unless said"),
    to: instant.optional().describe("Now unless said"),
    max_entities: z.number().int().min(1).max(500).default(200),
  })
  .meta({ example: { steps: exampleSteps, from: "2026-01-01T00:00:00Z" } });
export type Rehearsal = z.infer<typeof Rehearsal>;

export const RehearsalReport = z
  .object({
    workflow_id: z.string(),
    entity_type: z.string(),
    period: z.object({ from: when, to: when }),
    entities_examined: z.int(),
    entities_not_concerned: z.int().describe("Those that do not meet the conditions"),
    transitions_replayed: z.int(),
    max_entities: z.int(),
    truncated: z.boolean().describe("Whether the period holds more than was looked at; the latest were"),
    summary: z.object({
      late: z.int().describe("Deadlines missed in the period under the changed definition"),
      late_as_recorded: z.int(),
      newly_late: z.int(),
      no_longer_late: z.int(),
      refused: z.int().describe("Changes that were made and would have been refused"),
      approvals: z.int().describe("Changes that would have waited for an approval"),
    }),
    late: z
      .array(
        z.object({
          entity_id: AnyId,
          status: z.string(),
          entered_at: when,
          sla_deadline: when,
          left_at: when.nullable().describe("Null for one that was still there at the end"),
          hours_late: z.number(),
          was_late: z.boolean().describe("Whether it was late as recorded too"),
        }),
      )
      .describe("At most 200"),
    refused: z
      .array(
        z.object({
          entity_id: AnyId,
          from_status: z.string().nullable(),
          to_status: z.string(),
          at: when,
          code: z.string(),
          message: z.string(),
        }),
      )
      .describe("At most 200"),
  })
  .meta({ id: "WorkflowRehearsal" });

export const Migration = z
  .object({
    to_version: z.number().int().min(1),
    to_workflow_id: z.string().min(1).max(64).optional().describe("Another workflow of the same type"),
    status_mapping: z
      .record(z.string().min(1).max(64), z.string().min(1).max(64))
      .default({})
      .describe("Old status to new one; one that is not named keeps its name"),
    dry_run: z.boolean().default(true).describe("Only tell what would happen"),
    limit: z.number().int().min(1).max(100).default(50).describe("Entities planned one by one in the answer"),
    offset: z.number().int().min(0).max(1_000_000).default(0),
  })
  .meta({ example: { to_version: 2, status_mapping: { review: "checking" }, dry_run: true } });
export type Migration = z.infer<typeof Migration>;

const Place = z.object({
  workflow_id: z.string(),
  version: z.int(),
  status: z.string(),
  sla_deadline: when.nullable(),
});

export const MigrationReport = z
  .object({
    dry_run: z.boolean(),
    migration_id: z.string().nullable().describe("Null for a dry run"),
    workflow_id: z.string(),
    to_workflow_id: z.string(),
    to_version: z.int(),
    total: z.int().describe("Entities that are to go"),
    by_status: z
      .array(
        z.object({
          from_status: z.string(),
          to_status: z.string().nullable().describe("Null where the target has no such status: name it"),
          entities: z.int(),
        }),
      )
      .describe("Of all that are to go"),
    entities: z
      .array(
        z.object({
          entity_type: z.string(),
          entity_id: AnyId,
          from: Place.nullable(),
          to: Place.nullable(),
          approvals_kept: z.array(z.string()),
          approvals_superseded: z.array(z.string()),
          problem: z.string().nullable(),
        }),
      )
      .describe("What would happen to each; empty when it is being done"),
    pagination: Pagination,
  })
  .meta({ id: "WorkflowMigration" });

export const MigrationPath = WorkflowPath.extend({ migration_id: z.string().min(1) });

export const MigrationProgress = z
  .object({
    migration_id: z.string(),
    workflow_id: z.string(),
    to_workflow_id: z.string(),
    to_version: z.int(),
    status_mapping: z.record(z.string(), z.string()),
    status: z.enum(["running", "finished"]),
    total: z.int(),
    migrated: z.int(),
    failed: z.int(),
    failures: z
      .array(z.object({ entity_id: AnyId, code: z.string(), message: z.string() }))
      .describe("At most 100"),
    created_by: z.object({ id: z.string(), name: z.string() }),
    created_at: when,
    finished_at: when.nullable(),
  })
  .meta({ id: "WorkflowMigrationProgress" });
