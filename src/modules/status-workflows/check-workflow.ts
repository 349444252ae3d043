import type { WorkflowDefinition } from "../status/workflow-schema.ts";
import type { WorkflowAction } from "./action-config.ts";

export type Checked = {
  triggerStatus: string;
  targetStatus: string;
  actions: WorkflowAction[];
};

export type Known = {
  /** The workflows by which the company's leads may live. */
  definitions: WorkflowDefinition[];
  /** Ids of the managers who work at the property. */
  managers: Set<string>;
};

const assignees = new Set(["assigned_manager", "primary_manager", "nobody"]);

/** Everything that would keep a workflow from ever doing what it says, by dotted field. */
export function checkWorkflow(workflow: Checked, { definitions, managers }: Known) {
  const problems: { field: string; message: string }[] = [];
  const refuse = (field: string, message: string) => problems.push({ field, message });
  const steps = definitions.flatMap((definition) => definition.steps);
  const names = new Set(steps.map((step) => step.status_name));
  const { triggerStatus, targetStatus, actions } = workflow;
  const known = `known are ${[...names].join(", ")}`;
  if (!names.has(triggerStatus)) refuse("trigger_status", `is no status of a lead; ${known}`);
  if (!names.has(targetStatus)) refuse("target_status", `is no status of a lead; ${known}`);
  if (problems.length === 0 && targetStatus !== triggerStatus) {
    const ways = steps
      .filter((step) => step.status_name === triggerStatus)
      .flatMap((step) => step.allowed_transitions);
    if (!ways.includes(targetStatus))
      refuse(
        "target_status",
        `cannot follow ${triggerStatus}; from there leads go to ${ways.join(", ") || "nowhere"}`,
      );
  }
  if (targetStatus === triggerStatus && actions.length === 0)
    refuse("actions", "are needed where the lead stays where it is");
  for (const [index, action] of actions.entries())
    for (const [field, managerId] of managersIn(action))
      if (!managers.has(managerId))
        refuse(`actions.${index}.config.${field}`, "is no manager of the property");
  return problems;
}

/** The managers an action names, by field. */
function managersIn({ type, config }: WorkflowAction): [field: string, id: string][] {
  switch (type) {
    case "send_notification":
      return config.recipients.flatMap((recipient, index): [string, string][] =>
        recipient.type === "manager" ? [[`recipients.${index}.manager_id`, recipient.manager_id]] : [],
      );
    case "schedule_follow_up":
    case "create_task":
      return assignees.has(config.assign_to) ? [] : [["assign_to", config.assign_to]];
    case "update_lead_score":
      return [];
  }
}
