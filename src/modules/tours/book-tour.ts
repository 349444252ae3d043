import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { only, requireWritable } from "../../core/scope.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { tours } from "../../db/schema/tours.ts";
import type { Granted } from "../../durable/tour-book/book.ts";
import { tourBook } from "../../durable/stubs.ts";
import { holderOf } from "./hold-slot.ts";
import { openSlotAt } from "./open-slots.ts";
import type { TourRow } from "./present.ts";
import { settleTourNow } from "./settle-tour.ts";
import { forgetTakenTimes } from "./taken-times.ts";
import { openDiary, type OpenDiary } from "./tour-diary.ts";
import { idWhileLeased, isRefusedByGuard, isTakenId } from "./tour-guards.ts";
import { tourNews } from "./tour-news.ts";
import { partyOf, type Party } from "./tour-party.ts";
import { isLiveStatus } from "./tour-places.ts";
import type { TourType } from "./tour-rules.ts";
import { tourUnavailable } from "./tour-unavailable.ts";

const minuteMs = 60_000;

export type Booking = {
  propertyId: string;
  startsAt: Date;
  tourType: TourType;
  source: TourRow["source"];
  prospect: { name: string; email?: string | null | undefined; phone?: string | null | undefined };
  conversationId?: string | null | undefined;
  leadId?: string | null | undefined;
  userId?: string | null | undefined;
  /** Only with this manager. */
  managerId?: string | undefined;
  /** The hold under which the time was kept. */
  holdId?: string | null | undefined;
  unitInterest?: string | null | undefined;
  unitPreferences?: string[] | null | undefined;
  specialRequests?: string | null | undefined;
  staffNotes?: string | null | undefined;
};

/**
 * Books a tour. The time is claimed in the property's book, then the tour and all that must follow are one write.
 * Booked again for the same conversation and time it is the same tour. Throws `TOUR_UNAVAILABLE` with alternatives.
 */
export async function bookTour(ctx: Context, booking: Booking): Promise<TourRow> {
  const { propertyId, tourType, managerId } = booking;
  requireWritable(ctx, propertyId);
  const open = await openDiary(ctx, { propertyId, tourType, managerId });
  const party = await partyOf(ctx, booking);
  const booked = party.before.find((tour) => isLiveStatus(tour.status) && tour.tourType === tourType);
  if (booked) return booked;

  const tourId = await tourIdFor(ctx, party, booking);
  const tour = await claimAndWrite(ctx, { tourId, booking, open, party });
  await tourBook(ctx.env, ctx.companyId, propertyId)
    .confirmClaim(tourId, tour.startsAt.getTime())
    .catch((error: unknown) => ctx.log.error("claim left for the book to settle", error, { tourId }));
  await forgetTakenTimes(ctx, propertyId);
  await settleTourNow(ctx, tourId);
  return tour;
}

type Plan = { tourId: string; booking: Booking; open: OpenDiary; party: Party };

/** A commit that comes too late for its claim is undone as a whole; then the claim is asked for once more. */
async function claimAndWrite(ctx: Context, plan: Plan): Promise<TourRow> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const granted = await claimPlace(ctx, plan);
    try {
      return await writeTour(ctx, plan, granted);
    } catch (error) {
      if (isTakenId(error)) return findTour(ctx, plan.tourId);
      if (!isRefusedByGuard(error)) throw error;
    }
  }
  throw new AppError("CONFLICT", "The tour could not be written in time; try again");
}

async function claimPlace(ctx: Context, { tourId, booking, open, party }: Plan): Promise<Granted> {
  const { diary, rules } = open;
  const startMs = booking.startsAt.getTime();
  const slot = openSlotAt(diary, startMs);
  if (!slot) throw await tourUnavailable(ctx, open, startMs);
  const { beforeMs, afterMs, capacity, needsManager: staffed } = rules;
  const answer = await tourBook(ctx.env, ctx.companyId, booking.propertyId).claim(
    {
      claimId: tourId,
      slot: { startMs, endMs: slot.endMs, beforeMs, afterMs, capacity, staffed },
      guideIds: slot.guideIds,
      holdId: booking.holdId ?? null,
      holder: holderOf(ctx, party.userId),
    },
    diary.nowMs,
  );
  if (answer.outcome === "claimed") return answer;
  await forgetTakenTimes(ctx, booking.propertyId);
  throw await tourUnavailable(ctx, open, startMs);
}

async function writeTour(ctx: Context, plan: Plan, { managerId, leaseUntilMs }: Granted): Promise<TourRow> {
  const { open, party } = plan;
  const tour = tourOf(ctx, plan, managerId);
  const news = tourNews(ctx, "booked", tour, open);
  const { conversation, newLead } = party;
  const [[written]] = await commit(
    ctx,
    [
      ctx.db
        .insert(tours)
        .values({ ...tour, id: idWhileLeased(tour.id, leaseUntilMs) })
        .returning(),
      audit(ctx, { action: "book", recordType: "tour", recordId: tour.id, after: tour }),
      ...(newLead ? [ctx.db.insert(leads).values(newLead)] : []),
      ...(conversation ? [tourOnConversation(ctx, tour)] : []),
      ...news.mails,
    ],
    [...party.work, ...news.work],
  );
  return written ?? tour;
}

function tourOf(ctx: Context, { tourId, booking, open, party }: Plan, managerId: string | null): TourRow {
  const { rules } = open;
  const { prospect } = booking;
  const now = ctx.now();
  return {
    id: tourId,
    companyId: ctx.companyId,
    propertyId: booking.propertyId,
    conversationId: booking.conversationId ?? null,
    leadId: party.leadId,
    userId: party.userId,
    propertyManagerId: managerId,
    prospectName: prospect.name,
    prospectEmail: prospect.email ?? null,
    prospectPhone: prospect.phone ?? null,
    unitInterest: booking.unitInterest ?? null,
    unitPreferences: booking.unitPreferences ?? null,
    specialRequests: booking.specialRequests ?? null,
    startsAt: booking.startsAt,
    durationMinutes: rules.durationMs / minuteMs,
    bufferBeforeMinutes: rules.beforeMs / minuteMs,
    bufferAfterMinutes: rules.afterMs / minuteMs,
    staffed: rules.needsManager,
    tourType: booking.tourType,
    status: "scheduled",
    source: booking.source,
    outcome: null,
    staffNotes: booking.staffNotes ?? null,
    cancelReason: null,
    resmanEventId: null,
    resmanPushedVersion: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}

function tourOnConversation(ctx: Context, { conversationId, tourType, startsAt }: TourRow) {
  return ctx.db
    .update(conversations)
    .set({ isBookTour: true, tourType, tourDatetime: startsAt, updatedAt: ctx.now() })
    .where(and(eq(conversations.companyId, ctx.companyId), eq(conversations.id, conversationId ?? "")));
}

/** One conversation and time is one id, however often it is tried; a cancelled tour leaves its id behind. */
async function tourIdFor(
  ctx: Context,
  { conversation, before }: Party,
  { startsAt }: Booking,
): Promise<string> {
  if (!conversation) return ctx.newId();
  const name = `${conversation.id} ${startsAt.getTime()} ${before.length}`;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(name));
  return uuidv7({ msecs: conversation.startTime.getTime(), random: new Uint8Array(digest).subarray(0, 16) });
}

async function findTour(ctx: Context, tourId: string): Promise<TourRow> {
  const rows = await ctx.db
    .select()
    .from(tours)
    .where(and(eq(tours.companyId, ctx.companyId), eq(tours.id, tourId), isNull(tours.deletedAt)));
  return only(rows, "Tour");
}
