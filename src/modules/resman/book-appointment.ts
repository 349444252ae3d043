import { Temporal } from "temporal-polyfill";
import * as z from "zod";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { localDate } from "../../core/page.ts";
import { localDay } from "../properties/local-day.ts";
import { bookTour } from "../tours/book-tour.ts";
import { leasingTeam, type TourRow } from "../tours/present.ts";
import { prospectFields } from "../tours/schemas.ts";
import { openDiary, type OpenDiary } from "../tours/tour-diary.ts";
import { placeOfTour } from "../tours/tour-invite.ts";
import { tourFacts } from "../tours/tour-news.ts";
import { TourType } from "../tours/tour-rules.ts";

const timeOfDay = /^(\d{1,2}):(\d{2})\s*([ap]m)?$/i;

export const BookAppointment = z
  .object({
    conversation_id: z.string().min(1),
    tour_data: z.object({
      ...prospectFields,
      tour_type: TourType,
      preferred_date: localDate.describe("In the property's zone"),
      preferred_time: z.string().trim().regex(timeOfDay, "must be a time of day such as 14:30 or 2:30 PM"),
      property_id: z.string().min(1),
    }),
    hold_id: z.string().optional().describe("From POST /api/tours/holds"),
  })
  .meta({
    example: {
      conversation_id: "0197a1c2-0000-7000-8000-000000000000",
      tour_data: {
        prospect_name: "Robin Field",
        prospect_email: "robin.field@example.test",
        prospect_phone: "+13125550123",
        tour_type: "in_person",
        preferred_date: "2026-12-01",
        preferred_time: "10:00",
        property_id: "0197a1c2-0000-7000-8000-000000000001",
      },
    },
  });
export type BookAppointment = z.infer<typeof BookAppointment>;

export const Appointment = z
  .object({
    appointment_id: z.string().describe("The tour's id"),
    confirmed_datetime: z.string().describe("With the property's offset"),
    staff_member: z.string(),
    confirmation_details: z.object({
      location: z.string().optional(),
      virtual_link: z.string().optional(),
      instructions: z.string(),
    }),
  })
  .meta({ id: "Appointment" });

/** Books a tour at a local date and time of the property, as the chatbot's form asks for it. */
export async function bookAppointment(
  ctx: Context,
  request: BookAppointment,
): Promise<z.infer<typeof Appointment>> {
  const { conversation_id: conversationId, hold_id: holdId, tour_data: data } = request;
  const open = await openDiary(ctx, { propertyId: data.property_id, tourType: data.tour_type });
  const tour = await bookTour(ctx, {
    propertyId: data.property_id,
    conversationId,
    holdId,
    startsAt: instantOf(data.preferred_date, data.preferred_time, open.property.timeZone),
    tourType: data.tour_type,
    source: "chat",
    prospect: { name: data.prospect_name, email: data.prospect_email, phone: data.prospect_phone },
    unitPreferences: data.unit_preferences ?? null,
    specialRequests: data.special_requests ?? null,
  });
  return appointmentOf(ctx, tour, open);
}

function appointmentOf(ctx: Context, tour: TourRow, open: OpenDiary): z.infer<typeof Appointment> {
  const facts = tourFacts(ctx, tour, open);
  const { timeZone, address } = facts.property;
  const local = Temporal.Instant.fromEpochMilliseconds(tour.startsAt.getTime()).toZonedDateTimeISO(timeZone);
  const isVirtual = tour.tourType === "virtual";
  return {
    appointment_id: tour.id,
    confirmed_datetime: local.toString({ timeZoneName: "never" }),
    staff_member: facts.staffMember ?? leasingTeam,
    confirmation_details: {
      ...(isVirtual ? {} : { location: address }),
      ...(isVirtual && facts.virtualLink !== null ? { virtual_link: facts.virtualLink } : {}),
      instructions: facts.instructions ?? defaultInstructions(isVirtual, placeOfTour(facts)),
    },
  };
}

function defaultInstructions(isVirtual: boolean, place: string): string {
  if (!isVirtual) return `The tour begins at ${place}.`;
  return place.startsWith("https:") ? `Join at ${place}.` : "The leasing team will tell you how to join.";
}

/** A time that the property's clock skips on that day is refused; of one it shows twice the first is meant. */
function instantOf(date: string, time: string, zone: string): Date {
  const minute = minuteOf(time);
  const at = minute === null ? null : localDay(Temporal.PlainDate.from(date), zone).at(minute);
  if (at === null)
    throw invalidFields([
      { field: "tour_data.preferred_time", message: "is no time of that day at the property" },
    ]);
  return new Date(at);
}

function minuteOf(time: string): number | null {
  const [, hours = "", minutes = "", half] = timeOfDay.exec(time) ?? [];
  const hour = Number(hours);
  const isHour = half ? hour >= 1 && hour <= 12 : hour <= 23;
  if (!isHour || Number(minutes) > 59) return null;
  const of24 = half ? (hour % 12) + (half.toLowerCase() === "pm" ? 12 : 0) : hour;
  return of24 * 60 + Number(minutes);
}
