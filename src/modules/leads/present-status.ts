import type { Transition } from "../../durable/status-machine/protocol.ts";
import type { LeadStatusChanged } from "./change-lead-status.ts";
import type { LeadHistory } from "./list-lead-statuses.ts";

export function presentStatusChange({ transition, status, ...followed }: LeadStatusChanged) {
  return {
    success: true,
    new_status: status,
    updated_at: new Date(transition.at).toISOString(),
    notifications_sent: followed.notificationsSent,
    workflow_actions_triggered: followed.actions,
  };
}

export function presentHistory({ transitions, total }: LeadHistory) {
  return {
    status_changes: transitions.map((transition) => ({
      id: transition.id,
      old_status: transition.from,
      new_status: transition.to,
      status_reason: transition.reason,
      updated_by: updatedBy(transition),
      context_data: contextOf(transition),
      created_at: new Date(transition.at).toISOString(),
    })),
    total_count: total,
  };
}

function updatedBy({ metadata, actor }: Transition): string {
  const { updated_by: told } = metadata;
  if (typeof told === "string") return told;
  if (actor.component === null) return actor.name;
  return actor.component === "chatbot" ? "chatbot" : "system";
}

/** As it was given: the priority an urgency stands for is our own addition. */
function contextOf({ businessContext }: Transition) {
  const { priority, ...context } = businessContext;
  return priority === undefined || priority === context["urgency_level"] ? context : businessContext;
}
