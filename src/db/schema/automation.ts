import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { WorkflowAction } from "../../modules/status-workflows/action-config.ts";
import type { Conditions } from "../../modules/status-workflows/evaluate.ts";
import type { StatusTemplate } from "../../modules/status-templates/choose-template.ts";
import { at, flag, json, stamps } from "./columns.ts";

/** What is to happen by itself when a lead of a property comes to a status. */
export const leadWorkflows = sqliteTable(
  "lead_workflows",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    name: text("name").notNull(),
    triggerStatus: text("trigger_status").notNull(),
    targetStatus: text("target_status").notNull(),
    conditions: json<Conditions>("conditions").notNull(),
    actions: json<WorkflowAction[]>("actions").notNull(),
    isActive: flag("is_active").notNull(),
    ...stamps(),
  },
  (table) => [
    index("lead_workflows_by_property").on(table.companyId, table.propertyId, table.id),
    index("lead_workflows_waiting")
      .on(table.companyId, table.propertyId, table.triggerStatus)
      .where(sql`${table.isActive} = 1 and ${table.deletedAt} is null`),
  ],
);

/** One workflow at work for one stay of a lead at a status, as the workflow was when it began. */
export const leadWorkflowRuns = sqliteTable(
  "lead_workflow_runs",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    workflowId: text("workflow_id").notNull(),
    workflowVersion: integer("workflow_version").notNull(),
    workflowName: text("workflow_name").notNull(),
    leadId: text("lead_id").notNull(),
    /** The transition that brought the lead to the status, and its number in the lead's history. */
    entryId: text("entry_id").notNull(),
    entrySeq: integer("entry_seq").notNull(),
    entryAt: at("entry_at").notNull(),
    triggerStatus: text("trigger_status").notNull(),
    targetStatus: text("target_status").notNull(),
    cause: text("cause", { enum: ["entered", "message"] }).notNull(),
    /** `stopped`: the chain of automatic moves had become too long. */
    status: text("status", { enum: ["running", "done", "failed", "stopped"] }).notNull(),
    /** What became of the move to the target. */
    move: text("move", { enum: ["moved", "stayed", "refused"] }),
    /** Why the move was refused, or the run failed or stopped. */
    detail: text("detail"),
    startedAt: at("started_at").notNull(),
    finishedAt: at("finished_at"),
  },
  (table) => [
    uniqueIndex("lead_workflow_runs_once").on(table.companyId, table.leadId, table.entryId, table.workflowId),
    index("lead_workflow_runs_by_workflow").on(table.companyId, table.workflowId, table.id),
    index("lead_workflow_runs_by_property").on(table.companyId, table.propertyId, table.startedAt),
  ],
);

export type StepResult = Record<string, unknown>;

/** The actions of a run, in order. */
export const leadWorkflowSteps = sqliteTable(
  "lead_workflow_steps",
  {
    companyId: text("company_id").notNull(),
    runId: text("run_id").notNull(),
    position: integer("position").notNull(),
    /** Also the id of the task, follow-up or score adjustment it makes, so that it makes one. */
    id: text("id").notNull(),
    action: json<WorkflowAction>("action").notNull(),
    status: text("status", { enum: ["waiting", "done", "skipped", "failed"] }).notNull(),
    /** Tries that failed. */
    failures: integer("failures").notNull().default(0),
    result: json<StepResult>("result"),
    /** Why it was skipped, or how the last try failed. */
    detail: text("detail"),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.runId, table.position] })],
);

/** Reminders to come back to a lead that stays where it is. */
export const followUps = sqliteTable(
  "follow_ups",
  {
    /** Also the id of the task it becomes. */
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    leadId: text("lead_id").notNull(),
    runId: text("run_id").notNull(),
    /** The stay it belongs to: a lead that has moved on needs no reminder. */
    entryId: text("entry_id").notNull(),
    entrySeq: integer("entry_seq").notNull(),
    title: text("title").notNull(),
    assignedTo: text("assigned_to"),
    /** Company time. */
    dueAt: at("due_at").notNull(),
    /** `firing`: taken by a worker, no longer to be cancelled. */
    status: text("status", { enum: ["scheduled", "firing", "fired", "cancelled", "failed"] }).notNull(),
    firedAt: at("fired_at"),
    createdAt: at("created_at").notNull(),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [
    index("follow_ups_due")
      .on(table.dueAt)
      .where(sql`${table.status} in ('scheduled', 'firing')`),
    index("follow_ups_due_in_company")
      .on(table.companyId, table.dueAt)
      .where(sql`${table.status} in ('scheduled', 'firing')`),
    index("follow_ups_by_lead").on(table.companyId, table.leadId, table.status),
  ],
);

/** Points a lead was given or has lost besides those its facts are worth. */
export const leadScoreAdjustments = sqliteTable(
  "lead_score_adjustments",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    leadId: text("lead_id").notNull(),
    points: integer("points").notNull(),
    reason: text("reason").notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [index("lead_score_adjustments_by_lead").on(table.companyId, table.leadId, table.id)],
);

/** How a property words its notices of status changes. */
export const statusTemplates = sqliteTable(
  "status_templates",
  {
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    templates: json<StatusTemplate[]>("templates").notNull(),
    version: integer("version").notNull(),
    updatedAt: at("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.propertyId] })],
);
