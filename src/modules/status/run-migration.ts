import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { commit, type Work } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { statusEntities, statusMigrations } from "../../db/schema/status.ts";
import type { MigrateRequest } from "../../durable/status-machine/migrate.ts";
import { versionsOf } from "./find-workflows.ts";
import {
  countByStatus,
  type EntityPlan,
  migrateSome,
  type MigrationPlan,
  targetOf,
  toMove,
} from "./plan-migration.ts";
import { momentOf } from "./machine-request.ts";
import { companyOf } from "./reach.ts";
import { entityIdOf } from "./status-of.ts";
import type { WorkflowDefinition } from "./workflow-schema.ts";
import type { Migration } from "./workflows.schemas.ts";

export type MigrationRow = typeof statusMigrations.$inferSelect;

const m = statusMigrations;
const pageSize = 100;
const mostFailures = 100;

/**
 * Begins to move a workflow's entities to another version; the queue moves them one by one. Refused before
 * anything moves when a status of theirs has no place in the target.
 */
export async function startMigration(ctx: Context, id: string, asked: Migration): Promise<MigrationPlan> {
  const target = await targetOf(ctx, id, asked);
  const byStatus = await countByStatus(ctx, id, target, asked.status_mapping);
  const lost = byStatus.filter(({ to }) => to === null);
  if (lost.length > 0)
    throw invalidFields(
      lost.map(({ from }) => ({
        field: `status_mapping.${from}`,
        message: `${target.name}, version ${target.version}, has no such status; map ${from} to one of its own`,
      })),
    );
  const total = byStatus.reduce((sum, step) => sum + step.entities, 0);
  const row: MigrationRow = {
    id: ctx.newId(),
    companyId: ctx.companyId,
    workflowId: id,
    toWorkflowId: target.id,
    toVersion: target.version,
    mapping: asked.status_mapping,
    total,
    migrated: 0,
    failed: 0,
    failures: [],
    after: "",
    createdBy: ctx.actor.id,
    createdByName: ctx.actor.name,
    createdAt: ctx.now(),
    finishedAt: null,
  };
  await commit(
    ctx,
    [
      ctx.db.insert(m).values(row),
      audit(ctx, { action: "migrate", recordType: "status_workflow", recordId: id, after: row }),
    ],
    [migrationWork(row.id)],
  );
  return { migrationId: row.id, workflowId: id, target, byStatus, total, entities: [] };
}

function migrationWork(id: string): Work {
  return {
    topic: "projections",
    key: `migration:${id}`,
    payload: { kind: "status_migration", migration_id: id },
    dedupeKey: `migration:${id}`,
  };
}

export async function findMigration(ctx: Context, workflowId: string, id: string): Promise<MigrationRow> {
  const rows = await ctx.db
    .select()
    .from(m)
    .where(and(eq(m.companyId, companyOf(ctx)), eq(m.workflowId, workflowId), eq(m.id, id)));
  return only(rows, "Migration");
}

/** Moves the next page of entities; true when none is left. Run again it goes on where it stopped. */
export async function runMigration(ctx: Context, migrationId: string): Promise<boolean> {
  const [row] = await ctx.db
    .select()
    .from(m)
    .where(and(eq(m.companyId, ctx.companyId), eq(m.id, migrationId), isNull(m.finishedAt)));
  if (!row) return true;
  const versions = await versionsOf(ctx, row.toWorkflowId);
  const target = versions.find(({ definition }) => definition.version === row.toVersion)?.definition;
  if (!target) return true;
  const page = await ctx.db
    .select()
    .from(statusEntities)
    .where(toMove(ctx, row.workflowId, target, row.after))
    .orderBy(asc(statusEntities.entityId))
    .limit(pageSize);
  const isLast = page.length < pageSize;
  const done = await migrateSome(ctx, page, requestOf(ctx, row, target), false);
  const failures = done.flatMap(failureOf);
  await ctx.db
    .update(m)
    .set({
      migrated: sql`${m.migrated} + ${done.length - failures.length}`,
      failed: sql`${m.failed} + ${failures.length}`,
      failures: [...row.failures, ...failures].slice(0, mostFailures),
      after: page.at(-1)?.entityId ?? row.after,
      ...(isLast ? { finishedAt: ctx.now() } : {}),
    })
    .where(and(eq(m.id, row.id), eq(m.after, row.after)));
  return isLast;
}

/** The history names who began the migration, not the queue. */
function requestOf(ctx: Context, row: MigrationRow, definition: WorkflowDefinition): MigrateRequest {
  const { id, createdBy, createdByName: name, mapping } = row;
  const actor = { id: createdBy, name, role: "staff", permissions: ["*"], component: null };
  return { ...momentOf(ctx), actor, definition, mapping, changeId: `migration:${id}` };
}

function failureOf({ entity, outcome }: EntityPlan): MigrationRow["failures"] {
  if (outcome.outcome !== "refused") return [];
  return [{ entity_id: entityIdOf(entity), code: outcome.code, message: outcome.message }];
}
