import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { only, requireWritable, staleVersion } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { tours } from "../../db/schema/tours.ts";
import type { TourRow } from "./present.ts";
import { getTour } from "./queries.ts";
import { settleTourNow } from "./settle-tour.ts";
import { forgetTakenTimes } from "./taken-times.ts";
import { openDiary } from "./tour-diary.ts";
import { idAtVersion, isRefusedByGuard } from "./tour-guards.ts";
import { tourNews } from "./tour-news.ts";
import { requireAhead, requireMove } from "./tour-state.ts";

export type Cancellation = {
  tourId: string;
  reason?: string | null | undefined;
  seenVersion?: number | undefined;
};

/** Calls a tour off and frees its time; the prospect, the staff and ResMan are told. Twice is once. */
export async function cancelTour(
  ctx: Context,
  { tourId, reason, seenVersion }: Cancellation,
): Promise<TourRow> {
  const before = await getTour(ctx, tourId);
  requireWritable(ctx, before.propertyId);
  if (before.status === "cancelled") return before;
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  requireMove(before, "cancelled");
  requireAhead(ctx, before);

  const open = await openDiary(ctx, { propertyId: before.propertyId, tourType: before.tourType });
  const change = {
    status: "cancelled" as const,
    cancelReason: reason ?? null,
    version: before.version + 1,
    updatedAt: ctx.now(),
  };
  const news = tourNews(ctx, "cancelled", { ...before, ...change }, open);
  try {
    const [rows] = await commit(
      ctx,
      [
        ctx.db
          .update(tours)
          .set({ ...change, id: idAtVersion(before.version) })
          .where(and(eq(tours.companyId, before.companyId), eq(tours.id, tourId)))
          .returning(),
        audit(ctx, { action: "cancel", recordType: "tour", recordId: tourId, before, after: change }),
        noTourOnConversation(ctx, before),
        ...news.mails,
      ],
      news.work,
    );
    await forgetTakenTimes(ctx, before.propertyId);
    await settleTourNow(ctx, tourId);
    return only(rows, "Tour");
  } catch (error) {
    if (!isRefusedByGuard(error)) throw error;
    // Somebody changed the tour meanwhile: look again, unless the caller insists on what was seen.
    if (seenVersion !== undefined) throw staleVersion();
    return cancelTour(ctx, { tourId, reason });
  }
}

function noTourOnConversation(ctx: Context, { companyId, conversationId, startsAt }: TourRow) {
  return ctx.db
    .update(conversations)
    .set({ isBookTour: false, tourType: null, tourDatetime: null })
    .where(
      and(
        eq(conversations.companyId, companyId),
        eq(conversations.id, conversationId ?? ""),
        eq(conversations.tourDatetime, startsAt),
      ),
    );
}
