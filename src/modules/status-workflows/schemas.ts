import * as z from "zod";
import { shortText } from "../../core/fields.ts";
import { pageQuery } from "../../core/page.ts";
import { WorkflowAction } from "./action-config.ts";
import { timeOfDayProblem } from "./time-of-day.ts";

/** The property's id, or a workflow's. */
export const PropertyOrWorkflowId = z.object({
  id: z.string().describe("A property, for all of its workflows, or one workflow"),
});

export const WorkflowId = z.object({ id: z.string().describe("A workflow") });
export const RunId = z.object({ id: z.string(), runId: z.string() });

const statusName = z.string().min(1).max(64);

const timeOfDay = z
  .string()
  .trim()
  .superRefine((text, check) => {
    const message = timeOfDayProblem(text);
    if (message !== null) check.addIssue({ code: "custom", message });
  })
  .describe('By the property\'s clock: "09:00-18:00", "business_hours" or "after_hours"');

const Conditions = z.strictObject({
  conversation_duration: z
    .number()
    .min(0)
    .max(525_600)
    .optional()
    .describe("Minutes between the first and the last message, at least"),
  message_count: z.int().min(0).max(100_000).optional().describe("Messages of both sides, at least"),
  lead_score: z.int().min(0).max(100).optional().describe("At least"),
  time_of_day: timeOfDay.optional(),
});

const fields = {
  name: shortText.optional().describe("Without one: its statuses"),
  trigger_status: statusName.describe("The lead's status that sets the workflow off"),
  target_status: statusName.describe("Where the lead goes afterwards; the trigger itself for nowhere"),
  conditions: Conditions.describe("All of them must hold; looked at on entering and at each new message"),
  actions: z.array(WorkflowAction).max(20).describe("In order, each once for a lead's stay at the status"),
  is_active: z.boolean(),
};

export const WorkflowDraft = z
  .strictObject({
    property_id: z.string().min(1),
    ...fields,
    conditions: fields.conditions.default({}),
    actions: fields.actions.default([]),
    is_active: fields.is_active.default(true),
  })
  .meta({
    example: {
      property_id: "0195f3a0-0000-7000-8000-000000000001",
      name: "Hot leads",
      trigger_status: "contacted",
      target_status: "qualified",
      conditions: { conversation_duration: 3, message_count: 6, lead_score: 50, time_of_day: "09:00-18:00" },
      actions: [
        {
          type: "send_notification",
          config: {
            recipients: [{ type: "assigned_manager" }],
            channels: ["in_app", "email"],
            title: "{{lead_name}} is hot",
            message: "{{lead_name}} has a score of {{lead_score}}. Call {{lead_phone}}.",
          },
        },
        { type: "schedule_follow_up", config: { delay_minutes: 120, title: "Call {{lead_name}}" } },
        { type: "update_lead_score", config: { delta: 10, reason: "wrote a lot" } },
        { type: "create_task", config: { title: "Prepare a tour for {{lead_name}}", due_in_minutes: 240 } },
      ],
    },
  });
export type WorkflowDraft = z.infer<typeof WorkflowDraft>;

export const WorkflowChanges = z
  .strictObject({
    name: fields.name,
    trigger_status: fields.trigger_status.optional(),
    target_status: fields.target_status.optional(),
    conditions: fields.conditions.optional(),
    actions: fields.actions.optional(),
    is_active: fields.is_active.optional(),
  })
  .meta({ example: { is_active: false } });
export type WorkflowChanges = z.infer<typeof WorkflowChanges>;

const ConditionsAnswer = z.object({
  conversation_duration: z.number().optional(),
  message_count: z.int().optional(),
  lead_score: z.int().optional(),
  time_of_day: z.string().optional(),
});

const ActionAnswer = z.object({ type: z.string(), config: z.record(z.string(), z.json()) });

export const Workflow = z
  .object({
    id: z.string(),
    property_id: z.string(),
    name: z.string(),
    trigger_status: z.string(),
    target_status: z.string(),
    conditions: ConditionsAnswer,
    actions: z.array(ActionAnswer),
    is_active: z.boolean(),
    version: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "LeadWorkflow" });

export const Workflows = z.object({ workflows: z.array(Workflow) }).meta({ id: "LeadWorkflows" });

export const DryRun = z
  .object({ lead_id: z.string().min(1) })
  .meta({ example: { lead_id: "0195f3a0-0000-7000-8000-000000000002" } });
export type DryRun = z.infer<typeof DryRun>;

export const DryRunReport = z
  .object({
    lead_id: z.string(),
    lead_status: z.string().nullable(),
    would_run: z.boolean(),
    because: z.array(z.string()).describe("What keeps it from running"),
    conditions: z.array(
      z.object({
        condition: z.string(),
        wanted: z.union([z.number(), z.string()]),
        actual: z.union([z.number(), z.string()]),
        met: z.boolean(),
      }),
    ),
    actions: z.array(
      z.object({ type: z.string(), would: z.string(), details: z.record(z.string(), z.json()) }),
    ),
    move: z.object({ to: z.string(), possible: z.boolean(), reason: z.string().nullable() }),
  })
  .meta({ id: "LeadWorkflowDryRun" });

export const LeadRunQuery = pageQuery(["started_at"], {
  status: z.enum(["running", "done", "failed", "stopped"]).optional(),
});
export type LeadRunQuery = z.infer<typeof LeadRunQuery>;

export const RunQuery = LeadRunQuery.extend({ lead_id: z.string().optional() });
export type RunQuery = z.infer<typeof RunQuery>;

export const Run = z
  .object({
    id: z.string(),
    workflow_id: z.string(),
    workflow_version: z.int(),
    workflow_name: z.string().describe("As it was when the run began"),
    lead_id: z.string(),
    entry_id: z.string().describe("The transition that brought the lead to the status"),
    trigger_status: z.string(),
    target_status: z.string(),
    cause: z.enum(["entered", "message"]),
    status: z.enum(["running", "done", "failed", "stopped"]),
    move: z.enum(["moved", "stayed", "refused"]).nullable(),
    detail: z.string().nullable(),
    started_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    actions: z.array(
      z.object({
        type: z.string(),
        status: z.enum(["waiting", "done", "skipped", "failed"]),
        failures: z.int(),
        result: z.record(z.string(), z.json()).nullable(),
        detail: z.string().nullable(),
        updated_at: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: "LeadWorkflowRun" });

const followUpStatuses = ["scheduled", "fired", "cancelled", "failed"] as const;

export const FollowUpQuery = pageQuery(["due_at"], { status: z.enum(followUpStatuses).optional() });
export type FollowUpQuery = z.infer<typeof FollowUpQuery>;

export const FollowUp = z
  .object({
    id: z.string(),
    property_id: z.string(),
    lead_id: z.string(),
    run_id: z.string().describe("The run of a workflow that set it"),
    title: z.string(),
    assigned_to: z.string().nullable().describe("While it is to come, who would get it as things stood then"),
    due_at: z.iso.datetime(),
    status: z.enum(followUpStatuses).describe("cancelled: the lead moved on before it was due"),
    task_id: z.string().nullable().describe("The task it has become"),
    fired_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "LeadFollowUp" });
