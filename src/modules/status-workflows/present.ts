import { iso } from "../../core/fields.ts";
import type { DryRunReport } from "./dry-run.ts";
import type { FollowUpRow } from "./fire-follow-up.ts";
import type { RunWithSteps } from "./list-runs.ts";
import type { Found } from "./queries.ts";
import type { WorkflowRow } from "./run-workflows.ts";

export function presentWorkflow(workflow: WorkflowRow) {
  return {
    id: workflow.id,
    property_id: workflow.propertyId,
    name: workflow.name,
    trigger_status: workflow.triggerStatus,
    target_status: workflow.targetStatus,
    conditions: workflow.conditions,
    actions: workflow.actions,
    is_active: workflow.isActive,
    version: workflow.version,
    created_at: iso(workflow.createdAt),
    updated_at: iso(workflow.updatedAt),
  };
}

export function presentWorkflows({ workflows }: Found) {
  return { workflows: workflows.map(presentWorkflow) };
}

export function presentDryRun({ leadId, leadStatus, because, conditions, actions, move }: DryRunReport) {
  return {
    lead_id: leadId,
    lead_status: leadStatus,
    would_run: because.length === 0,
    because,
    conditions,
    actions,
    move,
  };
}

export function presentRun({ run, steps }: RunWithSteps) {
  return {
    id: run.id,
    workflow_id: run.workflowId,
    workflow_version: run.workflowVersion,
    workflow_name: run.workflowName,
    lead_id: run.leadId,
    entry_id: run.entryId,
    trigger_status: run.triggerStatus,
    target_status: run.targetStatus,
    cause: run.cause,
    status: run.status,
    move: run.move,
    detail: run.detail,
    started_at: iso(run.startedAt),
    finished_at: iso(run.finishedAt),
    actions: steps.map((step) => ({
      type: step.action.type,
      status: step.status,
      failures: step.failures,
      result: step.result,
      detail: step.detail,
      updated_at: iso(step.updatedAt),
    })),
  };
}

export function presentFollowUp(row: FollowUpRow) {
  return {
    id: row.id,
    property_id: row.propertyId,
    lead_id: row.leadId,
    run_id: row.runId,
    title: row.title,
    assigned_to: row.assignedTo,
    due_at: iso(row.dueAt),
    status: row.status === "firing" ? ("scheduled" as const) : row.status,
    task_id: row.status === "fired" ? row.id : null,
    fired_at: iso(row.firedAt),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}
