import { and, count, eq, gte, isNull, lt } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { tours } from "../../db/schema/tours.ts";
import type { TourRow } from "./present.ts";
import type { TourQuery } from "./schemas.ts";

/** Tours the caller may see: a visitor's own, or those of staff's properties. */
function visible(ctx: Context) {
  return and(
    inCompany(ctx, tours.companyId),
    inProperties(ctx, tours.propertyId),
    isNull(tours.deletedAt),
    ctx.actor.kind === "visitor" ? eq(tours.userId, ctx.actor.id) : undefined,
  );
}

export async function getTour(ctx: Context, id: string): Promise<TourRow> {
  const rows = await ctx.db
    .select()
    .from(tours)
    .where(and(visible(ctx), eq(tours.id, id)));
  return only(rows, "Tour");
}

export async function listTours(ctx: Context, query: TourQuery): Promise<Paged<TourRow>> {
  const where = and(
    visible(ctx),
    query.property_id ? eq(tours.propertyId, query.property_id) : undefined,
    query.conversation_id ? eq(tours.conversationId, query.conversation_id) : undefined,
    query.lead_id ? eq(tours.leadId, query.lead_id) : undefined,
    query.assigned_to ? eq(tours.propertyManagerId, query.assigned_to) : undefined,
    query.status ? eq(tours.status, query.status) : undefined,
    query.tour_type ? eq(tours.tourType, query.tour_type) : undefined,
    query.from ? gte(tours.startsAt, query.from) : undefined,
    query.to ? lt(tours.startsAt, query.to) : undefined,
    query.q ? contains(query.q, tours.prospectName) : undefined,
  );
  const sorts = { tour_datetime: tours.startsAt, created_at: tours.createdAt };
  const found = await ctx.db.batch([
    ctx.db
      .select()
      .from(tours)
      .where(where)
      .orderBy(...orderBy(query.sort, "tour_datetime", sorts, tours.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(tours).where(where),
  ]);
  return pageOf(query, found);
}
