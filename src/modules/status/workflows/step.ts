import type { WorkflowStep } from "../workflow-schema.ts";

type Named = Pick<WorkflowStep, "status_name" | "status_label" | "status_color" | "step_order">;

/** A step with the defaults of everything it does not say. */
export function step(fields: Named & Partial<WorkflowStep>): WorkflowStep {
  return {
    step_id: fields.status_name,
    sla_hours: null,
    sla_hours_by_priority: {},
    requires_approval: false,
    is_final: false,
    is_initial: false,
    is_milestone: false,
    pauses_sla: false,
    allowed_transitions: [],
    required_fields: [],
    required_permission: null,
    refused_components: [],
    severity_hours: null,
    notification_settings: null,
    ...fields,
  };
}
