import { and, eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import { leadWorkflowRuns } from "../../db/schema/automation.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { leadName } from "../leads/lead-work.ts";
import { failFollowUp, findFollowUp } from "./fire-follow-up.ts";
import { loadStage } from "./load-stage.ts";

type Parting = { statements: BatchItem<"sqlite">[]; work: Work[] };

/** Runs of a lead that failed too often say so, and so do the people of its property. `happening` names the loss. */
export async function giveUpRuns(ctx: Context, leadId: string, happening: string): Promise<Parting> {
  const stage = await loadStage(ctx, leadId);
  if (!stage) return { statements: [], work: [] };
  const { lead, property } = stage;
  const failed = ctx.db
    .update(leadWorkflowRuns)
    .set({ status: "failed", detail: "an action failed too often", finishedAt: ctx.now() })
    .where(
      and(
        eq(leadWorkflowRuns.companyId, ctx.companyId),
        eq(leadWorkflowRuns.leadId, leadId),
        eq(leadWorkflowRuns.status, "running"),
      ),
    );
  const notice = staffNotice({
    dedupeKey: `workflow_failed:${happening}`,
    type: "workflow_failed",
    propertyId: property.id,
    leadId,
    conversationId: lead.conversationId,
    title: `A workflow got stuck: ${leadName(lead)}`,
    body: "An action failed too often and was given up. What was done before it stays done.",
    payload: { lead_id: leadId },
  });
  return { statements: [failed], work: [notice] };
}

export async function giveUpFollowUp(ctx: Context, id: string): Promise<Parting> {
  const followUp = await findFollowUp(ctx, id);
  if (!followUp) return { statements: [], work: [] };
  const { propertyId, leadId, title, assignedTo } = followUp;
  const notice = staffNotice({
    dedupeKey: `follow_up_failed:${id}`,
    type: "workflow_failed",
    propertyId,
    leadId,
    managerId: assignedTo,
    title: "A follow-up could not be set up",
    body: title,
    payload: { follow_up_id: id },
  });
  return { statements: [failFollowUp(ctx, id)], work: [notice] };
}
