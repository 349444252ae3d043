import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { machineOf } from "../status/adjust-status.ts";
import { interpolate } from "../status-templates/interpolate.ts";
import { leadFacts } from "../leads/lead-facts.ts";
import { getLead } from "../leads/queries.ts";
import { getRequiredConditions } from "../leads/required-conditions.ts";
import type { WorkflowAction } from "./action-config.ts";
import { areMet, evaluateConditions, isChainTooLong, type Judged, longestChain } from "./evaluate.ts";
import { currentEntry, type Entry } from "./lead-entry.ts";
import { findBegunRun } from "./list-runs.ts";
import { listPeople } from "./list-people.ts";
import { loadStage, type Stage, stageWords, workflowFacts } from "./load-stage.ts";
import { getWorkflow } from "./queries.ts";
import { resolveAssignee } from "./resolve-recipients.ts";
import type { WorkflowRow } from "./run-workflows.ts";
import { followUpTime } from "./schedule-follow-up.ts";
import { composeNotification } from "./send-status-notification.ts";

export type Rehearsed = { type: WorkflowAction["type"]; would: string; details: Record<string, unknown> };

export type DryRunReport = {
  leadId: string;
  leadStatus: string | null;
  because: string[];
  conditions: Judged[];
  actions: Rehearsed[];
  move: { to: string; possible: boolean; reason: string | null };
};

/** What a workflow would do with a lead as it stands, without doing any of it. */
export async function dryRun(ctx: Context, workflowId: string, leadId: string): Promise<DryRunReport> {
  const workflow = await getWorkflow(ctx, workflowId);
  const { lead } = await getLead(ctx, leadId);
  const stage = await loadStage(ctx, leadId);
  if (!stage || lead.propertyId !== workflow.propertyId) throw notFound("Lead");
  const entry = await currentEntry(ctx, leadId);
  const conditions = evaluateConditions(workflow.conditions, workflowFacts(ctx, stage));
  const because = await obstacles(ctx, { workflow, stage, entry, conditions });
  const imagined = entry ?? imaginedEntry(workflow, ctx.now().getTime());
  const actions: Rehearsed[] = [];
  for (const action of workflow.actions) actions.push(await rehearse(ctx, stage, imagined, action));
  return {
    leadId,
    leadStatus: entry?.to ?? null,
    because,
    conditions,
    actions,
    move: await rehearseMove(ctx, workflow, leadId),
  };
}

type Situation = { workflow: WorkflowRow; stage: Stage; entry: Entry | null; conditions: Judged[] };

async function obstacles(ctx: Context, { workflow, stage, entry, conditions }: Situation): Promise<string[]> {
  const found: string[] = [];
  const { triggerStatus } = workflow;
  if (!workflow.isActive) found.push("the workflow is not active");
  if (entry?.to !== triggerStatus)
    found.push(`the lead is ${entry?.to ?? "without a status"}, not ${triggerStatus}`);
  else if (await findBegunRun(ctx, stage.lead.id, entry.id, workflow.id))
    found.push("it has run for this stay at the status already");
  if (entry && isChainTooLong(entry.automaticSteps))
    found.push(`${longestChain} automatic moves have followed one another`);
  if (!areMet(conditions))
    found.push(
      ...conditions
        .filter(({ met }) => !met)
        .map(({ condition, wanted, actual }) => `${condition} is ${actual}, not ${wanted}`),
    );
  return found;
}

/** The stay the workflow waits for, for a lead that is elsewhere. */
function imaginedEntry({ triggerStatus }: WorkflowRow, at: number): Entry {
  const nobody = { from: null, reason: null, changedBy: "", automaticSteps: 0, isQuiet: false };
  return { id: "", seq: 0, to: triggerStatus, at, ...nobody };
}

async function rehearse(
  ctx: Context,
  stage: Stage,
  entry: Entry,
  { type, config }: WorkflowAction,
): Promise<Rehearsed> {
  const words = stageWords(stage, entry);
  const assignee = async (assignTo: string) => {
    const people = await listPeople(ctx, stage.property.id);
    const id = resolveAssignee(assignTo, { people, assignedTo: stage.lead.assignedTo });
    return people.find(({ managerId }) => managerId === id)?.name ?? null;
  };
  switch (type) {
    case "send_notification": {
      const { addressees, title, text } = await composeNotification(ctx, stage, entry, config);
      const told = addressees.map(({ name }) => name);
      const would = told.length > 0 ? `tell ${told.join(", ")}: ${title}` : "find nobody to tell";
      return { type, would, details: { title, message: text, recipients: told, channels: config.channels } };
    }
    case "schedule_follow_up": {
      const dueAt = followUpTime(ctx.now(), stage.property, config).toISOString();
      const title = interpolate(config.title, words);
      const details = { title, due_at: dueAt, assigned_to: await assignee(config.assign_to) };
      return { type, would: `remind at ${dueAt}: ${title}`, details };
    }
    case "update_lead_score": {
      const { delta, reason } = config;
      const before = stage.lead.leadScore ?? 0;
      const after = Math.min(100, Math.max(0, before + delta));
      return {
        type,
        would: `bring the score from ${before} to ${after}`,
        details: { delta, reason, before, after },
      };
    }
    case "create_task": {
      const title = interpolate(config.title, words);
      return {
        type,
        would: `open a task: ${title}`,
        details: { title, assigned_to: await assignee(config.assign_to) },
      };
    }
  }
}

/** By the ways out of where the lead stands and by what the target asks for; the machine itself is not asked. */
async function rehearseMove(ctx: Context, { triggerStatus, targetStatus: to }: WorkflowRow, leadId: string) {
  if (to === triggerStatus) return { to, possible: true, reason: "the lead stays where it is" };
  const [now, facts] = await Promise.all([
    machineOf(ctx, { entityType: "lead", entityId: leadId }).current(ctx.now().getTime()),
    leadFacts(ctx, leadId),
  ]);
  if (now && !now.allowedTransitions.includes(to))
    return { to, possible: false, reason: `from ${now.status} a lead cannot go there` };
  const missing = getRequiredConditions(to, { ...facts, status_reason: true }).filter(({ met }) => !met);
  if (missing.length === 0) return { to, possible: true, reason: null };
  return {
    to,
    possible: false,
    reason: `needs ${missing.map(({ description }) => description).join(" and ")}`,
  };
}
