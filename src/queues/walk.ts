import { eq } from "drizzle-orm";
import type { Context } from "../core/context.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { outbox } from "../db/schema/outgoing.ts";
import { NotNow } from "./drain.ts";

/** Well under the time a row may be held, and under the calls one invocation may make. */
const longestMs = 20_000;
const mostPages = 20;

/**
 * Does work that goes page by page; `step` does a page and answers where the next begins, null at the end. How far
 * it came is kept with the row, so that a broken walk goes on where it stopped; a long one makes room for others.
 */
export async function walk<Place>(
  ctx: Context,
  row: OutboxRow,
  from: Place | null,
  step: (place: Place | null) => Promise<Place | null>,
): Promise<void> {
  const until = Date.now() + longestMs;
  let place = from;
  for (let pages = 0; pages < mostPages && Date.now() < until; pages += 1) {
    place = await step(place);
    if (place === null) return;
    await ctx.db
      .update(outbox)
      .set({ payload: { ...row.payload, place } })
      .where(eq(outbox.id, row.id));
  }
  throw new NotNow(0);
}
