import { and, asc, count, desc, eq, type SQL, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { offsetOf, type Paged, pageOf } from "../../core/page.ts";
import { only, requireWritable } from "../../core/scope.ts";
import { leadWorkflowRuns, leadWorkflowSteps } from "../../db/schema/automation.ts";
import { getLead } from "../leads/queries.ts";
import { leadEnteredWork } from "./enter-status.ts";
import type { RunRow, StepRow } from "./perform-action.ts";
import { getWorkflow } from "./queries.ts";
import type { LeadRunQuery, RunQuery } from "./schemas.ts";

const r = leadWorkflowRuns;
const s = leadWorkflowSteps;

export type RunWithSteps = { run: RunRow; steps: StepRow[] };

/** What a workflow has done, newest first. */
export async function listRuns(
  ctx: Context,
  workflowId: string,
  query: RunQuery,
): Promise<Paged<RunWithSteps>> {
  const { companyId } = await getWorkflow(ctx, workflowId);
  const isLead = query.lead_id ? eq(r.leadId, query.lead_id) : undefined;
  return page(ctx, companyId, and(eq(r.workflowId, workflowId), isLead), query);
}

/** What a property's workflows have done about a lead, newest first. */
export async function listLeadRuns(
  ctx: Context,
  leadId: string,
  query: LeadRunQuery,
): Promise<Paged<RunWithSteps>> {
  const { lead } = await getLead(ctx, leadId);
  return page(ctx, lead.companyId, eq(r.leadId, leadId), query);
}

async function page(
  ctx: Context,
  companyId: string,
  among: SQL | undefined,
  query: LeadRunQuery,
): Promise<Paged<RunWithSteps>> {
  const where = and(eq(r.companyId, companyId), among, query.status ? eq(r.status, query.status) : undefined);
  // Ids are in order of their beginning.
  const order = query.sort === "started_at" ? asc(r.id) : desc(r.id);
  const [runs, counted] = await ctx.db.batch([
    ctx.db.select().from(r).where(where).orderBy(order).limit(query.limit).offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(r).where(where),
  ]);
  const steps = await stepsOf(ctx, companyId, runs);
  return pageOf(query, [
    runs.map((run) => ({ run, steps: steps.filter(({ runId }) => runId === run.id) })),
    counted,
  ]);
}

/** The run a workflow has begun for a lead's stay. */
export async function findBegunRun(
  ctx: Context,
  leadId: string,
  entryId: string,
  workflowId: string,
): Promise<RunRow | null> {
  const [run] = await ctx.db
    .select()
    .from(r)
    .where(
      and(
        eq(r.companyId, ctx.companyId),
        eq(r.leadId, leadId),
        eq(r.entryId, entryId),
        eq(r.workflowId, workflowId),
      ),
    );
  return run ?? null;
}

/** Takes up a run that was given up, at the action it failed at. */
export async function retryRun(ctx: Context, workflowId: string, runId: string): Promise<RunWithSteps> {
  const workflow = await getWorkflow(ctx, workflowId);
  const { companyId, propertyId } = workflow;
  requireWritable(ctx, propertyId);
  const mine = and(eq(r.companyId, companyId), eq(r.workflowId, workflowId), eq(r.id, runId));
  const { status, leadId, entryId, entryAt } = only(await ctx.db.select().from(r).where(mine), "Run");
  const refusal = () =>
    new AppError("CONFLICT", "The run is not failed; only one that failed is taken up again");
  if (status !== "failed") throw refusal();
  const again = leadEnteredWork(leadId, { id: entryId, at: entryAt.getTime() });
  const [rows] = await commitChange(
    ctx,
    [
      ctx.db
        .update(r)
        .set({ status: "running", detail: null, finishedAt: null })
        .where(and(mine, eq(r.status, "failed")))
        .returning(),
      audit(ctx, {
        action: "retry",
        recordType: "status_workflow",
        recordId: workflowId,
        companyId,
        after: { run_id: runId },
      }),
    ],
    [{ ...again, companyId, dedupeKey: `${again.dedupeKey}:retry:${ctx.newId()}` }],
    refusal,
  );
  const run = only(rows as RunRow[], "Run");
  return { run, steps: await stepsOf(ctx, companyId, [run]) };
}

function stepsOf(ctx: Context, companyId: string, runs: { id: string }[]): Promise<StepRow[]> {
  const ids = JSON.stringify(runs.map(({ id }) => id));
  return ctx.db
    .select()
    .from(s)
    .where(and(eq(s.companyId, companyId), sql`${s.runId} in (select value from json_each(${ids}))`))
    .orderBy(asc(s.runId), asc(s.position));
}
