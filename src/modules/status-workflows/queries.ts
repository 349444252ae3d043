import { and, asc, count, eq, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { changes, inCompany, inProperties, only, requireWritable, staleVersion } from "../../core/scope.ts";
import { leadWorkflows } from "../../db/schema/automation.ts";
import { properties, propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import { listLeadDefinitions } from "../leads/list-lead-definitions.ts";
import { statusLabel } from "../status-templates/change-words.ts";
import { type Checked, checkWorkflow } from "./check-workflow.ts";
import type { WorkflowRow } from "./run-workflows.ts";
import type { WorkflowChanges, WorkflowDraft } from "./schemas.ts";

const w = leadWorkflows;

/** Far more than a property's people keep in mind. */
const mostWorkflows = 100;

function visible(ctx: Context) {
  return and(inCompany(ctx, w.companyId), inProperties(ctx, w.propertyId), isNull(w.deletedAt));
}

export type Found = { workflows: WorkflowRow[]; isProperty: boolean };

/** The workflows of a property, oldest first, or the one with this id. */
export async function findWorkflows(ctx: Context, id: string): Promise<Found> {
  const [places, own, [one]] = await ctx.db.batch([
    ctx.db.select({ id: properties.id }).from(properties).where(isProperty(ctx, id)),
    ctx.db
      .select()
      .from(w)
      .where(and(visible(ctx), eq(w.propertyId, id)))
      .orderBy(asc(w.id))
      .limit(mostWorkflows),
    ctx.db
      .select()
      .from(w)
      .where(and(visible(ctx), eq(w.id, id))),
  ]);
  if (one) return { workflows: [one], isProperty: false };
  if (places.length === 0) throw notFound("Property");
  return { workflows: own, isProperty: true };
}

function isProperty(ctx: Context, id: string) {
  const { companyId, deletedAt } = properties;
  return and(
    inCompany(ctx, companyId),
    inProperties(ctx, properties.id),
    eq(properties.id, id),
    isNull(deletedAt),
  );
}

export async function getWorkflow(ctx: Context, id: string): Promise<WorkflowRow> {
  const rows = await ctx.db
    .select()
    .from(w)
    .where(and(visible(ctx), eq(w.id, id)));
  return only(rows, "Workflow");
}

export async function createWorkflow(ctx: Context, draft: WorkflowDraft): Promise<WorkflowRow> {
  const { property_id: propertyId } = draft;
  const [places, [kept]] = await ctx.db.batch([
    ctx.db.select({ companyId: properties.companyId }).from(properties).where(isProperty(ctx, propertyId)),
    ctx.db
      .select({ total: count() })
      .from(w)
      .where(and(visible(ctx), eq(w.propertyId, propertyId))),
  ]);
  const { companyId } = only(places, "Property");
  requireWritable(ctx, propertyId);
  if ((kept?.total ?? 0) >= mostWorkflows)
    throw new AppError("CONFLICT", `A property can have ${mostWorkflows} workflows`, {
      workflows: kept?.total,
    });
  const checked = {
    triggerStatus: draft.trigger_status,
    targetStatus: draft.target_status,
    actions: draft.actions,
  };
  await requireSound(ctx, { companyId, propertyId }, checked);
  const now = ctx.now();
  const row = {
    id: ctx.newId(),
    companyId,
    propertyId,
    name: draft.name ?? nameOf(checked),
    ...checked,
    conditions: draft.conditions,
    isActive: draft.is_active,
    createdAt: now,
    updatedAt: now,
  };
  const [rows] = await commit(ctx, [
    ctx.db.insert(w).values(row).returning(),
    audit(ctx, { ...auditOf(row), action: "create", after: draft }),
  ]);
  return only(rows as WorkflowRow[], "Workflow");
}

/** A run that has begun goes on as the workflow was when it began. */
export async function updateWorkflow(
  ctx: Context,
  id: string,
  draft: WorkflowChanges,
  seenVersion?: number,
): Promise<WorkflowRow> {
  const before = await getWorkflow(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  const changed = changes({
    name: draft.name,
    triggerStatus: draft.trigger_status,
    targetStatus: draft.target_status,
    conditions: draft.conditions,
    actions: draft.actions,
    isActive: draft.is_active,
  });
  const { triggerStatus, targetStatus, actions } = { ...before, ...changed };
  await requireSound(ctx, before, { triggerStatus, targetStatus, actions });
  const [rows] = await commitChange(ctx, [
    ctx.db
      .update(w)
      .set({ ...changed, version: before.version + 1, updatedAt: ctx.now() })
      .where(and(visible(ctx), eq(w.id, id), eq(w.version, before.version)))
      .returning(),
    audit(ctx, { ...auditOf(before), action: "update", before, after: draft }),
  ]);
  return only(rows as WorkflowRow[], "Workflow");
}

/** It begins no more; what it has begun goes on to its end. */
export async function archiveWorkflow(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await getWorkflow(ctx, id);
  requireWritable(ctx, before.propertyId);
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(w)
        .set({ deletedAt, isActive: false, updatedAt: deletedAt, version: before.version + 1 })
        .where(and(visible(ctx), eq(w.id, id))),
      audit(ctx, { ...auditOf(before), action: "archive", before }),
    ],
    [],
    () => notFound("Workflow"),
  );
  return { id, deletedAt };
}

/** Throws a field error for whatever would keep the workflow from doing what it says. */
async function requireSound(
  ctx: Context,
  { companyId, propertyId }: Pick<WorkflowRow, "companyId" | "propertyId">,
  workflow: Checked,
): Promise<void> {
  const [definitions, here] = await Promise.all([
    listLeadDefinitions(ctx, companyId),
    ctx.db
      .select({ id: propertyManagers.id })
      .from(propertyAssignments)
      .innerJoin(
        propertyManagers,
        and(
          eq(propertyManagers.companyId, propertyAssignments.companyId),
          eq(propertyManagers.id, propertyAssignments.managerId),
          isNull(propertyManagers.deletedAt),
        ),
      )
      .where(
        and(eq(propertyAssignments.companyId, companyId), eq(propertyAssignments.propertyId, propertyId)),
      ),
  ]);
  const problems = checkWorkflow(workflow, {
    definitions,
    managers: new Set(here.map(({ id }) => id)),
  });
  if (problems.length > 0) throw invalidFields(problems);
}

function nameOf({ triggerStatus, targetStatus }: Checked): string {
  const from = statusLabel(triggerStatus);
  return triggerStatus === targetStatus ? from : `${from} to ${statusLabel(targetStatus)}`;
}

function auditOf({ id, companyId }: Pick<WorkflowRow, "id" | "companyId">) {
  return { recordType: "status_workflow", recordId: id, companyId };
}
