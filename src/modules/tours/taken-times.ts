import * as z from "zod";
import type { Context } from "../../core/context.ts";
import { tourBook } from "../../durable/stubs.ts";
import type { Taken } from "./slot-room.ts";

const dayMs = 24 * 60 * 60_000;
const aheadMs = 370 * dayMs;
const cachedSeconds = 60;

const Busy = z.object({
  claimId: z.string(),
  managerId: z.string().nullable(),
  staffed: z.boolean(),
  startMs: z.number(),
  endMs: z.number(),
  beforeMs: z.number(),
  afterMs: z.number(),
  untilMs: z.number().nullable(),
});
const Cached = z.object({ fromMs: z.number(), busy: z.array(Busy) });

/** What the tour book holds from now on. Asks the book itself. */
export async function takenTimes(ctx: Context, propertyId: string): Promise<Taken[]> {
  const nowMs = ctx.now().getTime();
  const fromMs = nowMs - dayMs;
  const busy = await tourBook(ctx.env, ctx.companyId, propertyId).busy(fromMs, nowMs + aheadMs, nowMs);
  const entry: z.infer<typeof Cached> = { fromMs, busy };
  ctx.defer(
    ctx.env.CACHE.put(cacheKey(ctx.companyId, propertyId), JSON.stringify(entry), {
      expirationTtl: cachedSeconds,
    }),
  );
  return busy;
}

/** The same from the cache where there is one: up to a minute old, so only to be shown, never to be booked by. */
export async function shownTakenTimes(ctx: Context, propertyId: string): Promise<Taken[]> {
  const nowMs = ctx.now().getTime();
  const kept: unknown = await ctx.env.CACHE.get(cacheKey(ctx.companyId, propertyId), "json").catch(
    () => null,
  );
  const cached = Cached.safeParse(kept);
  // A moved company clock leaves the cached stretch behind.
  const covers = cached.success && cached.data.fromMs <= nowMs && nowMs < cached.data.fromMs + 3 * dayMs;
  if (!covers) return takenTimes(ctx, propertyId);
  return cached.data.busy.filter((place) => place.untilMs === null || place.untilMs > nowMs);
}

/** To be called after every change of the book. */
export async function forgetTakenTimes(ctx: Context, propertyId: string): Promise<void> {
  await ctx.env.CACHE.delete(cacheKey(ctx.companyId, propertyId)).catch((error: unknown) =>
    ctx.log.error("the cache of free times could not be cleared", error, { propertyId }),
  );
}

function cacheKey(companyId: string, propertyId: string): string {
  return `tour-times:${companyId}:${propertyId}`;
}
