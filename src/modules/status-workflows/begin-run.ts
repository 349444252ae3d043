import { and, eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { leadWorkflowRuns, leadWorkflowSteps } from "../../db/schema/automation.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { leadName } from "../leads/lead-work.ts";
import { longestChain } from "./evaluate.ts";
import type { Stage } from "./load-stage.ts";
import type { RunRow } from "./perform-action.ts";
import type { Start } from "./run-workflows.ts";

/**
 * Writes down that a workflow runs, with all of its actions as they are now: a later change of the workflow does not
 * reach a run that has begun. Of two workers that begin at once one does, and both go on with the same run.
 */
export async function beginRun(ctx: Context, stage: Stage, start: Start): Promise<RunRow> {
  const { workflow, entry } = start;
  const row = runRow(ctx, stage, start, { status: "running" });
  const steps = workflow.actions.map((action, position) => ({
    companyId: ctx.companyId,
    runId: row.id,
    position,
    id: ctx.newId(),
    action,
    status: "waiting" as const,
    updatedAt: ctx.now(),
  }));
  const statements: [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]] = [
    ctx.db.insert(leadWorkflowRuns).values(row),
    ...steps.map((step) => ctx.db.insert(leadWorkflowSteps).values(step)),
    auditOf(ctx, row),
  ];
  await commit(ctx, statements).catch((error: unknown) => {
    if (!isDuplicate(error, "lead_workflow_runs.entry_id")) throw error;
  });
  const run = await findRun(ctx, row);
  if (!run) throw new Error(`run of ${workflow.id} at ${entry.id} was not written`);
  return run;
}

/** A workflow that would run in a chain of automatic moves which has become too long; people are told, once. */
export async function stopRun(ctx: Context, stage: Stage, start: Start): Promise<void> {
  const { entry } = start;
  const { lead, property } = stage;
  const detail = `${longestChain} automatic moves have followed one another`;
  const row = runRow(ctx, stage, start, { status: "stopped", detail, finishedAt: ctx.now() });
  const notice = staffNotice({
    dedupeKey: `workflows_stopped:${entry.id}`,
    type: "workflow_stopped",
    propertyId: property.id,
    leadId: lead.id,
    conversationId: lead.conversationId,
    title: `Workflows go round in circles: ${leadName(lead)}`,
    body: `${detail}; "${start.workflow.name}" and others stop until somebody moves ${leadName(lead)}.`,
    payload: { workflow_id: start.workflow.id },
  });
  await commit(
    ctx,
    [ctx.db.insert(leadWorkflowRuns).values(row).onConflictDoNothing(), auditOf(ctx, row)],
    [notice],
  );
}

function runRow(
  ctx: Context,
  { lead }: Stage,
  { workflow, entry, cause }: Start,
  state: Pick<RunRow, "status"> & Partial<RunRow>,
) {
  return {
    id: ctx.newId(),
    companyId: ctx.companyId,
    propertyId: lead.propertyId,
    workflowId: workflow.id,
    workflowVersion: workflow.version,
    workflowName: workflow.name,
    leadId: lead.id,
    entryId: entry.id,
    entrySeq: entry.seq,
    entryAt: new Date(entry.at),
    triggerStatus: workflow.triggerStatus,
    targetStatus: workflow.targetStatus,
    cause,
    startedAt: ctx.now(),
    ...state,
  };
}

function auditOf(ctx: Context, { id, workflowId, leadId, status }: ReturnType<typeof runRow>) {
  return audit(ctx, {
    action: status === "stopped" ? "stop" : "run",
    recordType: "status_workflow",
    recordId: workflowId,
    after: { run_id: id, lead_id: leadId },
  });
}

async function findRun(
  ctx: Context,
  row: Pick<RunRow, "leadId" | "entryId" | "workflowId">,
): Promise<RunRow | undefined> {
  const [run] = await ctx.db
    .select()
    .from(leadWorkflowRuns)
    .where(
      and(
        eq(leadWorkflowRuns.companyId, ctx.companyId),
        eq(leadWorkflowRuns.leadId, row.leadId),
        eq(leadWorkflowRuns.entryId, row.entryId),
        eq(leadWorkflowRuns.workflowId, row.workflowId),
      ),
    );
  return run;
}
