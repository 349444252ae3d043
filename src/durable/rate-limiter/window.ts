/** Calls counted since the window opened. */
export type Window = { startedAt: number; count: number };

export type Taken = { allowed: boolean; remaining: number; resetSeconds: number };

/** A fixed window that opens with a caller's first call: at most `limit` calls until it closes. */
export function take(window: Window | null, limit: number, windowMs: number, now: number): [Window, Taken] {
  const open = window && now < window.startedAt + windowMs ? window : { startedAt: now, count: 0 };
  const allowed = open.count < limit;
  const next = allowed ? { ...open, count: open.count + 1 } : open;
  const resetSeconds = Math.max(1, Math.ceil((open.startedAt + windowMs - now) / 1000));
  return [next, { allowed, remaining: Math.max(0, limit - next.count), resetSeconds }];
}
