import { and, asc, count, eq, gt, isNull, ne, or } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { statusEntities } from "../../db/schema/status.ts";
import type { MigrateRequest } from "../../durable/status-machine/migrate.ts";
import type { MigrationOutcome } from "../../durable/status-machine/operations.ts";
import { machineOf } from "./adjust-status.ts";
import { calendarIn, calendarQueries } from "./calendars-in-force.ts";
import { unknownWorkflow, versionsOf } from "./find-workflows.ts";
import { momentOf } from "./machine-request.ts";
import type { EntityStatusRow } from "./status-of.ts";
import { stepNamed, type WorkflowDefinition } from "./workflow-schema.ts";
import type { Migration } from "./workflows.schemas.ts";

export type StatusStep = { from: string; to: string | null; entities: number };
export type EntityPlan = { entity: EntityStatusRow; outcome: MigrationOutcome };

export type MigrationPlan = {
  migrationId: string | null;
  workflowId: string;
  target: WorkflowDefinition;
  byStatus: StatusStep[];
  total: number;
  entities: EntityPlan[];
};

const s = statusEntities;
const callsAtOnce = 6;

/** The version that entities are to go to. Throws WORKFLOW_NOT_FOUND, and VALIDATION_ERROR for another type's. */
export async function targetOf(ctx: Context, id: string, asked: Migration): Promise<WorkflowDefinition> {
  const toId = asked.to_workflow_id ?? id;
  const [from, to] = await Promise.all([versionsOf(ctx, id), versionsOf(ctx, toId)]);
  const target = to.find(({ definition }) => definition.version === asked.to_version)?.definition;
  if (!target) throw unknownWorkflow();
  if (target.entity_type !== from[0]?.definition.entity_type)
    throw new AppError("VALIDATION_ERROR", `${target.name} is for ${target.entity_type}`);
  return target;
}

/** What a migration would do: all statuses with their numbers, and a page of entities asked one by one. */
export async function planMigration(ctx: Context, id: string, asked: Migration): Promise<MigrationPlan> {
  const target = await targetOf(ctx, id, asked);
  const byStatus = await countByStatus(ctx, id, target, asked.status_mapping);
  const page = await ctx.db
    .select()
    .from(s)
    .where(toMove(ctx, id, target))
    .orderBy(asc(s.entityId))
    .limit(asked.limit)
    .offset(asked.offset);
  const request = {
    ...momentOf(ctx),
    definition: target,
    mapping: asked.status_mapping,
    changeId: "rehearsal",
  };
  const entities = await migrateSome(ctx, page, request, true);
  const total = byStatus.reduce((sum, step) => sum + step.entities, 0);
  return { migrationId: null, workflowId: id, target, byStatus, total, entities };
}

export async function countByStatus(
  ctx: Context,
  id: string,
  target: WorkflowDefinition,
  mapping: Record<string, string>,
): Promise<StatusStep[]> {
  const rows = await ctx.db
    .select({ from: s.currentStatus, entities: count() })
    .from(s)
    .where(toMove(ctx, id, target))
    .groupBy(s.currentStatus)
    .orderBy(asc(s.currentStatus));
  return rows.map(({ from, entities }) => {
    const to = mapping[from] ?? from;
    return { from, to: stepNamed(target, to) ? to : null, entities };
  });
}

/** Live entities of a workflow that are not where they are to go; `after` goes on behind an entity. */
export function toMove(
  ctx: Context,
  id: string,
  target: Pick<WorkflowDefinition, "id" | "version">,
  after?: string,
) {
  const there = or(ne(s.workflowId, target.id), ne(s.workflowVersion, target.version));
  return and(
    eq(s.companyId, ctx.companyId),
    eq(s.workflowId, id),
    isNull(s.archivedAt),
    there,
    after === undefined ? undefined : gt(s.entityId, after),
  );
}

/** Has the machines make the move, or tell what it would do, a few at once. */
export async function migrateSome(
  ctx: Context,
  rows: EntityStatusRow[],
  request: MigrateRequest,
  dryRun: boolean,
): Promise<EntityPlan[]> {
  const plans: EntityPlan[] = [];
  const propertyIds = [...new Set(rows.map((row) => row.propertyId ?? ""))];
  const [kept, places] = await ctx.db.batch(calendarQueries(ctx, ctx.companyId, propertyIds));
  for (let start = 0; start < rows.length; start += callsAtOnce) {
    const some = rows.slice(start, start + callsAtOnce).map(async (entity) => ({
      entity,
      outcome: await machineOf(ctx, entity).migrate(
        { ...request, calendar: await calendarIn({ kept, places }, entity.propertyId) },
        dryRun,
      ),
    }));
    plans.push(...(await Promise.all(some)));
  }
  return plans;
}
