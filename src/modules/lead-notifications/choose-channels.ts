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

/** `now`, or the end of the quiet hours it falls into. A time of day that comes twice begins and ends them outermost. */
export function endOfQuiet({ quietHours, timeZone }: Preferences, now: Date): Date {
  if (!quietHours || quietHours.from === quietHours.to) return now;
  const instant = Temporal.Instant.fromEpochMilliseconds(now.getTime());
  const today = instant.toZonedDateTimeISO(timeZone).toPlainDate();
  const days = quietHours.from > quietHours.to ? 1 : 0;
  const at = (date: Temporal.PlainDate, time: string, disambiguation: "compatible" | "later") =>
    date.toPlainDateTime(Temporal.PlainTime.from(time)).toZonedDateTime(timeZone, { disambiguation })
      .epochMilliseconds;
  for (const date of [today.subtract({ days }), today]) {
    const from = at(date, quietHours.from, "compatible");
    const to = at(date.add({ days }), quietHours.to, "later");
    if (from <= now.getTime() && now.getTime() < to) return new Date(to);
  }
  return now;
}
