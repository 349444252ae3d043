import { and, asc, eq, ne, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { leadWorkflowRuns, leadWorkflowSteps } from "../../db/schema/automation.ts";
import type { Entry } from "./lead-entry.ts";
import type { Stage } from "./load-stage.ts";
import { moveToTarget } from "./move-to-target.ts";
import { performAction, type RunRow, type Scene, type StepRow } from "./perform-action.ts";

const s = leadWorkflowSteps;

/**
 * Takes the steps of a run that are still to be taken, in order, and then moves the lead. Each step is one atomic
 * write with the record of it, so what was done stays done when a later one fails.
 */
export async function finishRun(ctx: Context, stage: Stage, entry: Entry, run: RunRow): Promise<void> {
  const steps = await ctx.db
    .select()
    .from(s)
    .where(and(eq(s.companyId, ctx.companyId), eq(s.runId, run.id)))
    .orderBy(asc(s.position));
  for (const step of steps)
    if (step.status === "waiting" || step.status === "failed")
      await takeStep(ctx, { stage, entry, run }, step);
  const moved = await moveToTarget(ctx, stage, entry, run);
  await ctx.db
    .update(leadWorkflowRuns)
    .set({ status: "done", ...moved, finishedAt: ctx.now() })
    .where(and(eq(leadWorkflowRuns.companyId, ctx.companyId), eq(leadWorkflowRuns.id, run.id)));
}

async function takeStep(ctx: Context, scene: Scene, step: StepRow): Promise<void> {
  try {
    const performed = await performAction(ctx, scene, step);
    if (performed.outcome === "skipped")
      return void (await record(ctx, step, { status: "skipped", detail: performed.detail }));
    const { statements, work, result, afterwards } = performed;
    await commit(ctx, [record(ctx, step, { status: "done", result, detail: null }), ...statements], work);
    await afterwards?.().catch((error: unknown) =>
      ctx.log.error("left for its work", error, { step: step.id }),
    );
  } catch (error) {
    // What a database has to say is for the log, where whoever retries writes it.
    const detail = error instanceof AppError ? error.message : "failed on our side";
    await record(ctx, step, { status: "failed", detail, failures: sql`${s.failures} + 1` });
    throw error;
  }
}

type Recorded = Partial<Pick<StepRow, "status" | "result" | "detail">> & {
  failures?: ReturnType<typeof sql>;
};

/** A step that is done stays so, whatever a second worker at it has to say. */
function record(ctx: Context, { runId, position }: StepRow, recorded: Recorded) {
  return ctx.db
    .update(s)
    .set({ ...recorded, updatedAt: ctx.now() })
    .where(
      and(eq(s.companyId, ctx.companyId), eq(s.runId, runId), eq(s.position, position), ne(s.status, "done")),
    );
}
