import { and, asc, eq, gt } from "drizzle-orm";
import type { Context } from "../../../core/context.ts";
import { only } from "../../../core/scope.ts";
import { statusEntities, statusTransitions } from "../../../db/schema/status.ts";
import { companyOf, withinReach } from "../reach.ts";
import type { EntityPath } from "../schemas.ts";
import { entityIdOf } from "../status-of.ts";
import type { PastTransition } from "./message.ts";
import type { EventQuery } from "./schemas.ts";

const e = statusEntities;
const t = statusTransitions;

export type EntityEvents = {
  entityType: string;
  entityId: string | number;
  lastSequence: number;
  hasMore: boolean;
  transitions: PastTransition[];
};

/**
 * What a receiver that has seen an entity up to some transition has missed, in order and without gaps, from the history
 * itself: it does not matter whether anything was ever sent, or has been kept. Throws ENTITY_NOT_FOUND.
 */
export async function listEvents(
  ctx: Context,
  { entity_type: entityType, entity_id: entityId }: EntityPath,
  { after_sequence, limit }: EventQuery,
): Promise<EntityEvents> {
  const companyId = companyOf(ctx);
  const [found, rows] = await ctx.db.batch([
    ctx.db
      .select()
      .from(e)
      .where(
        and(
          eq(e.companyId, companyId),
          eq(e.entityType, entityType),
          eq(e.entityId, entityId),
          withinReach(ctx, e.propertyId),
        ),
      ),
    ctx.db
      .select()
      .from(t)
      .where(
        and(
          eq(t.companyId, companyId),
          eq(t.entityType, entityType),
          eq(t.entityId, entityId),
          gt(t.seq, after_sequence),
        ),
      )
      .orderBy(asc(t.seq))
      .limit(limit + 1),
  ]);
  const entity = only(found, "Entity");
  const asGiven = entityIdOf(entity);
  return {
    entityType,
    entityId: asGiven,
    lastSequence: entity.seq,
    hasMore: rows.length > limit,
    transitions: rows.slice(0, limit).map((row) => ({ ...row, entityId: asGiven })),
  };
}
