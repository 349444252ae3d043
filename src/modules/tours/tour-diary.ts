import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { inProperties, only } from "../../core/scope.ts";
import { properties, propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import type { Interval } from "../properties/local-day.ts";
import { hasAnyHours } from "../properties/office-hours.ts";
import type { Guide, TourDiary } from "./open-slots.ts";
import { paddedInterval, toursElsewhere } from "./tour-places.ts";
import { slotRules, type SlotRules, type TourType } from "./tour-rules.ts";

type PropertyRow = typeof properties.$inferSelect;
type ManagerRow = Pick<
  typeof propertyManagers.$inferSelect,
  "id" | "firstName" | "lastName" | "email" | "hours"
>;

export type DiaryQuestion = { propertyId: string; tourType: TourType; managerId?: string | undefined };

/** A property's diary before anything is taken: hours, rules, guides and their other duties. */
export type OpenDiary = {
  property: PropertyRow;
  rules: SlotRules;
  diary: TourDiary;
  /** Names of the assigned managers, by id. */
  staff: Map<string, string>;
};

/** Reads what decides a property's tour times, all but the tour book. 404 for a property out of the caller's sight. */
export async function openDiary(
  ctx: Context,
  { propertyId, tourType, managerId }: DiaryQuestion,
): Promise<OpenDiary> {
  const nowMs = ctx.now().getTime();
  const [found, managers, elsewhere] = await ctx.db.batch([
    ctx.db
      .select()
      .from(properties)
      .where(
        and(
          eq(properties.companyId, ctx.companyId),
          eq(properties.id, propertyId),
          inProperties(ctx, properties.id),
          isNull(properties.deletedAt),
        ),
      ),
    assignedManagers(ctx, propertyId),
    toursElsewhere(ctx.db, ctx.companyId, propertyId, nowMs),
  ]);
  const property = only(found, "Property");
  if (managerId !== undefined)
    only(
      managers.filter((manager) => manager.id === managerId),
      "Property manager",
    );

  const rules = slotRules(property.tourRules, tourType);
  const hours = property.officeHours ?? {};
  const duties = new Map<string, Interval[]>();
  for (const tour of elsewhere) {
    if (tour.propertyManagerId === null) continue;
    duties.set(tour.propertyManagerId, [...(duties.get(tour.propertyManagerId) ?? []), paddedInterval(tour)]);
  }
  const guides = guidesOf(managers, managerId).map((manager): Guide => {
    return { id: manager.id, hours: manager.hours ?? hours, busy: duties.get(manager.id) ?? [] };
  });
  return {
    property,
    rules,
    diary: {
      zone: property.timeZone,
      hours,
      rules,
      guides: guides.length === 0 ? null : guides,
      taken: [],
      busy: [],
      nowMs,
    },
    staff: new Map(managers.map((manager) => [manager.id, `${manager.firstName} ${manager.lastName}`])),
  };
}

/** The manager asked for; else everybody with hours of their own; nobody when no manager has any. */
function guidesOf(managers: ManagerRow[], managerId: string | undefined): ManagerRow[] {
  if (managerId !== undefined) return managers.filter((manager) => manager.id === managerId);
  return managers.filter((manager) => hasAnyHours(manager.hours));
}

function assignedManagers(ctx: Context, propertyId: string) {
  return ctx.db
    .select({
      id: propertyManagers.id,
      firstName: propertyManagers.firstName,
      lastName: propertyManagers.lastName,
      email: propertyManagers.email,
      hours: propertyManagers.hours,
    })
    .from(propertyAssignments)
    .innerJoin(propertyManagers, eq(propertyManagers.id, propertyAssignments.managerId))
    .where(
      and(
        eq(propertyAssignments.companyId, ctx.companyId),
        eq(propertyAssignments.propertyId, propertyId),
        isNull(propertyManagers.deletedAt),
      ),
    )
    .orderBy(propertyManagers.id);
}
