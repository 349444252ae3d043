import type { WorkflowDefinition } from "../workflow-schema.ts";
import { step } from "./step.ts";

/** A question of a property. The bot speaks only from `answered` ones. */
export const faqWorkflow: WorkflowDefinition = {
  id: "builtin-faq",
  version: 1,
  entity_type: "faq",
  name: "FAQ",
  is_default: true,
  conditions: {},
  reopen_policy: "restart",
  warn_at_percent: [75],
  steps: [
    step({
      status_name: "pending",
      status_label: "Waiting for an answer",
      status_color: "#1E88E5",
      step_order: 1,
      is_initial: true,
      sla_hours: 24,
      allowed_transitions: ["answered", "needs_review"],
    }),
    step({
      status_name: "needs_review",
      status_label: "Needs review",
      status_color: "#FB8C00",
      step_order: 2,
      is_initial: true,
      sla_hours: 48,
      allowed_transitions: ["answered", "pending"],
    }),
    step({
      status_name: "answered",
      status_label: "Answered",
      status_color: "#2E7D32",
      step_order: 3,
      is_initial: true,
      is_final: true,
      is_milestone: true,
      allowed_transitions: ["needs_review", "pending"],
    }),
  ],
};
