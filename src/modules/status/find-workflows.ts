import { and, count, desc, eq, isNull, or, type SQL } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { statusEntities, statusWorkflows } from "../../db/schema/status.ts";
import { companyName } from "./entity-history.ts";
import { companyOf } from "./reach.ts";
import type { WorkflowDefinition } from "./workflow-schema.ts";
import { builtInWorkflow, builtInWorkflowWithId } from "./workflows/built-in.ts";

export type WorkflowRow = typeof statusWorkflows.$inferSelect;

/** A workflow as it is told: of a company's own, or built in (no row). */
export type KnownWorkflow = {
  definition: WorkflowDefinition;
  isDefault: boolean;
  isActive: boolean;
  createdAt: Date | null;
  entities?: number;
};

export type Workflows = { workflows: KnownWorkflow[]; businessEntity: string };

const w = statusWorkflows;

/** A type's workflows, the built-in one first, each in its present version or in all of them, newest first. */
export async function listWorkflows(
  ctx: Context,
  entityType: string,
  withVersions: boolean,
): Promise<Workflows> {
  const companyId = companyOf(ctx);
  const [rows, businessEntity] = await Promise.all([
    rowsWhere(ctx, companyId, eq(w.entityType, entityType)),
    companyName(ctx),
  ]);
  const heads = headsOf(rows).toSorted((a, b) => a.name.localeCompare(b.name));
  const shown = withVersions ? heads.flatMap((head) => rows.filter((row) => row.id === head.id)) : heads;
  const builtIn = builtInWorkflow(entityType);
  const isReplaced = rows.some((row) => row.isActive && row.isDefault);
  return {
    workflows: [...(builtIn ? [known(builtIn, !isReplaced)] : []), ...shown.map(ownWorkflow)],
    businessEntity,
  };
}

/** All versions of one workflow, newest first, with the number of entities that live by each. */
export async function listVersions(ctx: Context, entityType: string, id: string): Promise<Workflows> {
  const versions = await versionsOf(ctx, id);
  if (!versions.some(({ definition }) => definition.entity_type === entityType)) throw unknownWorkflow();
  const [living, businessEntity] = await Promise.all([
    ctx.db
      .select({ version: statusEntities.workflowVersion, entities: count() })
      .from(statusEntities)
      .where(
        and(
          eq(statusEntities.companyId, ctx.companyId),
          eq(statusEntities.workflowId, id),
          isNull(statusEntities.archivedAt),
        ),
      )
      .groupBy(statusEntities.workflowVersion),
    companyName(ctx),
  ]);
  const entitiesOf = ({ definition }: KnownWorkflow) =>
    living.find(({ version }) => version === definition.version)?.entities ?? 0;
  return {
    workflows: versions.map((version) => ({ ...version, entities: entitiesOf(version) })),
    businessEntity,
  };
}

/** Every version of a workflow that is known, newest first; of built-in ones there is one. Throws WORKFLOW_NOT_FOUND. */
export async function versionsOf(ctx: Context, id: string): Promise<KnownWorkflow[]> {
  const companyId = companyOf(ctx);
  const builtIn = builtInWorkflowWithId(id);
  if (builtIn) return [known(builtIn, true)];
  const rows = await rowsWhere(ctx, companyId, eq(w.id, id));
  if (rows.length === 0) throw unknownWorkflow();
  return rows.map(ownWorkflow);
}

/** The rows of a type's workflows and of one by its id, of each the newest version first. */
export function rowsOfTypeOrId(ctx: Context, entityType: string, id = ""): Promise<WorkflowRow[]> {
  return rowsWhere(ctx, ctx.companyId, or(eq(w.entityType, entityType), eq(w.id, id)));
}

/** The newest version of each workflow. */
export function headsOf(rows: WorkflowRow[]): WorkflowRow[] {
  return rows.filter((row) => !rows.some((other) => other.id === row.id && other.version > row.version));
}

export function ownWorkflow({ definition, isDefault, isActive, createdAt }: WorkflowRow): KnownWorkflow {
  return { definition, isDefault: isDefault && isActive, isActive, createdAt };
}

export function unknownWorkflow(): AppError {
  return new AppError("WORKFLOW_NOT_FOUND", "Workflow not found");
}

function known(definition: WorkflowDefinition, isDefault: boolean): KnownWorkflow {
  return { definition, isDefault, isActive: true, createdAt: null };
}

async function rowsWhere(ctx: Context, companyId: string, which: SQL | undefined): Promise<WorkflowRow[]> {
  return ctx.db
    .select()
    .from(w)
    .where(and(eq(w.companyId, companyId), which))
    .orderBy(w.id, desc(w.version));
}
