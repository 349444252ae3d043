const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** What lies between one attempt and the next; the sample schedule of the Standard Webhooks specification. */
const waits = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** From this failed attempt on people are told that a receiver fails. */
export const attemptsBeforeNotice = 4;

const spread = 0.2;
const busyWaitMs = minute;
const busy = new Set([429, 502, 504]);

export type Failed = {
  /** Null where no answer came. */
  statusCode: number | null;
  timedOut: boolean;
  /** What the receiver asked for, null where it asked for nothing. */
  retryAfterMs: number | null;
};

/**
 * How long to wait after failed attempt number `made`, in ms; null when it was the last. The seed spreads the
 * waits by 20 % either way, the same seed always in the same way. Receivers that are busy get at least a minute. One
 * that says when to come back is not called earlier, as long as it asks for no more than an hour or twice the plan.
 */
export function waitAfter(made: number, failed: Failed, seed: string): number | null {
  const planned = waits[made];
  if (planned === undefined) return null;
  const isBusy = failed.timedOut || (failed.statusCode !== null && busy.has(failed.statusCode));
  const spreadOut = planned * (1 - spread + 2 * spread * fractionOf(`${seed} ${made}`));
  const wait = Math.max(spreadOut, isBusy ? busyWaitMs : 0);
  const asked = Math.min(failed.retryAfterMs ?? 0, Math.max(hour, 2 * planned));
  return Math.round(Math.max(wait, asked));
}

/** A number from 0 up to 1 that follows from the text (FNV-1a). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  // The last bits of FNV are its best mixed ones only after one more turn.
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
