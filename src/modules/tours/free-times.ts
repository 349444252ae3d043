import { Temporal } from "temporal-polyfill";
import type { Context } from "../../core/context.ts";
import { localDate, openSlots, type OpenSlot } from "./open-slots.ts";
import { byLoad } from "./slot-room.ts";
import { shownTakenTimes } from "./taken-times.ts";
import { openDiary, type OpenDiary } from "./tour-diary.ts";
import type { TourType } from "./tour-rules.ts";

const searchDays = 7;

export type FreeTimesQuestion = {
  propertyId: string;
  /** Local dates (YYYY-MM-DD), both included. Today and the six days after it when absent. */
  from?: string | undefined;
  to?: string | undefined;
  tourType?: TourType | undefined;
  managerId?: string | undefined;
};

export type FreeTime = {
  startsAt: Date;
  /** In the property's zone. */
  localDate: string;
  localTime: string;
  durationMinutes: number;
  managerId: string | null;
  /** Null when the property has no named guides. */
  staffMember: string | null;
};

export type FreeTimes = {
  propertyId: string;
  timeZone: string;
  from: string;
  to: string;
  slots: FreeTime[];
  /** First local date after the range with a free time; null within the horizon when there is none. */
  nextAvailableDate: string | null;
};

/** The free tour times of a property. For showing: another visitor may be faster. */
export async function freeTimes(ctx: Context, question: FreeTimesQuestion): Promise<FreeTimes> {
  const { propertyId, tourType = "in_person", managerId } = question;
  const [open, taken] = await Promise.all([
    openDiary(ctx, { propertyId, tourType, managerId }),
    shownTakenTimes(ctx, propertyId),
  ]);
  const diary = { ...open.diary, taken };
  const from = question.from ?? localDate(diary.nowMs, diary.zone).toString();
  const to =
    question.to ??
    Temporal.PlainDate.from(from)
      .add({ days: searchDays - 1 })
      .toString();
  return {
    propertyId,
    timeZone: diary.zone,
    from,
    to,
    slots: openSlots(diary, from, to).map((slot) => describeSlot({ ...open, diary }, slot)),
    nextAvailableDate: nextDate({ ...open, diary }, to),
  };
}

/** A free slot in the property's own words. */
export function describeSlot({ diary, staff }: Pick<OpenDiary, "diary" | "staff">, slot: OpenSlot): FreeTime {
  const local = Temporal.Instant.fromEpochMilliseconds(slot.startMs).toZonedDateTimeISO(diary.zone);
  const managerId = byLoad(slot.guideIds ?? [], slot, diary.taken)[0] ?? null;
  return {
    startsAt: new Date(slot.startMs),
    localDate: local.toPlainDate().toString(),
    localTime: local.toPlainTime().toString({ smallestUnit: "minute" }),
    durationMinutes: (slot.endMs - slot.startMs) / 60_000,
    managerId,
    staffMember: managerId === null ? null : (staff.get(managerId) ?? null),
  };
}

function nextDate({ diary, rules }: OpenDiary, after: string): string | null {
  const today = localDate(diary.nowMs, diary.zone);
  const last = today.add({ days: rules.horizonDays });
  const wanted = Temporal.PlainDate.from(after).add({ days: 1 });
  let first = Temporal.PlainDate.compare(wanted, today) < 0 ? today : wanted;
  for (; Temporal.PlainDate.compare(first, last) <= 0; first = first.add({ days: searchDays })) {
    const slot = openSlots(diary, first.toString(), first.add({ days: searchDays - 1 }).toString())[0];
    if (slot) return localDate(slot.startMs, diary.zone).toString();
  }
  return null;
}
