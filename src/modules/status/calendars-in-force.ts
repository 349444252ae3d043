import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { properties } from "../../db/schema/properties.ts";
import { businessCalendars } from "../../db/schema/status.ts";
import type { BusinessCalendar } from "./business-time.ts";
import { calendarOf, type KeptCalendar, type Place } from "./calendar-of.ts";

/** What a company, and the properties asked for, say of when they work. */
export type CalendarsInForce = { kept: KeptCalendar[]; places: Place[] };

/** Two statements for one batch: the calendars kept for the company and the properties, and their office hours. */
export function calendarQueries(ctx: Pick<Context, "db">, companyId: string, propertyIds: string[]) {
  const asked = sql`(select value from json_each(${JSON.stringify(propertyIds)}))`;
  return [
    ctx.db
      .select()
      .from(businessCalendars)
      .where(
        and(
          eq(businessCalendars.companyId, companyId),
          inArray(businessCalendars.propertyId, sql`(select '' union all select * from ${asked})`),
          isNull(businessCalendars.deletedAt),
        ),
      ),
    ctx.db
      .select({ id: properties.id, timeZone: properties.timeZone, officeHours: properties.officeHours })
      .from(properties)
      .where(and(eq(properties.companyId, companyId), inArray(properties.id, asked))),
  ] as const;
}

/** The calendar that counts the time of what belongs to a property, or to the company as a whole. */
export function calendarIn(
  { kept, places }: CalendarsInForce,
  propertyId: string | null,
): Promise<BusinessCalendar | null> {
  const asked = kept.filter((calendar) => calendar.propertyId === "" || calendar.propertyId === propertyId);
  return calendarOf(
    asked,
    places.find((place) => place.id === propertyId),
  );
}
