import { officeStatus, type OfficeHours } from "./office-status.ts";
import type { Words } from "./words.ts";

/** One line about the office: until when it is open, that it is closed, or just that answers come at any time. */
export function officeText(
  hours: OfficeHours | null,
  timeZone: string,
  locale: string,
  words: Words,
): string {
  const status = officeStatus(hours, timeZone, new Date());
  if (!status) return words.assistantHere;
  if (!status.open) return words.officeClosed;
  const [hour = "0", minute = "0"] = status.until.split(":");
  const format = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
  return words.openUntil(format.format(Date.UTC(2000, 0, 1, Number(hour), Number(minute))));
}
