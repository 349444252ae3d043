import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { adjustStatus, machineOf } from "../status/adjust-status.ts";
import { changeStatus, type StatusChangeInput } from "../status/change-status.ts";
import { findSituation, type LeadSituation } from "./lead-facts.ts";
import { leadName } from "./lead-work.ts";
import type { LeadRow } from "./present.ts";
import { scoreLead } from "./score-lead.ts";
import { type Step, stepsAhead } from "./steps-ahead.ts";

/** Where a lead stands after its facts were looked at. */
export type Qualified = { status: string | null; awaitsReply: boolean; lastActivityAt: Date };

/**
 * Moves a lead as far as its facts carry it (new, contacted, qualified), and scores it. Run again it changes
 * nothing. Later steps, and leads that were lost, are for people to move. Null when there is no such lead; throws
 * CONFLICT when somebody else moved it meanwhile.
 */
export async function qualifyLead(ctx: Context, leadId: string): Promise<Qualified | null> {
  const situation = await findSituation(ctx, leadId);
  if (!situation) return null;
  await keepScore(ctx, situation);
  const status = await advance(ctx, situation);
  const { lead, isAnswered } = situation;
  return {
    status,
    awaitsReply: status === "new" && !isAnswered && lead.conversationId !== null,
    lastActivityAt: lead.lastActivityAt,
  };
}

/** Scores a lead again and leaves its status alone. */
export async function rescoreLead(ctx: Context, leadId: string): Promise<void> {
  const situation = await findSituation(ctx, leadId);
  if (situation) await keepScore(ctx, situation);
}

/** Gives a lead that has just come in its first status, where it has none. */
export async function beginLead(ctx: Context, lead: LeadRow): Promise<void> {
  const ref = { entityType: "lead", entityId: lead.id };
  if (await machineOf(ctx, ref).current(ctx.now().getTime())) return;
  await changeStatus(ctx, stepOf(lead, "new", null, 0));
}

const reasons: Record<Step, string> = {
  new: "First message",
  contacted: "Answered",
  qualified: "Gave a name and a way to be reached",
};

/** Takes the steps ahead; each is named after where it starts, so that it is taken once from there. */
async function advance(ctx: Context, situation: LeadSituation): Promise<string | null> {
  const { lead, facts, isAnswered } = situation;
  const ref = { entityType: "lead", entityId: lead.id };
  const about = aboutOf(lead);
  const known = await machineOf(ctx, ref).current(ctx.now().getTime());
  if (known && (known.ownerId !== about.ownerId || known.entityDetails["name"] !== about.entityDetails.name))
    await adjustStatus(ctx, ref, about);
  let { status, seq } = known ?? { status: null, seq: 0 };
  try {
    for (const toStatus of stepsAhead(status, { ...facts, isAnswered })) {
      const moved = await changeStatus(ctx, { ...stepOf(lead, toStatus, status, seq), facts });
      ({ status, seq } = moved.status);
    }
  } catch (error) {
    // A company's own workflow may know other steps; a lost race is another matter.
    if (!(error instanceof AppError) || error.code === "CONFLICT") throw error;
    ctx.log.warn("lead left at its status", { leadId: lead.id, status, why: error.message });
  }
  return status;
}

function stepOf(lead: LeadRow, toStatus: Step, from: string | null, seq: number): StatusChangeInput {
  return {
    entityType: "lead",
    entityId: lead.id,
    ...aboutOf(lead),
    toStatus,
    changeId: `lead:${lead.id}:${seq}:${toStatus}`,
    expectedFromStatus: from,
    reason: reasons[toStatus],
    component: lead.conversationId === null ? "system" : "chatbot",
  };
}

function aboutOf(lead: LeadRow) {
  const { propertyId, assignedTo, conversationId } = lead;
  return {
    propertyId,
    ownerId: assignedTo,
    entityDetails: { name: leadName(lead), ...(conversationId ? { conversation_id: conversationId } : {}) },
  };
}

/** A score is drawn from what is written: it is no change of the record, and its version stays. */
async function keepScore(ctx: Context, { lead, facts, today, adjustments }: LeadSituation): Promise<void> {
  const { score: leadScore, reasons: scoreExplanation } = scoreLead(
    lead,
    facts.has_live_tour,
    today,
    adjustments,
  );
  const isSame = JSON.stringify(scoreExplanation) === JSON.stringify(lead.scoreExplanation);
  if (leadScore === lead.leadScore && isSame) return;
  const scored = { leadScore, scoreExplanation };
  const { conversationId } = lead;
  await ctx.db.batch([
    ctx.db
      .update(leads)
      .set(scored)
      .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, lead.id))),
    ctx.db
      .update(conversations)
      .set(scored)
      .where(and(eq(conversations.companyId, ctx.companyId), eq(conversations.id, conversationId ?? ""))),
  ]);
}
