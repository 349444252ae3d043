import * as z from "zod";
import { timeZone } from "../../core/fields.ts";
import { OfficeHours } from "../properties/office-hours.ts";
import { Pagination } from "./schemas.ts";

const weekly = {
  mon: [
    { open: "09:00", close: "12:00" },
    { open: "13:00", close: "18:00" },
  ],
  fri: [{ open: "09:00", close: "16:00" }],
  holidays: [{ date: "2026-12-25", name: "Christmas", closed: true as const }],
};

const fields = {
  time_zone: timeZone.meta({ example: "America/Chicago" }),
  hours: OfficeHours.describe("Several windows a day, local time; a holiday replaces the whole day").meta({
    example: weekly,
  }),
};

export const CalendarDraft = z
  .object({
    property_id: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "Null for the company's own, which counts where a property has neither calendar nor office hours",
      ),
    ...fields,
  })
  .meta({ example: { property_id: null, time_zone: "America/Chicago", hours: weekly } });
export type CalendarDraft = z.infer<typeof CalendarDraft>;

export const CalendarChanges = z
  .object({ time_zone: fields.time_zone.optional(), hours: fields.hours.optional() })
  .meta({ example: { hours: weekly } });
export type CalendarChanges = z.infer<typeof CalendarChanges>;

export const CalendarId = z.object({ id: z.string().min(1).max(64) });

export const CalendarQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
export type CalendarQuery = z.infer<typeof CalendarQuery>;

const when = z.iso.datetime();

export const Calendar = z
  .object({
    id: z.string().describe("The id of the property, or of the company, that keeps these hours"),
    property_id: z.string().nullable(),
    version: z.int(),
    calendar_version: z.string().describe("As segments of clocks name it"),
    time_zone: z.string(),
    hours: OfficeHours,
    updated_at: when,
  })
  .meta({ id: "BusinessCalendar" });

export const CalendarList = z
  .object({ calendars: z.array(Calendar), pagination: Pagination })
  .meta({ id: "BusinessCalendarList" });

export const CalendarVersion = z
  .object({
    version: z.int(),
    calendar_version: z.string(),
    time_zone: z.string(),
    hours: OfficeHours,
    created_by: z.object({ id: z.string(), name: z.string() }),
    created_at: when,
  })
  .meta({ id: "BusinessCalendarVersion" });
