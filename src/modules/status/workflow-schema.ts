import * as z from "zod";
import { hexColor } from "../../core/fields.ts";

const slug = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, "must be lower case letters, digits and _");

export const EntityType = slug.meta({ example: "order" });

const Scalar = z.union([z.string().max(200), z.number(), z.boolean()]);

/**
 * What a change's business context must say for a workflow to be chosen; all of it. A list means one of, a
 * name ending in `_min` or `_max` compares the number named without it.
 */
export const Conditions = z.record(
  z.string().min(1).max(64),
  z.union([Scalar, z.array(Scalar).min(1).max(50)]),
);
export type Conditions = z.infer<typeof Conditions>;

const Hours = z.number().finite();

export const WorkflowStep = z.object({
  step_id: z.string().min(1).max(64),
  status_name: slug,
  status_label: z.string().trim().min(1).max(100),
  status_color: hexColor.default("#9E9E9E"),
  step_order: z.number().int().min(0).max(10_000),
  /** Hours of open time an entity may stay; null for no limit. Not counted in final and pausing steps. */
  sla_hours: Hours.nullable().default(null),
  /** Limits for named priorities, in place of `sla_hours`. */
  sla_hours_by_priority: z.record(z.string().max(32), Hours).default({}),
  requires_approval: z.boolean().default(false),
  is_final: z.boolean().default(false),
  is_initial: z.boolean().default(false),
  is_milestone: z.boolean().default(false),
  /** Stops the clock of the step that was left; coming back to that step goes on with what was left of it. */
  pauses_sla: z.boolean().default(false),
  allowed_transitions: z.array(slug).max(100).default([]),
  /** Names of facts, or of fields of the business context, without which nobody enters. */
  required_fields: z.array(z.string().min(1).max(64)).max(50).default([]),
  required_permission: z.string().min(1).max(64).nullable().default(null),
  /** System components that may not enter, such as `chatbot`. */
  refused_components: z.array(z.string().min(1).max(64)).max(20).default([]),
  /** From how many hours overdue the step is a warning, and critical. */
  severity_hours: z.object({ warning: Hours, critical: Hours }).nullable().default(null),
  notification_settings: z.record(z.string(), z.json()).nullable().default(null),
});
export type WorkflowStep = z.infer<typeof WorkflowStep>;

/** A workflow as its author wrote it, defaults filled in. An entity keeps the whole of the version it began with. */
export const WorkflowDefinition = z.object({
  id: z.string().min(1).max(64),
  version: z.number().int().min(1),
  entity_type: EntityType,
  name: z.string().trim().min(1).max(200),
  is_default: z.boolean().default(false),
  conditions: Conditions.default({}),
  /** What a clock does when an entity returns from a final step: begin anew, or go on where it stood. */
  reopen_policy: z.enum(["restart", "resume"]).default("restart"),
  /** At which shares of the allowed time people are warned. */
  warn_at_percent: z.array(z.number().int().min(1).max(99)).max(5).default([50, 75, 90]),
  steps: z.array(WorkflowStep).min(1).max(200),
});
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>;

export type WorkflowProblem = { field: string; message: string };

/** Everything that is wrong with a well-formed definition, by dotted field; empty when entities can live by it. */
export function checkWorkflow(definition: WorkflowDefinition): WorkflowProblem[] {
  const names = new Set(definition.steps.map((step) => step.status_name));
  const reachable = reachableFrom(definition);
  const seen = new Set<string>();
  const problems: WorkflowProblem[] = [];
  for (const [n, step] of definition.steps.entries()) {
    const refuse = (field: string, message: string) =>
      problems.push({ field: `steps.${n}.${field}`, message });
    if (seen.has(step.status_name)) refuse("status_name", `${step.status_name} is defined twice`);
    seen.add(step.status_name);
    for (const target of step.allowed_transitions)
      if (!names.has(target)) refuse("allowed_transitions", `${target} is no step of this workflow`);
    if (!step.is_final && !step.allowed_transitions.some((target) => target !== step.status_name))
      refuse("allowed_transitions", `${step.status_name} is not final and has no way out`);
    if (!reachable.has(step.status_name)) refuse("status_name", `${step.status_name} cannot be reached`);
    for (const problem of slaProblems(step)) refuse(problem.field, problem.message);
  }
  return problems;
}

function slaProblems(step: WorkflowStep): WorkflowProblem[] {
  const problems: WorkflowProblem[] = [];
  const mustBeHours = (field: string, hours: number) => {
    if (hours <= 0) problems.push({ field, message: "must be more than 0 hours" });
    else if (hours > 87_600) problems.push({ field, message: "must be at most 87600 hours (ten years)" });
  };
  if (step.sla_hours !== null) mustBeHours("sla_hours", step.sla_hours);
  for (const [priority, hours] of Object.entries(step.sla_hours_by_priority))
    mustBeHours(`sla_hours_by_priority.${priority}`, hours);
  if (step.severity_hours) {
    const { warning, critical } = step.severity_hours;
    mustBeHours("severity_hours.warning", warning);
    mustBeHours("severity_hours.critical", critical);
    if (critical < warning)
      problems.push({ field: "severity_hours.critical", message: "must not be less than warning" });
  }
  return problems;
}

function reachableFrom(definition: WorkflowDefinition): Set<string> {
  const reached = new Set<string>();
  const waiting = initialSteps(definition).map((step) => step.status_name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...(stepNamed(definition, name)?.allowed_transitions ?? []));
  }
  return reached;
}

export function stepNamed(definition: WorkflowDefinition, name: string): WorkflowStep | undefined {
  return definition.steps.find((step) => step.status_name === name);
}

/** Where an entity may begin: the step that comes first, and every step marked initial. */
export function initialSteps(definition: WorkflowDefinition): WorkflowStep[] {
  const first = definition.steps.reduce<WorkflowStep | undefined>(
    (least, step) => (least === undefined || step.step_order < least.step_order ? step : least),
    undefined,
  );
  return definition.steps.filter((step) => step === first || step.is_initial);
}
