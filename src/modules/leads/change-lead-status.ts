import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import type { Transition } from "../../durable/status-machine/protocol.ts";
import { listListeners } from "../lead-notifications/tell-managers.ts";
import { changeStatus } from "../status/change-status.ts";
import { leadFacts } from "./lead-facts.ts";
import { leadName } from "./lead-work.ts";
import { beginLead } from "./qualify-lead.ts";
import { getLead } from "./queries.ts";
import type { LeadStatusChange } from "./schemas.ts";

export type LeadStatusChanged = { transition: Transition; status: string; listeners: number };

/** Moves a lead by hand, by the bot or by the system; what follows is told with the move itself. */
export async function changeLeadStatus(
  ctx: Context,
  leadId: string,
  input: LeadStatusChange,
): Promise<LeadStatusChanged> {
  const { lead, status: known } = await getLead(ctx, leadId);
  requireWritable(ctx, lead.propertyId);
  if (known === null) await beginLead(ctx, lead);
  const { context_data: context = {}, updated_by, trigger_notifications } = input;
  const { urgency_level: urgency } = context;
  const { transition, status } = await changeStatus(ctx, {
    entityType: "lead",
    entityId: leadId,
    companyId: lead.companyId,
    toStatus: input.new_status,
    reason: input.status_reason ?? null,
    businessContext: { ...context, ...(urgency ? { priority: urgency } : {}) },
    metadata: { updated_by, trigger_notifications },
    facts: { ...(await leadFacts(ctx, leadId)) },
    component: updated_by === "resman_user" ? null : updated_by,
    propertyId: lead.propertyId,
    ownerId: lead.assignedTo,
    entityDetails: { name: leadName(lead) },
  }).catch((error: unknown) => {
    throw asForbidden(error);
  });
  await commit(ctx, [
    audit(ctx, {
      action: "change_status",
      recordType: "lead",
      recordId: leadId,
      before: { status: transition.from },
      after: input,
    }),
  ]);
  const listeners = trigger_notifications ? await listListeners(ctx, lead.propertyId) : [];
  return { transition, status: status.status, listeners: listeners.length };
}

/** Only the status engine's own paths say PERMISSION_DENIED. */
function asForbidden(error: unknown): unknown {
  const isDenied = error instanceof AppError && error.code === "PERMISSION_DENIED";
  return isDenied ? new AppError("FORBIDDEN", error.message, error.details) : error;
}
