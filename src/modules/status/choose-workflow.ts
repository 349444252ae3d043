import type { Conditions, WorkflowDefinition } from "./workflow-schema.ts";

/**
 * The workflow a new entity begins in: of the company's own the one with the most conditions, all of them met;
 * else the company's default for the type, else the built-in one, else one that asks for nothing. Of equals the
 * first, so that callers give the newest first.
 */
export function chooseWorkflow(
  own: WorkflowDefinition[],
  builtIn: WorkflowDefinition | null,
  context: Record<string, unknown>,
): WorkflowDefinition | null {
  const special = own
    .filter((workflow) => demands(workflow) > 0 && meets(workflow.conditions, context))
    .toSorted((a, b) => demands(b) - demands(a));
  return (
    special[0] ??
    own.find((workflow) => workflow.is_default) ??
    builtIn ??
    own.find((workflow) => demands(workflow) === 0) ??
    null
  );
}

function demands(workflow: WorkflowDefinition): number {
  return Object.keys(workflow.conditions).length;
}

function meets(conditions: Conditions, context: Record<string, unknown>): boolean {
  return Object.entries(conditions).every(([name, wanted]) => {
    const bound = /^(.+)_(min|max)$/.exec(name);
    if (bound && !(name in context)) return isWithin(context[bound[1] ?? ""], bound[2] === "min", wanted);
    return Array.isArray(wanted) ? wanted.some((one) => one === context[name]) : wanted === context[name];
  });
}

function isWithin(value: unknown, isLeast: boolean, limit: unknown): boolean {
  if (typeof value !== "number" || typeof limit !== "number") return false;
  return isLeast ? value >= limit : value <= limit;
}
