import { and, eq, ne } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields, notFound } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { statusWorkflows } from "../../db/schema/status.ts";
import { companyName } from "./entity-history.ts";
import {
  headsOf,
  ownWorkflow,
  rowsOfTypeOrId,
  unknownWorkflow,
  type WorkflowRow,
  type Workflows,
} from "./find-workflows.ts";
import { checkWorkflow, type WorkflowDefinition, type WorkflowProblem } from "./workflow-schema.ts";
import { builtInWorkflowWithId } from "./workflows/built-in.ts";
import type { WorkflowDraft } from "./workflows.schemas.ts";

const w = statusWorkflows;

/**
 * Makes a workflow, or the next version of one that has the id or the name; entities keep the version they began
 * with. Said again in the same words it changes nothing. A new default replaces the old one in the same write.
 * Throws WORKFLOW_NOT_FOUND, SLA_VALIDATION_ERROR or VALIDATION_ERROR listing everything that is wrong,
 * DUPLICATE_RECORD for a name that is taken, and CONFLICT when somebody else saved it meanwhile.
 */
export async function saveWorkflow(ctx: Context, draft: WorkflowDraft): Promise<Workflows> {
  if (draft.business_entity_id !== undefined && draft.business_entity_id !== ctx.companyId)
    throw notFound("Business entity");
  const heads = headsOf(await rowsOfTypeOrId(ctx, draft.entity_type, draft.workflow_id));
  const before = headFor(heads, draft);
  const definition = definitionOf(draft, before?.id ?? ctx.newId(), (before?.version ?? 0) + 1);
  refuseBad(definition);
  const row = isSame(before, draft, definition) ? before : await write(ctx, draft, definition, before);
  return { workflows: [ownWorkflow(row)], businessEntity: await companyName(ctx) };
}

function headFor(heads: WorkflowRow[], draft: WorkflowDraft): WorkflowRow | undefined {
  const { workflow_id: id, workflow_name, entity_type } = draft;
  const named = heads.find(
    (head) => head.entityType === entity_type && head.name.toLowerCase() === workflow_name.toLowerCase(),
  );
  if (id === undefined) return named;
  if (builtInWorkflowWithId(id))
    throw invalidFields([
      { field: "workflow_id", message: "is built in; leave it out to make one of your own in its place" },
    ]);
  const head = heads.find((row) => row.id === id);
  if (!head) throw unknownWorkflow();
  if (head.entityType !== entity_type)
    throw invalidFields([{ field: "entity_type", message: `is ${head.entityType} and cannot change` }]);
  if (named && named.id !== id && named.isActive && draft.is_active) throw nameTaken(workflow_name);
  return head;
}

export function definitionOf(
  draft: Pick<
    WorkflowDraft,
    | "entity_type"
    | "workflow_name"
    | "is_default"
    | "conditions"
    | "reopen_policy"
    | "warn_at_percent"
    | "steps"
  >,
  id: string,
  version: number,
): WorkflowDefinition {
  return {
    id,
    version,
    entity_type: draft.entity_type,
    name: draft.workflow_name,
    is_default: draft.is_default,
    conditions: draft.conditions,
    reopen_policy: draft.reopen_policy,
    warn_at_percent: draft.warn_at_percent,
    steps: draft.steps.map((step) => ({ ...step, step_id: step.step_id ?? step.status_name })),
  };
}

/** Limits that cannot be kept have a code of their own. */
export function refuseBad(definition: WorkflowDefinition): void {
  const problems = checkWorkflow(definition);
  if (problems.length === 0) return;
  const refusal = invalidFields(problems);
  throw problems.some(isAboutTime)
    ? new AppError("SLA_VALIDATION_ERROR", refusal.message, refusal.details)
    : refusal;
}

function isAboutTime({ field }: WorkflowProblem): boolean {
  return /\.(sla_hours|sla_hours_by_priority|severity_hours)\b/.test(field);
}

function isSame(
  before: WorkflowRow | undefined,
  draft: WorkflowDraft,
  definition: WorkflowDefinition,
): before is WorkflowRow {
  if (!before || before.isActive !== draft.is_active || before.isDefault !== draft.is_default) return false;
  const next = { ...definition, version: before.version };
  return JSON.stringify(next) === JSON.stringify({ ...before.definition, is_default: before.isDefault });
}

async function write(
  ctx: Context,
  draft: WorkflowDraft,
  definition: WorkflowDefinition,
  before: WorkflowRow | undefined,
): Promise<WorkflowRow> {
  const row: WorkflowRow = {
    companyId: ctx.companyId,
    id: definition.id,
    version: definition.version,
    entityType: definition.entity_type,
    name: definition.name,
    isDefault: draft.is_default,
    isActive: draft.is_active,
    definition,
    createdBy: ctx.actor.id,
    createdAt: ctx.now(),
  };
  const ofCompany = eq(w.companyId, ctx.companyId);
  const wasDefault = and(
    ofCompany,
    eq(w.entityType, row.entityType),
    eq(w.isDefault, true),
    ne(w.id, row.id),
  );
  try {
    await commit(ctx, [
      ctx.db
        .update(w)
        .set({ isActive: false })
        .where(and(ofCompany, eq(w.id, row.id))),
      ...(row.isDefault && row.isActive
        ? [ctx.db.update(w).set({ isDefault: false }).where(wasDefault)]
        : []),
      ctx.db.insert(w).values(row),
      audit(ctx, {
        action: before ? "update" : "create",
        recordType: "status_workflow",
        recordId: row.id,
        before: before?.definition,
        after: definition,
      }),
    ]);
  } catch (error) {
    if (isDuplicate(error, "status_workflows.version"))
      throw new AppError("CONFLICT", "Somebody else saved this workflow meanwhile; read it and try again");
    if (isNameTaken(error)) throw nameTaken(row.name);
    throw error;
  }
  return row;
}

function isNameTaken(error: unknown): boolean {
  return error instanceof Error && /status_workflows_by_name/.test(error.message);
}

function nameTaken(name: string): AppError {
  return new AppError("DUPLICATE_RECORD", `There is another workflow called ${name}`, { name });
}
