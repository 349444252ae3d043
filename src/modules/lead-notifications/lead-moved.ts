import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { nudge, outgoing } from "../../core/outbox.ts";
import { leads } from "../../db/schema/conversations.ts";
import { isPushable, pushLeadWork } from "../leads/lead-work.ts";
import type { LeadRow } from "../leads/present.ts";
import { getNotificationPriority, getNotificationTemplate } from "../status-templates/choose-template.ts";
import { changeWords } from "../status-templates/change-words.ts";
import { interpolate } from "../status-templates/interpolate.ts";
import { findTemplates } from "../status-templates/queries.ts";
import { leadEnteredWork } from "../status-workflows/enter-status.ts";
import { loadStage } from "../status-workflows/load-stage.ts";
import type { StaffNotice } from "./staff-notice.ts";

/** A lead's move as its machine tells it. The event's id is that of the transition. */
export type LeadMove = {
  event_id: string;
  occurred_at: string;
  from_status: string | null;
  to_status: string;
  to_label: string;
  transition_reason: string | null;
  triggered_by?: { user_name: string | null; system_component: string | null } | undefined;
  business_context?: Record<string, unknown> | undefined;
};

/** What a lead's move brings about: its workflows are looked at, and ResMan hears of one that is lost, or back. */
export async function followMove(ctx: Context, lead: LeadRow, move: LeadMove): Promise<void> {
  const { event_id: id, from_status, to_status } = move;
  const isLoss = (from_status === "lost" || to_status === "lost") && isPushable(lead);
  const work = [
    leadEnteredWork(lead.id, { id, at: Date.parse(move.occurred_at) }),
    ...(isLoss ? [pushLeadWork(lead.id, id)] : []),
  ];
  const [first, ...others] = [
    ...(isLoss ? [markPending(ctx, lead)] : []),
    ...work.map((item) => outgoing(ctx, item)),
  ];
  if (first) await ctx.db.batch([first, ...others]);
  ctx.defer(nudge(ctx.env, ctx.companyId, work));
}

function markPending(ctx: Context, lead: LeadRow) {
  return ctx.db
    .update(leads)
    .set({ resmanSyncStatus: "pending" })
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, lead.id)));
}

/** The notice of a lead's move in the words of its property. */
export async function moveWords(
  ctx: Context,
  lead: LeadRow,
  move: LeadMove,
): Promise<Pick<StaffNotice, "title" | "body" | "payload"> | null> {
  const [stage, own] = await Promise.all([loadStage(ctx, lead.id), findTemplates(ctx, lead.propertyId)]);
  if (!stage) return null;
  const { from_status: oldStatus, to_status: newStatus, transition_reason: reason, triggered_by } = move;
  const template = getNotificationTemplate(own, { oldStatus, newStatus, reason });
  const said = changeWords({
    ...stage,
    oldStatus,
    newStatus,
    reason,
    changedBy: triggered_by?.user_name ?? triggered_by?.system_component ?? "",
    at: new Date(move.occurred_at),
  });
  const words = { ...said, new_status: move.to_label };
  return {
    title: interpolate(template.title, words),
    body: interpolate(template.body, words),
    payload: { priority: getNotificationPriority(newStatus, move.business_context?.["urgency_level"]) },
  };
}
