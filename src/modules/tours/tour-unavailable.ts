import { Temporal } from "temporal-polyfill";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { describeSlot } from "./free-times.ts";
import { localDate, nearestSlots, openSlots, type TourDiary } from "./open-slots.ts";
import { presentFreeTime } from "./present.ts";
import { takenTimes } from "./taken-times.ts";
import type { OpenDiary } from "./tour-diary.ts";

const offered = 5;

/** The refusal of a time, with the nearest free ones. At least three of them where the horizon holds three. */
export async function tourUnavailable(ctx: Context, open: OpenDiary, wantedMs: number): Promise<AppError> {
  const diary = { ...open.diary, taken: await takenTimes(ctx, open.property.id) };
  const wanted = localDate(wantedMs, diary.zone);
  const near = between(diary, wanted.subtract({ days: 7 }), wanted.add({ days: 14 }));
  const slots = near.length >= offered ? near : between(diary, localDate(diary.nowMs, diary.zone), null);
  return new AppError("TOUR_UNAVAILABLE", "This time is not available for a tour", {
    requested: new Date(wantedMs).toISOString(),
    alternatives: nearestSlots(slots, wantedMs, offered).map((slot) =>
      presentFreeTime(describeSlot({ diary, staff: open.staff }, slot)),
    ),
  });
}

/** The whole horizon when there is no last date. */
function between(diary: TourDiary, first: Temporal.PlainDate, last: Temporal.PlainDate | null) {
  const end = last ?? localDate(diary.nowMs, diary.zone).add({ days: diary.rules.horizonDays });
  return openSlots(diary, first.toString(), end.toString());
}
