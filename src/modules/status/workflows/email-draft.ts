import type { WorkflowDefinition } from "../workflow-schema.ts";
import { step } from "./step.ts";

/** A mail to a lead, from first words to sent. */
export const emailDraftWorkflow: WorkflowDefinition = {
  id: "builtin-email-draft",
  version: 1,
  entity_type: "email_draft",
  name: "E-mail",
  is_default: true,
  conditions: {},
  reopen_policy: "restart",
  warn_at_percent: [],
  steps: [
    step({
      status_name: "draft",
      status_label: "Draft",
      status_color: "#90A4AE",
      step_order: 1,
      is_initial: true,
      allowed_transitions: ["scheduled", "sent", "failed"],
    }),
    step({
      status_name: "scheduled",
      status_label: "Scheduled",
      status_color: "#1E88E5",
      step_order: 2,
      is_initial: true,
      allowed_transitions: ["draft", "sent", "failed"],
    }),
    step({
      status_name: "sent",
      status_label: "Sent",
      status_color: "#2E7D32",
      step_order: 3,
      is_final: true,
      is_milestone: true,
    }),
    step({
      status_name: "failed",
      status_label: "Failed",
      status_color: "#E53935",
      step_order: 4,
      sla_hours: 24,
      allowed_transitions: ["draft", "scheduled", "sent"],
    }),
  ],
};
