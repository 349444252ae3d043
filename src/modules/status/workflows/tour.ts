import type { WorkflowDefinition } from "../workflow-schema.ts";
import { step } from "./step.ts";

/** A visit to a property. A confirmed tour that is moved to another time must be confirmed again. */
export const tourWorkflow: WorkflowDefinition = {
  id: "builtin-tour",
  version: 1,
  entity_type: "tour",
  name: "Tour",
  is_default: true,
  conditions: {},
  reopen_policy: "restart",
  warn_at_percent: [],
  steps: [
    step({
      status_name: "scheduled",
      status_label: "Scheduled",
      status_color: "#1E88E5",
      step_order: 1,
      is_initial: true,
      sla_hours: 24,
      allowed_transitions: ["confirmed", "completed", "cancelled", "no_show"],
    }),
    step({
      status_name: "confirmed",
      status_label: "Confirmed",
      status_color: "#43A047",
      step_order: 2,
      is_initial: true,
      is_milestone: true,
      allowed_transitions: ["scheduled", "completed", "cancelled", "no_show"],
    }),
    step({
      status_name: "completed",
      status_label: "Completed",
      status_color: "#2E7D32",
      step_order: 3,
      is_final: true,
      is_milestone: true,
    }),
    step({
      status_name: "cancelled",
      status_label: "Cancelled",
      status_color: "#757575",
      step_order: 4,
      is_final: true,
    }),
    step({
      status_name: "no_show",
      status_label: "No show",
      status_color: "#E53935",
      step_order: 5,
      is_final: true,
    }),
  ],
};
