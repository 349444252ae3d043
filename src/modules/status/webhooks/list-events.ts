import { and, asc, desc, eq, gt } from "drizzle-orm";
import type { Context } from "../../../core/context.ts";
import { statusEntities, statusEvents } from "../../../db/schema/status.ts";
import { companyOf, requireSeen, unknownEntity } from "../reach.ts";
import type { EntityPath } from "../schemas.ts";
import type { EventQuery } from "./event-schemas.ts";

const e = statusEntities;
const v = statusEvents;

export type EventRow = typeof statusEvents.$inferSelect;
export type EntityEvents = {
  entityType: string;
  /** As it was first given: a number stays a number. */
  entityId: unknown;
  lastSequence: number;
  hasMore: boolean;
  events: EventRow[];
};

/**
 * What a receiver that has seen an entity's events up to some number has missed, in order and without gaps, from the
 * history itself: it does not matter whether anything was ever sent, or has been kept. Throws ENTITY_NOT_FOUND.
 */
export async function listEvents(
  ctx: Context,
  { entity_type: entityType, entity_id: entityId }: EntityPath,
  { after_sequence, limit }: EventQuery,
): Promise<EntityEvents> {
  const companyId = companyOf(ctx);
  const isTold = and(eq(v.companyId, companyId), eq(v.entityType, entityType), eq(v.entityId, entityId));
  const [[entity], [last], rows] = await ctx.db.batch([
    ctx.db
      .select({ propertyId: e.propertyId })
      .from(e)
      .where(and(eq(e.companyId, companyId), eq(e.entityType, entityType), eq(e.entityId, entityId))),
    ctx.db.select().from(v).where(isTold).orderBy(desc(v.sequence)).limit(1),
    ctx.db
      .select()
      .from(v)
      .where(and(isTold, gt(v.sequence, after_sequence)))
      .orderBy(asc(v.sequence))
      .limit(limit + 1),
  ]);
  // What has no status yet may have told of the approval that its first one waits for.
  const home = entity ?? last;
  if (!home) throw unknownEntity();
  requireSeen(ctx, home.propertyId);
  return {
    entityType,
    entityId: last?.data["entity_id"] ?? entityId,
    lastSequence: last?.sequence ?? 0,
    hasMore: rows.length > limit,
    events: rows.slice(0, limit),
  };
}
