import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { only, requireWritable, staleVersion } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { tours } from "../../db/schema/tours.ts";
import type { Granted, MoveAnswer } from "../../durable/tour-book/book.ts";
import { tourBook } from "../../durable/stubs.ts";
import { holderOf } from "./hold-slot.ts";
import { openSlotAt } from "./open-slots.ts";
import type { TourRow } from "./present.ts";
import { getTour } from "./queries.ts";
import { settleTourNow } from "./settle-tour.ts";
import { forgetTakenTimes } from "./taken-times.ts";
import { openDiary, type OpenDiary } from "./tour-diary.ts";
import { idAtVersion, isRefusedByGuard } from "./tour-guards.ts";
import { tourNews } from "./tour-news.ts";
import { requireAhead, requireMove } from "./tour-state.ts";
import { tourUnavailable } from "./tour-unavailable.ts";

const minuteMs = 60_000;

export type Rescheduling = {
  tourId: string;
  startsAt: Date;
  managerId?: string | undefined;
  seenVersion?: number | undefined;
};

/**
 * Moves a tour to another time, or changes nothing: the new time is claimed first, the old one is freed when the
 * row says so. Throws `TOUR_UNAVAILABLE` with alternatives.
 */
export async function rescheduleTour(ctx: Context, move: Rescheduling): Promise<TourRow> {
  const before = await getTour(ctx, move.tourId);
  const { propertyId, tourType } = before;
  requireWritable(ctx, propertyId);
  if (move.seenVersion !== undefined && move.seenVersion !== before.version) throw staleVersion();
  requireMove(before, "scheduled");
  requireAhead(ctx, before);
  if (before.startsAt.getTime() === move.startsAt.getTime() && move.managerId === undefined) return before;

  const open = await openDiary(ctx, { propertyId, tourType, managerId: move.managerId });
  const granted = await claimNewPlace(ctx, move, open, before.userId);
  const after = await writeMove(ctx, before, move, open, granted);
  await tourBook(ctx.env, ctx.companyId, propertyId)
    .confirmClaim(move.tourId, move.startsAt.getTime())
    .catch((error: unknown) =>
      ctx.log.error("move left for the book to settle", error, { tourId: move.tourId }),
    );
  await forgetTakenTimes(ctx, propertyId);
  await settleTourNow(ctx, move.tourId);
  return after;
}

async function claimNewPlace(
  ctx: Context,
  { tourId, startsAt }: Rescheduling,
  open: OpenDiary,
  userId: string | null,
): Promise<Granted> {
  const { diary, rules, property } = open;
  const startMs = startsAt.getTime();
  const slot = openSlotAt(diary, startMs);
  if (!slot) throw await tourUnavailable(ctx, open, startMs);
  const { beforeMs, afterMs, capacity, needsManager: staffed } = rules;
  const request = {
    claimId: tourId,
    slot: { startMs, endMs: slot.endMs, beforeMs, afterMs, capacity, staffed },
    guideIds: slot.guideIds,
    holder: holderOf(ctx, userId),
  };
  const book = tourBook(ctx.env, ctx.companyId, property.id);
  let answer: MoveAnswer = await book.move(request, diary.nowMs);
  if (answer.outcome === "moving_elsewhere") {
    // A move that was committed but never confirmed is settled by a look at the row.
    await book.settle(tourId);
    answer = await book.move(request, diary.nowMs);
  }
  if (answer.outcome === "moved") return answer;
  await forgetTakenTimes(ctx, property.id);
  if (answer.outcome === "taken") throw await tourUnavailable(ctx, open, startMs);
  throw new AppError("CONFLICT", "The tour is being moved already; try again in a moment");
}

async function writeMove(
  ctx: Context,
  before: TourRow,
  { startsAt, seenVersion }: Rescheduling,
  open: OpenDiary,
  { managerId, leaseUntilMs }: Granted,
): Promise<TourRow> {
  const { rules } = open;
  const change = {
    startsAt,
    durationMinutes: rules.durationMs / minuteMs,
    bufferBeforeMinutes: rules.beforeMs / minuteMs,
    bufferAfterMinutes: rules.afterMs / minuteMs,
    staffed: rules.needsManager,
    propertyManagerId: managerId,
    status: "scheduled" as const,
    version: before.version + 1,
    updatedAt: ctx.now(),
  };
  const news = tourNews(ctx, "rescheduled", { ...before, ...change }, open, before.startsAt);
  try {
    const [rows] = await commit(
      ctx,
      [
        ctx.db
          .update(tours)
          .set({ ...change, id: idAtVersion(before.version, leaseUntilMs) })
          .where(and(eq(tours.companyId, before.companyId), eq(tours.id, before.id)))
          .returning(),
        audit(ctx, { action: "reschedule", recordType: "tour", recordId: before.id, before, after: change }),
        tourOnConversation(ctx, before, startsAt),
        ...news.mails,
      ],
      news.work,
    );
    return only(rows, "Tour");
  } catch (error) {
    if (!isRefusedByGuard(error)) throw error;
    // Whoever changed the tour may have moved it to this very time: the book asks the row.
    await tourBook(ctx.env, ctx.companyId, before.propertyId).settle(before.id);
    throw seenVersion === undefined
      ? new AppError("CONFLICT", "The tour has just been changed by somebody else")
      : staleVersion();
  }
}

function tourOnConversation(ctx: Context, { companyId, conversationId, startsAt }: TourRow, to: Date) {
  return ctx.db
    .update(conversations)
    .set({ tourDatetime: to })
    .where(
      and(
        eq(conversations.companyId, companyId),
        eq(conversations.id, conversationId ?? ""),
        eq(conversations.tourDatetime, startsAt),
      ),
    );
}
