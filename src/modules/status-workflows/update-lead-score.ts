import type { Context } from "../../core/context.ts";
import { leadScoreAdjustments } from "../../db/schema/automation.ts";
import { rescoreLead } from "../leads/qualify-lead.ts";
import type { ConfigOf } from "./action-config.ts";
import type { Performed, Scene } from "./perform-action.ts";

/** Gives or takes points; they stay, however often the rest of the score is drawn again. */
export async function updateLeadScore(
  ctx: Context,
  { stage: { lead } }: Scene,
  stepId: string,
  { delta, reason }: ConfigOf<"update_lead_score">,
): Promise<Performed> {
  return {
    outcome: "done",
    result: { delta, reason },
    statements: [
      ctx.db
        .insert(leadScoreAdjustments)
        .values({
          id: stepId,
          companyId: ctx.companyId,
          leadId: lead.id,
          points: delta,
          reason,
          createdAt: ctx.now(),
        })
        .onConflictDoNothing(),
    ],
    work: [
      {
        topic: "projections",
        key: `score:${lead.id}`,
        payload: { kind: "lead_score", lead_id: lead.id },
        dedupeKey: `lead_score:${stepId}`,
      },
    ],
    afterwards: () => rescoreLead(ctx, lead.id),
  };
}
