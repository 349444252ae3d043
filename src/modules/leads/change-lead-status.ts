import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { requireWritable } from "../../core/scope.ts";
import type { Transition } from "../../durable/status-machine/protocol.ts";
import { countListeners } from "../lead-notifications/audience.ts";
import { changeStatus } from "../status/change-status.ts";
import { enterStatus, triggeredBy } from "../status-workflows/enter-status.ts";
import { entryOf } from "../status-workflows/lead-entry.ts";
import { type LeadFacts, leadFacts } from "./lead-facts.ts";
import { leadName } from "./lead-work.ts";
import { beginLead } from "./qualify-lead.ts";
import { getLead } from "./queries.ts";
import { getRequiredConditions } from "./required-conditions.ts";
import type { LeadStatusChange } from "./schemas.ts";

export type LeadStatusChanged = {
  transition: Transition;
  status: string;
  /** Notices and mails that leave because of it. */
  notificationsSent: number;
  /** What the property's workflows did about it, in order. */
  actions: string[];
};

/** Moves a lead by hand, by the bot or by the system; what follows is told with the move itself. */
export async function changeLeadStatus(
  ctx: Context,
  leadId: string,
  input: LeadStatusChange,
): Promise<LeadStatusChanged> {
  const { lead, status: known } = await getLead(ctx, leadId);
  requireWritable(ctx, lead.propertyId);
  if (known === null) await beginLead(ctx, lead);
  const { updated_by, trigger_notifications, expected_from_status: expected } = input;
  const context = input.context_data ?? {};
  const { urgency_level: urgency } = context;
  const facts = await leadFacts(ctx, leadId);
  const { transition, status } = await changeStatus(ctx, {
    entityType: "lead",
    entityId: leadId,
    companyId: lead.companyId,
    toStatus: input.new_status,
    reason: input.status_reason ?? null,
    businessContext: { ...context, ...(urgency ? { priority: urgency } : {}) },
    metadata: { updated_by, trigger_notifications },
    facts: { ...facts },
    component: updated_by === "resman_user" ? null : updated_by,
    propertyId: lead.propertyId,
    ownerId: lead.assignedTo,
    entityDetails: { name: leadName(lead) },
    isAudited: true,
    ...(expected === undefined ? {} : { expectedFromStatus: expected }),
  }).catch((error: unknown) => {
    throw explained(error, input, facts);
  });
  const [told, triggered] = await Promise.all([
    trigger_notifications ? countListeners(ctx, lead.propertyId, "status_changed") : 0,
    triggeredAtOnce(ctx, leadId, transition),
  ]);
  return {
    transition,
    status: status.status,
    notificationsSent: told + triggered.sent,
    actions: triggered.actions,
  };
}

/** Runs the workflows of the move now, so that the answer can say what they did; their work repeats what fails here. */
async function triggeredAtOnce(ctx: Context, leadId: string, transition: Transition) {
  const entry = entryOf(transition);
  await enterStatus(ctx, leadId, entry, { isCurrent: true }).catch((error: unknown) =>
    ctx.log.error("workflows left for their work", error, { leadId }),
  );
  return triggeredBy(ctx, leadId, entry.id);
}

/** Says what the wanted status asks for. Only the status engine's own paths say PERMISSION_DENIED. */
function explained(error: unknown, { new_status, status_reason }: LeadStatusChange, facts: LeadFacts | null) {
  if (!(error instanceof AppError)) return error;
  if (error.code === "PERMISSION_DENIED") return new AppError("FORBIDDEN", error.message, error.details);
  if (error.code !== "MISSING_REQUIRED_FIELD" && error.code !== "INVALID_STATUS_TRANSITION") return error;
  const details = (error.details ?? {}) as { missing_fields?: string[] };
  const known = { ...facts, status_reason: Boolean(status_reason) };
  const required_conditions = getRequiredConditions(new_status, known, details.missing_fields);
  return new AppError(error.code, error.message, { ...details, required_conditions }, error.status);
}
