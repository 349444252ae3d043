import { sha256Hex } from "../../core/tokens.ts";
import type { OfficeHours } from "../properties/office-hours.ts";
import { type BusinessCalendar, validateCalendar } from "./business-time.ts";

export type KeptCalendar = { propertyId: string; version: number; timeZone: string; hours: OfficeHours };
export type Place = { id: string; timeZone: string; officeHours: OfficeHours | null };

/**
 * The calendar that time is counted by: the property's own, else its office hours, else the company's. Null,
 * around the clock, when there is none, or when the office hours have no opening that could be counted.
 */
export async function calendarOf(
  kept: KeptCalendar[],
  property: Place | undefined,
): Promise<BusinessCalendar | null> {
  const own = kept.find((calendar) => calendar.propertyId !== "");
  if (own) return keptCalendar(own);
  if (property?.officeHours) {
    const { timeZone, officeHours } = property;
    const version = `office:${property.id}:${(await sha256Hex(JSON.stringify({ timeZone, officeHours }))).slice(0, 12)}`;
    const calendar = { version, time_zone: timeZone, hours: officeHours };
    if (validateCalendar(calendar).length === 0) return calendar;
  }
  const general = kept.find((calendar) => calendar.propertyId === "");
  return general ? keptCalendar(general) : null;
}

function keptCalendar(kept: KeptCalendar): BusinessCalendar {
  return { version: versionName(kept), time_zone: kept.timeZone, hours: kept.hours };
}

/** A version of a calendar as clocks name it. */
export function versionName({ propertyId, version }: Pick<KeptCalendar, "propertyId" | "version">): string {
  return `${propertyId ? `property:${propertyId}` : "company"}:${version}`;
}
