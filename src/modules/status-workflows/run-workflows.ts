import { and, asc, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { leadWorkflowRuns, leadWorkflows } from "../../db/schema/automation.ts";
import { beginRun, stopRun } from "./begin-run.ts";
import { areMet, evaluateConditions, isChainTooLong } from "./evaluate.ts";
import { finishRun } from "./finish-run.ts";
import type { Entry } from "./lead-entry.ts";
import { loadStage, workflowFacts } from "./load-stage.ts";
import type { RunRow } from "./perform-action.ts";

export type WorkflowRow = typeof leadWorkflows.$inferSelect;
export type Cause = RunRow["cause"];

/**
 * Runs the workflows that wait for a lead's stay at a status: each at most once for the stay, as soon as its
 * conditions hold. What was begun and broken off goes on where it stood. One that fails keeps none of the others
 * from running; the first failure is thrown at the end, so that the work comes back.
 */
export async function runWorkflows(ctx: Context, leadId: string, entry: Entry, cause: Cause): Promise<void> {
  const stage = await loadStage(ctx, leadId);
  if (!stage) return;
  const { waiting, begun } = await findWork(ctx, stage.lead, entry);
  const known = new Set(begun.map((run) => run.workflowId));
  const failures: unknown[] = [];
  const attempt = (work: () => Promise<void>) => work().catch((error: unknown) => void failures.push(error));
  for (const run of begun)
    if (run.status === "running") await attempt(() => finishRun(ctx, stage, entry, run));
  for (const workflow of waiting)
    if (!known.has(workflow.id)) await attempt(() => startRun(ctx, leadId, { workflow, entry, cause }));
  if (failures.length > 0) throw failures[0];
}

export type Start = { workflow: WorkflowRow; entry: Entry; cause: Cause };

/** The lead is looked at anew for each workflow: the one before may have changed its score. */
async function startRun(ctx: Context, leadId: string, start: Start): Promise<void> {
  const stage = await loadStage(ctx, leadId);
  if (!stage) return;
  const { workflow, entry } = start;
  if (!areMet(evaluateConditions(workflow.conditions, workflowFacts(ctx, stage)))) return;
  if (isChainTooLong(entry.automaticSteps)) return stopRun(ctx, stage, start);
  const run = await beginRun(ctx, stage, start);
  if (run.status === "running") await finishRun(ctx, stage, entry, run);
}

/** The property's active workflows for the status, oldest first, and what has been begun for this stay. */
async function findWork(ctx: Context, lead: { id: string; propertyId: string }, entry: Entry) {
  const [waiting, begun] = await ctx.db.batch([
    ctx.db
      .select()
      .from(leadWorkflows)
      .where(
        and(
          eq(leadWorkflows.companyId, ctx.companyId),
          eq(leadWorkflows.propertyId, lead.propertyId),
          eq(leadWorkflows.triggerStatus, entry.to),
          eq(leadWorkflows.isActive, true),
          isNull(leadWorkflows.deletedAt),
        ),
      )
      .orderBy(asc(leadWorkflows.id)),
    ctx.db
      .select()
      .from(leadWorkflowRuns)
      .where(
        and(
          eq(leadWorkflowRuns.companyId, ctx.companyId),
          eq(leadWorkflowRuns.leadId, lead.id),
          eq(leadWorkflowRuns.entryId, entry.id),
        ),
      )
      .orderBy(asc(leadWorkflowRuns.id)),
  ]);
  return { waiting, begun };
}
