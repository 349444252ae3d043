import type { Actor } from "../../core/context.ts";
import { iso } from "../../core/fields.ts";
import type { tours } from "../../db/schema/tours.ts";
import type { FreeTime, FreeTimes } from "./free-times.ts";
import type { SlotHold } from "./hold-slot.ts";

export type TourRow = typeof tours.$inferSelect;

/** Shown where a property has no named guides. */
export const leasingTeam = "Leasing team";

/** What staff wrote for each other stays hidden from visitors. */
export function presentTourTo({ kind }: Actor, tour: TourRow) {
  const shown = presentTour(tour);
  return kind === "visitor" ? { ...shown, staff_notes: null, outcome: null, resman_event_id: null } : shown;
}

export function presentTour(tour: TourRow) {
  return {
    id: tour.id,
    property_id: tour.propertyId,
    conversation_id: tour.conversationId,
    lead_id: tour.leadId,
    user_id: tour.userId,
    property_manager_id: tour.propertyManagerId,
    prospect_name: tour.prospectName,
    prospect_email: tour.prospectEmail,
    prospect_phone: tour.prospectPhone,
    unit_interest: tour.unitInterest,
    unit_preferences: tour.unitPreferences,
    special_requests: tour.specialRequests,
    tour_datetime: iso(tour.startsAt),
    duration_minutes: tour.durationMinutes,
    tour_type: tour.tourType,
    status: tour.status,
    source: tour.source,
    outcome: tour.outcome,
    staff_notes: tour.staffNotes,
    cancel_reason: tour.cancelReason,
    resman_event_id: tour.resmanEventId,
    created_at: iso(tour.createdAt),
    updated_at: iso(tour.updatedAt),
  };
}

export function presentAvailability(times: FreeTimes) {
  return {
    property_id: times.propertyId,
    time_zone: times.timeZone,
    from: times.from,
    to: times.to,
    available_slots: times.slots.map(presentFreeTime),
    ...(times.nextAvailableDate === null ? {} : { next_available_date: times.nextAvailableDate }),
  };
}

export function presentHold(hold: SlotHold) {
  return {
    hold_id: hold.holdId,
    property_id: hold.propertyId,
    starts_at: iso(hold.startsAt),
    tour_type: hold.tourType,
    duration_minutes: hold.durationMinutes,
    expires_at: iso(hold.expiresAt),
  };
}

export function presentFreeTime(time: FreeTime) {
  return {
    starts_at: iso(time.startsAt),
    date: time.localDate,
    time: time.localTime,
    staff_member: time.staffMember ?? leasingTeam,
    duration: time.durationMinutes,
  };
}
