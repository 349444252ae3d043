import { Temporal } from "temporal-polyfill";
import { type Channel, channels, notificationType } from "./notification-types.ts";

/** For each type what its reader has said of each channel; what is absent is as usual. */
export type ChannelMatrix = Record<string, Partial<Record<Channel, boolean>>>;

/** Local times of day, HH:MM; a window whose end comes before its start goes over midnight. */
export type QuietHours = { from: string; to: string };

export type Preferences = {
  channels: ChannelMatrix;
  quietHours: QuietHours | null;
  /** IANA zone the quiet hours are counted in. */
  timeZone: string;
};

export type ChosenChannel = { channel: Channel; at: Date };

/**
 * By which channels a reader hears of something, and when: those chosen, or else the usual ones. In quiet hours
 * the app's list fills silently and everything else waits for their end; what is mandatory is neither switched off
 * nor held back.
 */
export function chooseChannels(
  { type }: { type: string },
  preferences: Preferences,
  now: Date,
): ChosenChannel[] {
  const { isMandatory = false } = notificationType(type);
  const awake = isMandatory ? now : endOfQuiet(preferences, now);
  return channels
    .filter((channel) => isWanted(type, channel, preferences.channels))
    .map((channel) => ({ channel, at: channel === "in_app" ? now : awake }));
}

/** Whether a type comes by a channel, whatever the hour. */
export function isWanted(type: string, channel: Channel, matrix: ChannelMatrix): boolean {
  const { usual, isMandatory = false } = notificationType(type);
  const isUsual = usual.includes(channel);
  if (isMandatory && isUsual) return true;
  const said = Object.hasOwn(matrix, type) ? matrix[type] : undefined;
  return said?.[channel] ?? isUsual;
}

/** `now`, or the end of the quiet hours it falls into. */
export function endOfQuiet({ quietHours, timeZone }: Preferences, now: Date): Date {
  if (!quietHours || quietHours.from === quietHours.to) return now;
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const time = local.toPlainTime();
  const from = Temporal.PlainTime.from(quietHours.from);
  const to = Temporal.PlainTime.from(quietHours.to);
  const isPast = (edge: Temporal.PlainTime) => Temporal.PlainTime.compare(time, edge) >= 0;
  const overMidnight = Temporal.PlainTime.compare(from, to) > 0;
  const isQuiet = overMidnight ? isPast(from) || !isPast(to) : isPast(from) && !isPast(to);
  if (!isQuiet) return now;
  const date = overMidnight && isPast(from) ? local.toPlainDate().add({ days: 1 }) : local.toPlainDate();
  return new Date(date.toZonedDateTime({ timeZone, plainTime: to }).epochMilliseconds);
}
