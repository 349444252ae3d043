import { iso } from "../../core/fields.ts";
import type { businessCalendarVersions } from "../../db/schema/status.ts";
import type { CalendarRow, listCalendars } from "./calendars.ts";
import type { CalendarQuery } from "./calendars.schemas.ts";
import { pagination } from "./present.ts";
import { versionName } from "./calendar-of.ts";

export function presentCalendar(row: CalendarRow) {
  return {
    id: row.propertyId || row.companyId,
    property_id: row.propertyId || null,
    version: row.version,
    calendar_version: versionName(row),
    time_zone: row.timeZone,
    hours: row.hours,
    updated_at: iso(row.updatedAt),
  };
}

export function presentCalendars(
  { rows, total }: Awaited<ReturnType<typeof listCalendars>>,
  query: CalendarQuery,
) {
  return { calendars: rows.map(presentCalendar), pagination: pagination(total, query) };
}

export function presentCalendarVersion(row: typeof businessCalendarVersions.$inferSelect) {
  return {
    version: row.version,
    calendar_version: versionName(row),
    time_zone: row.timeZone,
    hours: row.hours,
    created_by: { id: row.createdBy, name: row.createdByName },
    created_at: iso(row.createdAt),
  };
}
