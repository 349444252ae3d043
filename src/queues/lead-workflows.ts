import * as z from "zod";
import type { Context } from "../core/context.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { rescoreLead } from "../modules/leads/qualify-lead.ts";
import { followEntry, followMessage, lookAgain } from "../modules/status-workflows/enter-status.ts";
import { fireFollowUp } from "../modules/status-workflows/fire-follow-up.ts";
import { giveUpFollowUp, giveUpRuns } from "../modules/status-workflows/give-up-run.ts";
import { alignTask } from "../modules/tasks/task-status.ts";
import { NotNow, type OnParked } from "./drain.ts";

/** What leads' workflows have to do, and what they leave to be done. */
export const LeadWorkflowWork = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("lead_entered"),
    lead_id: z.string(),
    transition_id: z.string(),
    at: z.number(),
  }),
  z.object({ kind: z.literal("lead_said"), lead_id: z.string() }),
  z.object({ kind: z.literal("lead_score"), lead_id: z.string() }),
  z.object({ kind: z.literal("follow_up_due"), follow_up_id: z.string() }),
  z.object({ kind: z.literal("task_opened"), task_id: z.string() }),
]);
type LeadWorkflowWork = z.infer<typeof LeadWorkflowWork>;

/** `because` names the piece of work, for what it leads to in turn. */
export async function workLeadWorkflows(
  ctx: Context,
  told: LeadWorkflowWork,
  because: string,
): Promise<void> {
  switch (told.kind) {
    case "lead_entered":
      return followEntry(ctx, told.lead_id, { id: told.transition_id, at: told.at });
    case "lead_said":
      return followMessage(ctx, told.lead_id);
    case "lead_score":
      await rescoreLead(ctx, told.lead_id);
      return lookAgain(ctx, told.lead_id, because);
    case "task_opened":
      return alignTask(ctx, told.task_id);
    case "follow_up_due": {
      const early = await fireFollowUp(ctx, told.follow_up_id);
      if (early) throw new NotNow(early.waitMs);
    }
  }
}

/** A workflow or a follow-up that was given up says so, and people learn of it. */
export const onLeadWorkflowParked: OnParked = async (ctx, row: OutboxRow) => {
  const told = LeadWorkflowWork.safeParse(row.payload);
  switch (told.data?.kind) {
    case "lead_entered":
    case "lead_said":
      return giveUpRuns(ctx, told.data.lead_id, row.id);
    case "follow_up_due":
      return giveUpFollowUp(ctx, told.data.follow_up_id);
    default:
      return { statements: [], work: [] };
  }
};
