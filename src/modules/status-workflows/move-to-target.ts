import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { leadFacts } from "../leads/lead-facts.ts";
import { changeStatus } from "../status/change-status.ts";
import { currentEntry, type Entry } from "./lead-entry.ts";
import type { Stage } from "./load-stage.ts";
import type { RunRow } from "./perform-action.ts";

export const component = "status-workflows";

type Moved = Pick<RunRow, "move" | "detail">;

/**
 * Brings the lead to the workflow's target, under the rules that hold for everybody. A move the lead's machine
 * refuses is written down and not tried again.
 */
export async function moveToTarget(ctx: Context, { lead }: Stage, entry: Entry, run: RunRow): Promise<Moved> {
  if (run.targetStatus === run.triggerStatus) return { move: "stayed", detail: null };
  const changeId = `workflow:${run.id}`;
  const now = await currentEntry(ctx, lead.id);
  const isAway = now !== null && now.id !== entry.id && now.seq > entry.seq;
  try {
    await changeStatus(ctx, {
      entityType: "lead",
      entityId: lead.id,
      toStatus: run.targetStatus,
      changeId,
      // A lead that left and came back is in another stay: only a repetition of this move is let through.
      expectedFromStatus: isAway ? "" : run.triggerStatus,
      reason: `Workflow "${run.workflowName}"`,
      component,
      facts: { ...(await leadFacts(ctx, lead.id)) },
      metadata: {
        updated_by: "system",
        workflow_id: run.workflowId,
        workflow_run_id: run.id,
        automatic_steps: entry.automaticSteps + 1,
        ...(entry.isQuiet ? { trigger_notifications: false } : {}),
      },
    });
    return { move: "moved", detail: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const left = `the lead has left ${run.triggerStatus}`;
    return { move: "refused", detail: error.code === "CONFLICT" && isAway ? left : error.message };
  }
}
