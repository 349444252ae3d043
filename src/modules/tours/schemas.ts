import * as z from "zod";
import { emailAddress, longText, phoneNumber, shortText } from "../../core/fields.ts";
import { instant, localDate, pageQuery } from "../../core/page.ts";
import { TourType } from "./tour-rules.ts";

const tourStatuses = ["scheduled", "confirmed", "completed", "cancelled", "no_show"] as const;
const tourSources = ["chat", "website", "phone", "walk_in"] as const;
const tourOutcomes = ["interested", "not_interested", "follow_up_needed"] as const;

export const TourId = z.object({ id: z.string() });
export const PropertyId = z.object({ propertyId: z.string() });

export const Tour = z
  .object({
    id: z.string(),
    property_id: z.string(),
    conversation_id: z.string().nullable(),
    lead_id: z.string().nullable(),
    user_id: z.string().nullable(),
    property_manager_id: z.string().nullable(),
    prospect_name: z.string(),
    prospect_email: z.string().nullable(),
    prospect_phone: z.string().nullable(),
    unit_interest: z.string().nullable(),
    unit_preferences: z.array(z.string()).nullable(),
    special_requests: z.string().nullable(),
    tour_datetime: z.iso.datetime(),
    duration_minutes: z.int(),
    tour_type: TourType,
    status: z.enum(tourStatuses),
    source: z.enum(tourSources),
    outcome: z.enum(tourOutcomes).nullable(),
    staff_notes: z.string().nullable(),
    cancel_reason: z.string().nullable(),
    resman_event_id: z.string().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Tour" });

export const TourQuery = pageQuery(["tour_datetime", "created_at"], {
  property_id: z.string().optional(),
  conversation_id: z.string().optional(),
  lead_id: z.string().optional(),
  assigned_to: z.string().optional().describe("Id of a property manager"),
  status: z.enum(tourStatuses).optional(),
  tour_type: TourType.optional(),
  from: instant.optional(),
  to: instant.optional(),
  q: shortText.optional().describe("Part of the prospect's name"),
});
export type TourQuery = z.infer<typeof TourQuery>;

/** A range of local dates, or one date; the coming week when neither is given. */
export const FreeTimesQuery = z
  .object({
    from: localDate.optional(),
    to: localDate.optional(),
    date: localDate.optional(),
    tour_type: TourType.optional(),
  })
  .superRefine(({ from, to }, check) => {
    if (to && !from)
      check.addIssue({ code: "custom", path: ["from"], message: "is needed where to is given" });
    if (!from || !to) return;
    const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
    if (days < 0) check.addIssue({ code: "custom", path: ["to"], message: "must not be before from" });
    if (days > 92)
      check.addIssue({ code: "custom", path: ["to"], message: "must be within 92 days of from" });
  });
export type FreeTimesQuery = z.infer<typeof FreeTimesQuery>;

/** What is asked of a property's diary; `date` is a range of one day. */
export function questionOf(query: FreeTimesQuery, propertyId: string, managerId?: string) {
  const { from, to, date, tour_type: tourType } = query;
  return { propertyId, managerId, tourType, from: from ?? date, to: to ?? (from ? undefined : date) };
}

export const Availability = z
  .object({
    property_id: z.string(),
    time_zone: z.string(),
    from: z.iso.date(),
    to: z.iso.date(),
    available_slots: z.array(
      z.object({
        starts_at: z.iso.datetime(),
        date: z.iso.date().describe("In the property's zone"),
        time: z.string().describe("HH:MM in the property's zone"),
        staff_member: z.string(),
        duration: z.number().describe("Minutes"),
      }),
    ),
    next_available_date: z.iso.date().optional().describe("First date after the range with a free time"),
  })
  .meta({ id: "TourAvailability" });

export const HoldDraft = z
  .object({
    property_id: z.string(),
    starts_at: instant,
    tour_type: TourType.default("in_person"),
    property_manager_id: z.string().optional(),
  })
  .meta({
    example: { property_id: "0197a1c2-0000-7000-8000-000000000001", starts_at: "2026-12-01T16:00:00Z" },
  });
export type HoldDraft = z.infer<typeof HoldDraft>;

export function holdWishOf(draft: HoldDraft) {
  const { property_id, starts_at, tour_type, property_manager_id } = draft;
  return {
    propertyId: property_id,
    startsAt: starts_at,
    tourType: tour_type,
    managerId: property_manager_id,
  };
}

export const Hold = z
  .object({
    hold_id: z.string(),
    property_id: z.string(),
    starts_at: z.iso.datetime(),
    tour_type: TourType,
    duration_minutes: z.number(),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: "TourHold" });

export const CancelTour = z
  .object({ reason: longText.optional() })
  .meta({ example: { reason: "Found another place" } });

export const RescheduleTour = z
  .object({ tour_datetime: instant, property_manager_id: z.string().optional() })
  .meta({ example: { tour_datetime: "2026-12-01T16:00:00Z" } });

/** Who comes, and what for. */
export const prospectFields = {
  prospect_name: shortText.meta({ example: "Robin Field" }),
  prospect_email: emailAddress.meta({ example: "robin.field@example.test" }),
  prospect_phone: phoneNumber.meta({ example: "+13125550123" }),
  unit_preferences: z.array(shortText).max(20).optional(),
  special_requests: longText.optional(),
};
