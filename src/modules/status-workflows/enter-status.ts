import { and, asc, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { nudge, outgoing, type Work } from "../../core/outbox.ts";
import { leadWorkflowRuns, leadWorkflows, leadWorkflowSteps } from "../../db/schema/automation.ts";
import { leads } from "../../db/schema/conversations.ts";
import { followLead } from "../conversations/follow-lead.ts";
import { cancelFollowUps } from "./fire-follow-up.ts";
import { currentEntry, type Entry, findEntry } from "./lead-entry.ts";
import { component } from "./move-to-target.ts";
import { runWorkflows } from "./run-workflows.ts";

/** Workflows act as themselves, whoever's request or message made them run. */
export function asWorkflows(ctx: Context): Context {
  return { ...ctx, actor: { kind: "system", id: component, name: "Status workflows" } };
}

/** Has a lead's workflows looked at after a transition at `at`. All of one lead are worked in order. */
export function leadEnteredWork(leadId: string, { id, at }: { id: string; at: number }): Work {
  return {
    topic: "projections",
    key: workflowsKey(leadId),
    payload: { kind: "lead_entered", lead_id: leadId, transition_id: id, at },
    dedupeKey: `lead_entered:${id}`,
  };
}

/**
 * Has a lead's workflows looked at again where it stands, if its property has any. `because` names what has changed,
 * once and for all.
 */
export async function lookAgain(ctx: Context, leadId: string, because: string): Promise<void> {
  const [waiting] = await ctx.db
    .select({ id: leadWorkflows.id })
    .from(leads)
    .innerJoin(
      leadWorkflows,
      and(
        eq(leadWorkflows.companyId, leads.companyId),
        eq(leadWorkflows.propertyId, leads.propertyId),
        eq(leadWorkflows.isActive, true),
        isNull(leadWorkflows.deletedAt),
      ),
    )
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, leadId)))
    .limit(1);
  if (!waiting) return;
  const work: Work = {
    topic: "projections",
    key: workflowsKey(leadId),
    payload: { kind: "lead_said", lead_id: leadId },
    dedupeKey: `lead_said:${leadId}:${because}`,
  };
  await outgoing(ctx, work);
  ctx.defer(nudge(ctx.env, ctx.companyId, [work]));
}

function workflowsKey(leadId: string): string {
  return `workflows:${leadId}`;
}

/** Everything a lead's coming to a status brings about by itself. Run again it goes on where it stood. */
export async function enterStatus(
  ctx: Context,
  leadId: string,
  entry: Entry,
  { isCurrent }: { isCurrent: boolean },
): Promise<void> {
  await cancelFollowUps(ctx, leadId, entry.seq);
  if (isCurrent) await followLead(ctx, leadId, entry.to, entry.from);
  await runWorkflows(asWorkflows(ctx), leadId, entry, "entered");
}

/** A lead that came to a status and went on at once has come to it all the same. */
export async function followEntry(
  ctx: Context,
  leadId: string,
  named: { id: string; at: number },
): Promise<void> {
  const found = await findEntry(ctx, leadId, named);
  if (found) await enterStatus(ctx, leadId, found.entry, found);
}

/** What a new message may have made true of a lead where it stands. */
export async function followMessage(ctx: Context, leadId: string): Promise<void> {
  const entry = await currentEntry(ctx, leadId);
  if (entry) await runWorkflows(asWorkflows(ctx), leadId, entry, "message");
}

export type Triggered = { actions: string[]; sent: number };

/** What the workflows of a stay have done so far: their actions in order, and the notices and mails among them. */
export async function triggeredBy(ctx: Context, leadId: string, entryId: string): Promise<Triggered> {
  const done = await ctx.db
    .select({ action: leadWorkflowSteps.action, result: leadWorkflowSteps.result })
    .from(leadWorkflowRuns)
    .innerJoin(
      leadWorkflowSteps,
      and(
        eq(leadWorkflowSteps.companyId, leadWorkflowRuns.companyId),
        eq(leadWorkflowSteps.runId, leadWorkflowRuns.id),
        eq(leadWorkflowSteps.status, "done"),
      ),
    )
    .where(
      and(
        eq(leadWorkflowRuns.companyId, ctx.companyId),
        eq(leadWorkflowRuns.leadId, leadId),
        eq(leadWorkflowRuns.entryId, entryId),
      ),
    )
    .orderBy(asc(leadWorkflowRuns.id), asc(leadWorkflowSteps.position));
  const count = (value: unknown) => (typeof value === "number" ? value : 0);
  return {
    actions: done.map(({ action }) => action.type),
    sent: done.reduce((sum, { result }) => sum + count(result?.["notices"]) + count(result?.["mails"]), 0),
  };
}
