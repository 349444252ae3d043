import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { machineOf } from "./adjust-status.ts";
import { calendarIn, calendarQueries, type CalendarsInForce } from "./calendars-in-force.ts";
import { momentOf } from "./machine-request.ts";
import type { EntityStatusRow } from "./status-of.ts";

/** Where a walk over entities goes on: behind this one. */
export type Place = { entityType: string; entityId: string };

const s = statusEntities;
const pageSize = 120;
const callsAtOnce = 6;

/**
 * Has a page of running clocks counted by the calendar in force; the property's when one is named, else all that
 * the company's own calendar may count for. Time already counted stays counted; clocks that stand still learn it
 * when they go on. Answers where the next page begins, null when there is none. Can be run twice.
 */
export async function pushCalendar(
  ctx: Context,
  propertyId: string,
  after: Place | null,
): Promise<Place | null> {
  const page = await ctx.db
    .select()
    .from(s)
    .where(
      and(
        eq(s.companyId, ctx.companyId),
        after ? sql`(${s.entityType}, ${s.entityId}) > (${after.entityType}, ${after.entityId})` : undefined,
        isNotNull(s.slaDeadline),
        isNull(s.archivedAt),
        propertyId === "" ? undefined : eq(s.propertyId, propertyId),
      ),
    )
    .orderBy(asc(s.entityType), asc(s.entityId))
    .limit(pageSize);
  const propertyIds = [...new Set(page.map((row) => row.propertyId ?? ""))];
  const [kept, places] = await ctx.db.batch(calendarQueries(ctx, ctx.companyId, propertyIds));
  for (let start = 0; start < page.length; start += callsAtOnce)
    await Promise.all(
      page
        .slice(start, start + callsAtOnce)
        .map((row) => pushTo(ctx, row, { kept, places }, propertyId === "")),
    );
  const last = page.at(-1);
  return last && page.length === pageSize ? { entityType: last.entityType, entityId: last.entityId } : null;
}

async function pushTo(
  ctx: Context,
  row: EntityStatusRow,
  calendars: CalendarsInForce,
  isGeneral: boolean,
): Promise<void> {
  const calendar = await calendarIn(calendars, row.propertyId);
  // Where a property has hours of its own, the company's do not matter.
  if (isGeneral && calendar && !calendar.version.startsWith("company:")) return;
  // An entity that was archived meanwhile refuses, and rightly.
  await machineOf(ctx, row).adjust({ ...momentOf(ctx), calendar });
}
