import type { WorkflowDefinition } from "../workflow-schema.ts";
import { step } from "./step.ts";

/** A chat. The only clock that runs is that of a visitor who asked for a person. */
export const conversationWorkflow: WorkflowDefinition = {
  id: "builtin-conversation",
  version: 1,
  entity_type: "conversation",
  name: "Conversation",
  is_default: true,
  conditions: {},
  reopen_policy: "restart",
  warn_at_percent: [75],
  steps: [
    step({
      status_name: "active",
      status_label: "With the bot",
      status_color: "#1E88E5",
      step_order: 1,
      is_initial: true,
      allowed_transitions: ["waiting_for_agent", "with_agent", "closed"],
    }),
    step({
      status_name: "waiting_for_agent",
      status_label: "Waiting for a person",
      status_color: "#E53935",
      step_order: 2,
      is_initial: true,
      sla_hours: 0.25,
      severity_hours: { warning: 1, critical: 4 },
      allowed_transitions: ["with_agent", "active", "closed"],
    }),
    step({
      status_name: "with_agent",
      status_label: "With a person",
      status_color: "#43A047",
      step_order: 3,
      is_initial: true,
      allowed_transitions: ["active", "closed"],
    }),
    step({
      status_name: "closed",
      status_label: "Closed",
      status_color: "#757575",
      step_order: 4,
      is_final: true,
      is_initial: true,
      allowed_transitions: ["active", "waiting_for_agent", "with_agent"],
    }),
  ],
};
