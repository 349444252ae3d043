import type { WorkflowDefinition } from "../workflow-schema.ts";
import { step } from "./step.ts";

/** Work for a person, most often a question the bot could not answer; a task taken up again goes on where it stood. */
export const taskWorkflow: WorkflowDefinition = {
  id: "builtin-task",
  version: 1,
  entity_type: "task",
  name: "Task",
  is_default: true,
  conditions: {},
  reopen_policy: "resume",
  warn_at_percent: [75],
  steps: [
    step({
      status_name: "pending",
      status_label: "Pending",
      status_color: "#1E88E5",
      step_order: 1,
      is_initial: true,
      sla_hours: 8,
      sla_hours_by_priority: { high: 2, low: 24 },
      allowed_transitions: ["in_progress", "completed", "cancelled"],
    }),
    step({
      status_name: "in_progress",
      status_label: "In progress",
      status_color: "#FB8C00",
      step_order: 2,
      sla_hours: 24,
      allowed_transitions: ["pending", "completed", "cancelled"],
    }),
    step({
      status_name: "completed",
      status_label: "Completed",
      status_color: "#2E7D32",
      step_order: 3,
      is_final: true,
      is_milestone: true,
      allowed_transitions: ["in_progress"],
    }),
    step({
      status_name: "cancelled",
      status_label: "Cancelled",
      status_color: "#757575",
      step_order: 4,
      is_final: true,
      allowed_transitions: ["pending"],
    }),
  ],
};
