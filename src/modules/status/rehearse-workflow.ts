import { and, asc, desc, eq, gte, inArray, lte, max, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { statusEntities, statusTransitions } from "../../db/schema/status.ts";
import { calendarIn, calendarQueries } from "./calendars-in-force.ts";
import { chooseWorkflow } from "./choose-workflow.ts";
import { unknownWorkflow, versionsOf } from "./find-workflows.ts";
import { carried } from "./machine-request.ts";
import { type Recorded, rehearse, type Rehearsed } from "./rehearse.ts";
import { definitionOf, refuseBad } from "./save-workflow.ts";
import { type EntityStatusRow, entityIdOf } from "./status-of.ts";
import { stepNamed, type WorkflowDefinition } from "./workflow-schema.ts";
import { builtInWorkflowWithId } from "./workflows/built-in.ts";
import type { Rehearsal } from "./workflows.schemas.ts";

const dayMs = 86_400_000;
const longestPeriodDays = 400;
const mostTransitions = 20_000;

export type RehearsalReport = {
  definition: WorkflowDefinition;
  period: { from: Date; to: Date };
  /** Entities that were looked at, and those of them that do not meet the conditions. */
  examined: number;
  notConcerned: number;
  replayed: number;
  truncated: boolean;
  told: (Rehearsed & { entityId: string | number })[];
};

type TransitionRow = typeof statusTransitions.$inferSelect;
type Lived = { entity: EntityStatusRow; transitions: TransitionRow[] };

const t = statusTransitions;

/**
 * Runs a changed definition over what has been recorded: what would have been late or refused. Reads projected
 * history only and changes nothing. Looks at the entities that moved last in the period, up to `max_entities`.
 */
export async function rehearseWorkflow(ctx: Context, id: string, asked: Rehearsal): Promise<RehearsalReport> {
  const known = (await versionsOf(ctx, id)).map((version) => version.definition);
  const base = known[0];
  if (!base) throw unknownWorkflow();
  const { steps, reopen_policy = base.reopen_policy, conditions = base.conditions } = asked;
  const draft = { ...base, steps, reopen_policy, conditions, workflow_name: base.name, is_default: false };
  const definition = definitionOf(draft, id, base.version + 1);
  refuseBad(definition);
  const period = periodOf(ctx, asked);
  const { lives, truncated } = await loadLives(ctx, definition, period, asked);
  const concerned = lives.filter(({ transitions }) => isConcerned(definition, transitions));
  const propertyIds = new Set(concerned.map(({ entity }) => entity.propertyId ?? ""));
  const [kept, places] = await ctx.db.batch(calendarQueries(ctx, ctx.companyId, [...propertyIds]));
  const told: RehearsalReport["told"] = [];
  for (const { entity, transitions } of concerned) {
    const calendar = await calendarIn({ kept, places }, entity.propertyId);
    const entityId = entityIdOf(entity);
    const recorded = {
      entityType: entity.entityType,
      entityId,
      transitions: transitions.map((row) => recordedOf(row, known)),
      isLate: entity.slaDeadline !== null && entity.slaDeadline <= period.to,
    };
    const span = { from: period.from.getTime(), to: period.to.getTime() };
    told.push({ entityId, ...rehearse(definition, recorded, calendar, span) });
  }
  return {
    definition,
    period,
    examined: lives.length,
    notConcerned: lives.length - concerned.length,
    replayed: concerned.reduce((sum, { transitions }) => sum + transitions.length, 0),
    truncated,
    told,
  };
}

function periodOf(ctx: Context, { from, to = ctx.now() }: Rehearsal): { from: Date; to: Date } {
  const start = from ?? new Date(to.getTime() - 90 * dayMs);
  if (start >= to) throw invalidFields([{ field: "from", message: "must be before to" }]);
  if (to.getTime() - start.getTime() > longestPeriodDays * dayMs)
    throw invalidFields([{ field: "from", message: `must be at most ${longestPeriodDays} days before to` }]);
  return { from: start, to };
}

/** The entities that moved last in the period, each with its whole life up to its end. */
async function loadLives(
  ctx: Context,
  { id, entity_type }: WorkflowDefinition,
  { from, to }: { from: Date; to: Date },
  { max_entities: most, among }: Rehearsal,
): Promise<{ lives: Lived[]; truncated: boolean }> {
  const ofType = and(eq(t.companyId, ctx.companyId), eq(t.entityType, entity_type));
  const found = await ctx.db
    .select({ entityId: t.entityId })
    .from(t)
    .where(
      and(ofType, gte(t.at, from), lte(t.at, to), among === "workflow" ? eq(t.workflowId, id) : undefined),
    )
    .groupBy(t.entityId)
    .orderBy(desc(max(t.at)), asc(t.entityId))
    .limit(most + 1);
  const ids = JSON.stringify(found.slice(0, most).map((row) => row.entityId));
  const chosen = sql`(select value from json_each(${ids}))`;
  const s = statusEntities;
  const [entities, transitions] = await ctx.db.batch([
    ctx.db
      .select()
      .from(s)
      .where(and(eq(s.companyId, ctx.companyId), eq(s.entityType, entity_type), inArray(s.entityId, chosen))),
    ctx.db
      .select()
      .from(t)
      .where(and(ofType, inArray(t.entityId, chosen), lte(t.at, to)))
      .orderBy(asc(t.entityId), asc(t.seq))
      .limit(mostTransitions + 1),
  ]);
  const byEntity = Map.groupBy(transitions, (row) => row.entityId);
  // A life that was cut off would be judged by its beginning.
  const cut = transitions.length > mostTransitions ? transitions.at(-1)?.entityId : undefined;
  const lives = entities
    .filter((entity) => entity.entityId !== cut)
    .flatMap((entity) => {
      const own = byEntity.get(entity.entityId);
      return own ? [{ entity, transitions: own }] : [];
    });
  return { lives, truncated: found.length > most || cut !== undefined };
}

/** Whether the entity would have begun in a workflow with these conditions. */
function isConcerned(definition: WorkflowDefinition, [first]: TransitionRow[]): boolean {
  const context = { property_id: first?.propertyId, ...first?.businessContext };
  return chooseWorkflow([definition], null, context) !== null;
}

function recordedOf(row: TransitionRow, known: WorkflowDefinition[]): Recorded {
  const lived = known.find(({ id, version }) => id === row.workflowId && version === row.workflowVersion);
  const definition = lived ?? builtInWorkflowWithId(row.workflowId);
  return {
    kind: row.kind,
    to: row.toStatus,
    at: row.at.getTime(),
    reason: row.reason,
    component: row.component,
    // A priority may have been given between two changes.
    businessContext: carried({ ...row.businessContext, ...(row.priority ? { priority: row.priority } : {}) }),
    isApproved: row.approvedBy !== null,
    endedLate: row.endedMet === false,
    given: (definition && stepNamed(definition, row.toStatus)?.required_fields) ?? [],
  };
}
