import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { tours } from "../../db/schema/tours.ts";
import { tourBook } from "../../durable/stubs.ts";
import { leadFacts } from "../leads/lead-facts.ts";
import { changeStatus, type StatusChangeInput } from "../status/change-status.ts";
import type { TourRow } from "./present.ts";
import { isLiveStatus } from "./tour-places.ts";

/**
 * Brings everything that hangs on a tour in line with its row: the claim in the tour book, the tour's status and
 * the lead's. May run at any time and any number of times.
 */
export async function settleTour(ctx: Context, tourId: string): Promise<void> {
  const [tour] = await ctx.db
    .select()
    .from(tours)
    .where(and(eq(tours.companyId, ctx.companyId), eq(tours.id, tourId)));
  if (!tour) return;
  await Promise.all([
    tourBook(ctx.env, tour.companyId, tour.propertyId).settle(tour.id),
    settleStatus(ctx, tour),
    settleLead(ctx, tour),
  ]);
}

/** The same right after a commit, where the outbox row will do it again if this fails. */
export async function settleTourNow(ctx: Context, tourId: string): Promise<void> {
  try {
    await settleTour(ctx, tourId);
  } catch (error) {
    ctx.log.error("tour left for its queue to settle", error, { tourId });
  }
}

async function settleStatus(ctx: Context, tour: TourRow): Promise<void> {
  const change = {
    entityType: "tour",
    entityId: tour.id,
    companyId: tour.companyId,
    toStatus: tour.status,
    reason: tour.cancelReason,
    changeId: `tour:${tour.id}:${tour.version}`,
    keepIfThere: true,
    propertyId: tour.propertyId,
    ownerId: tour.propertyManagerId,
    entityDetails: {
      prospect_name: tour.prospectName,
      tour_datetime: tour.startsAt.toISOString(),
      lead_id: tour.leadId,
    },
  };
  await bringTo(ctx, change, (from) => (from === null ? "scheduled" : null));
}

/** A live tour makes its lead `tour_scheduled`; the last one called off brings it back to `qualified`. */
async function settleLead(ctx: Context, tour: TourRow): Promise<void> {
  const facts = tour.leadId === null ? null : await leadFacts(ctx, tour.leadId);
  if (tour.leadId === null || facts === null) return;
  const change = {
    entityType: "lead",
    entityId: tour.leadId,
    companyId: tour.companyId,
    changeId: `tour:${tour.id}:${tour.version}`,
    propertyId: tour.propertyId,
    facts: { ...facts },
  };
  if (isLiveStatus(tour.status)) {
    await bringTo(ctx, { ...change, toStatus: "tour_scheduled", keepIfThere: true }, beforeTour);
  } else if (tour.status === "cancelled" && !facts.has_live_tour) {
    await bringTo(
      ctx,
      { ...change, toStatus: "qualified", expectedFromStatus: "tour_scheduled", reason: "Tour cancelled" },
      () => null,
    );
  }
}

/** Where a lead must pass on its way to a tour: an unknown one begins, a lost one comes back. */
function beforeTour(from: string | null): string | null {
  if (from === null) return "new";
  return from === "lost" ? "contacted" : null;
}

/**
 * Moves an entity to a status, by a step between where `via` names one. What the machine refuses stays as it is:
 * the entity is further along, or its workflow has other rules.
 */
async function bringTo(
  ctx: Context,
  change: StatusChangeInput,
  via: (from: string | null) => string | null,
): Promise<void> {
  try {
    const between = await refusedFrom(ctx, change, via);
    if (between === null) return;
    await changeStatus(ctx, { ...change, toStatus: between, changeId: `${change.changeId}:${between}` });
    await changeStatus(ctx, change);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn("status left as it is", {
      entity: `${change.entityType}:${change.entityId}`,
      why: error.message,
    });
  }
}

/** Tries the move; the step to take first when it was refused for want of it. */
async function refusedFrom(
  ctx: Context,
  change: StatusChangeInput,
  via: (from: string | null) => string | null,
): Promise<string | null> {
  try {
    await changeStatus(ctx, change);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "INVALID_STATUS_TRANSITION") throw error;
    const { current_status: from } = error.details as { current_status: string | null };
    const between = via(from);
    if (between === null) throw error;
    return between;
  }
}
