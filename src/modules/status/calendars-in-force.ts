import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { properties } from "../../db/schema/properties.ts";
import { businessCalendars, statusEntities } from "../../db/schema/status.ts";
import type { BusinessCalendar } from "./business-time.ts";
import { calendarOf, type KeptCalendar, type Place } from "./calendar-of.ts";

const s = statusEntities;

export type EntityName = { entityType: string; entityId: string | number };

/** What a company, and the properties asked for, say of when they work. */
export type CalendarsInForce = { kept: KeptCalendar[]; places: Place[] };

/**
 * Two statements for one batch: the calendars kept for the company and the properties, and their office hours. With
 * `entity` the property it belongs to is among them.
 */
export function calendarQueries(
  ctx: Pick<Context, "db">,
  companyId: string,
  propertyIds: string[],
  entity?: EntityName,
) {
  const named = sql`select value from json_each(${JSON.stringify(propertyIds)})`;
  const own = entity && sql` union all select ${s.propertyId} from ${s} where ${isEntity(companyId, entity)}`;
  const asked = sql`(${named}${own ?? sql``})`;
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

function isEntity(companyId: string, { entityType, entityId }: EntityName) {
  return and(eq(s.companyId, companyId), eq(s.entityType, entityType), eq(s.entityId, String(entityId)));
}

/** One statement: the property an entity is known to belong to. */
export function propertyQuery(ctx: Pick<Context, "db">, companyId: string, entity: EntityName) {
  return ctx.db.select({ propertyId: s.propertyId }).from(s).where(isEntity(companyId, entity));
}

/** The calendar in force for an entity, of the property that is named or else of the one it is known to belong to. */
export async function calendarFor(
  ctx: Pick<Context, "db">,
  companyId: string,
  entity: EntityName,
  propertyId: string | null | undefined,
): Promise<BusinessCalendar | null> {
  const [known, kept, places] = await ctx.db.batch([
    propertyQuery(ctx, companyId, entity),
    ...calendarQueries(ctx, companyId, [propertyId ?? ""], entity),
  ]);
  return calendarIn({ kept, places }, propertyId === undefined ? (known[0]?.propertyId ?? null) : propertyId);
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
