import { and, eq, gt, inArray, isNull, ne } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { propertyAssignments } from "../../db/schema/properties.ts";
import { tours } from "../../db/schema/tours.ts";
import type { Interval } from "../properties/local-day.ts";
import type { Taken } from "./slot-room.ts";

const minuteMs = 60_000;
/** Longest tour the rules allow. */
const longestMs = 480 * minuteMs;

export const liveStatuses = ["scheduled", "confirmed"] as const;

export function isLiveStatus(status: string): boolean {
  return liveStatuses.some((live) => live === status);
}

type TourPlace = Pick<
  typeof tours.$inferSelect,
  | "propertyManagerId"
  | "staffed"
  | "startsAt"
  | "durationMinutes"
  | "bufferBeforeMinutes"
  | "bufferAfterMinutes"
>;

const placeColumns = {
  id: tours.id,
  propertyManagerId: tours.propertyManagerId,
  staffed: tours.staffed,
  startsAt: tours.startsAt,
  durationMinutes: tours.durationMinutes,
  bufferBeforeMinutes: tours.bufferBeforeMinutes,
  bufferAfterMinutes: tours.bufferAfterMinutes,
};

/** The place a tour takes in its property's book. */
function placeOf(tour: TourPlace): Taken {
  const startMs = tour.startsAt.getTime();
  return {
    managerId: tour.propertyManagerId,
    staffed: tour.staffed,
    startMs,
    endMs: startMs + tour.durationMinutes * minuteMs,
    beforeMs: tour.bufferBeforeMinutes * minuteMs,
    afterMs: tour.bufferAfterMinutes * minuteMs,
  };
}

/** Where a tour is if it is live, else null. */
export async function findLivePlace(db: Db, companyId: string, tourId: string): Promise<Taken | null> {
  const [tour] = await db
    .select(placeColumns)
    .from(tours)
    .where(and(eq(tours.companyId, companyId), eq(tours.id, tourId), isLive()));
  return tour ? placeOf(tour) : null;
}

/** Places of a property's live tours that end after a moment, by tour id. */
export async function listLivePlaces(
  db: Db,
  companyId: string,
  propertyId: string,
  afterMs: number,
): Promise<Map<string, Taken>> {
  const rows = await db
    .select(placeColumns)
    .from(tours)
    .where(
      and(
        eq(tours.companyId, companyId),
        eq(tours.propertyId, propertyId),
        gt(tours.startsAt, new Date(afterMs - longestMs)),
        isLive(),
      ),
    );
  return new Map(rows.map((row) => [row.id, placeOf(row)]));
}

/** Live tours that the managers of a property give at other properties, as one statement. */
export function toursElsewhere(db: Db, companyId: string, propertyId: string, afterMs: number) {
  const managerIds = db
    .select({ id: propertyAssignments.managerId })
    .from(propertyAssignments)
    .where(and(eq(propertyAssignments.companyId, companyId), eq(propertyAssignments.propertyId, propertyId)));
  return db
    .select(placeColumns)
    .from(tours)
    .where(
      and(
        eq(tours.companyId, companyId),
        inArray(tours.propertyManagerId, managerIds),
        ne(tours.propertyId, propertyId),
        gt(tours.startsAt, new Date(afterMs - longestMs)),
        isLive(),
      ),
    );
}

export function paddedInterval(tour: TourPlace): Interval {
  const { startMs, endMs, beforeMs, afterMs } = placeOf(tour);
  return { startMs: startMs - beforeMs, endMs: endMs + afterMs };
}

function isLive() {
  return and(inArray(tours.status, [...liveStatuses]), isNull(tours.deletedAt));
}
