import type { WorkflowDefinition } from "../workflow-schema.ts";
import { step } from "./step.ts";

/**
 * A prospect's way to a lease. Steps may be skipped forward; the one way back is from a tour that fell through.
 * The time of `qualified` stands still while a tour is ahead.
 */
export const leadWorkflow: WorkflowDefinition = {
  id: "builtin-lead",
  version: 1,
  entity_type: "lead",
  name: "Leasing",
  is_default: true,
  conditions: {},
  reopen_policy: "restart",
  warn_at_percent: [50, 75, 90],
  steps: [
    step({
      status_name: "new",
      status_label: "New",
      status_color: "#1E88E5",
      step_order: 1,
      is_initial: true,
      sla_hours: 4,
      sla_hours_by_priority: { high: 1, urgent: 1 },
      severity_hours: { warning: 4, critical: 24 },
      allowed_transitions: ["contacted", "qualified", "tour_scheduled", "application", "leased", "lost"],
    }),
    step({
      status_name: "contacted",
      status_label: "Contacted",
      status_color: "#00ACC1",
      step_order: 2,
      sla_hours: 24,
      allowed_transitions: ["qualified", "tour_scheduled", "application", "leased", "lost"],
    }),
    step({
      status_name: "qualified",
      status_label: "Qualified",
      status_color: "#43A047",
      step_order: 3,
      is_milestone: true,
      sla_hours: 48,
      required_fields: ["has_name", "has_contact"],
      allowed_transitions: ["tour_scheduled", "application", "leased", "lost"],
    }),
    step({
      status_name: "tour_scheduled",
      status_label: "Tour scheduled",
      status_color: "#8E24AA",
      step_order: 4,
      is_milestone: true,
      pauses_sla: true,
      required_fields: ["has_live_tour"],
      allowed_transitions: ["application", "leased", "qualified", "lost"],
    }),
    step({
      status_name: "application",
      status_label: "Application",
      status_color: "#FB8C00",
      step_order: 5,
      is_milestone: true,
      sla_hours: 72,
      allowed_transitions: ["leased", "lost"],
    }),
    step({
      status_name: "leased",
      status_label: "Leased",
      status_color: "#2E7D32",
      step_order: 6,
      is_final: true,
      is_milestone: true,
      required_fields: ["has_application"],
      refused_components: ["chatbot"],
    }),
    step({
      status_name: "lost",
      status_label: "Lost",
      status_color: "#757575",
      step_order: 7,
      is_final: true,
      required_fields: ["status_reason"],
      allowed_transitions: ["contacted"],
    }),
  ],
};
