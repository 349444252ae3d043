import { and, asc, eq, isNull, lt, lte, ne, or, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../core/context.ts";
import { describeError } from "../core/log.ts";
import { commit, type OutboxRow, type Topic, type Work } from "../core/outbox.ts";
import { outbox } from "../db/schema/outgoing.ts";

/** How long a worker may hold a row before another takes it for dead. */
const leaseMs = 60_000;
const maxAttempts = 8;

/**
 * Thrown by a worker that cannot go on now and must not be counted as failing: a closed gate, a paced vendor, or work
 * that counts its tries and plans its waits itself.
 */
export class NotNow extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`not now, again in ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown by a worker whose row can never succeed: it is parked at once. */
export class Hopeless extends Error {}

/** Does the work of one outbox row. It may run again after it succeeded, so it looks before it acts. */
export type Worker = (ctx: Context, row: OutboxRow) => Promise<void>;

/** What is to be written in the batch that gives a row up, so that somebody learns of it. */
export type OnParked = (
  ctx: Context,
  row: OutboxRow,
  reason: string,
) => Promise<{ statements: BatchItem<"sqlite">[]; work: Work[] }>;

/**
 * Works the pending rows of one topic and key, oldest first, one at a time. Stops at the first that is not due,
 * is held by another worker or fails, so that later rows never overtake it. Answers after how many ms a row that
 * was put back is due again, null when none was.
 */
export async function drain(
  ctx: Context,
  topic: Topic,
  key: string,
  worker: Worker,
  onParked?: OnParked,
): Promise<number | null> {
  for (;;) {
    const row = await claimNext(ctx, topic, key);
    if (!row) return null;
    const waitMs =
      row.attempts >= maxAttempts
        ? await putBack(ctx, row, new Hopeless("broke off time after time"), onParked)
        : await attempt(ctx, row, worker, onParked);
    if (waitMs !== null) return waitMs;
  }
}

async function claimNext(ctx: Context, topic: Topic, key: string): Promise<OutboxRow | undefined> {
  const now = new Date();
  const oldest = ctx.db
    .select({ id: outbox.id })
    .from(outbox)
    .where(
      and(
        eq(outbox.companyId, ctx.companyId),
        eq(outbox.topic, topic),
        eq(outbox.key, key),
        eq(outbox.status, "pending"),
        // Said for the index, which holds what is not done.
        ne(outbox.status, "done"),
      ),
    )
    .orderBy(asc(outbox.id))
    .limit(1);
  const [row] = await ctx.db
    .update(outbox)
    .set({
      leaseUntil: new Date(now.getTime() + leaseMs),
      // A lease that ran out is a worker that died: a row that kills its workers must not do so for ever.
      attempts: sql`${outbox.attempts} + (${outbox.leaseUntil} is not null)`,
    })
    .where(
      and(
        eq(outbox.id, sql`(${oldest})`),
        lte(outbox.nextAttemptAt, now),
        or(isNull(outbox.leaseUntil), lt(outbox.leaseUntil, now)),
      ),
    )
    .returning();
  return row;
}

/** Null when the row is done or given up and the next one may follow. */
async function attempt(
  ctx: Context,
  row: OutboxRow,
  worker: Worker,
  onParked?: OnParked,
): Promise<number | null> {
  try {
    await worker(ctx, row);
  } catch (error) {
    return putBack(ctx, row, error, onParked);
  }
  await ctx.db
    .update(outbox)
    .set({ status: "done", doneAt: new Date(), leaseUntil: null, lastError: null })
    .where(and(eq(outbox.id, row.id), ne(outbox.status, "done")));
  return null;
}

async function putBack(
  ctx: Context,
  row: OutboxRow,
  error: unknown,
  onParked?: OnParked,
): Promise<number | null> {
  const now = Date.now();
  const next = afterFailure(row.attempts, error, now);
  if (!(error instanceof NotNow))
    ctx.log.error("outgoing work failed", error, {
      topic: row.topic,
      key: row.key,
      attempts: next.attempts,
      status: next.status,
    });
  // Nobody's any more where the work was cancelled meanwhile, or took so long that another has taken it over.
  const isMine = and(
    eq(outbox.id, row.id),
    eq(outbox.status, "pending"),
    sql`${outbox.leaseUntil} is ${row.leaseUntil?.getTime() ?? null}`,
  );
  const update = ctx.db
    .update(outbox)
    .set({ ...next, nextAttemptAt: new Date(next.nextAttemptAt), leaseUntil: null })
    .where(isMine);
  const [still] = await ctx.db.select({ id: outbox.id }).from(outbox).where(isMine);
  if (!still) return null;
  if (next.status === "pending") {
    await update;
    return next.nextAttemptAt - now;
  }
  const { statements, work } = (await onParked?.(ctx, row, next.lastError)) ?? { statements: [], work: [] };
  await commit(ctx, [update, ...statements], work);
  return null;
}

type Next = { attempts: number; status: "pending" | "parked"; nextAttemptAt: number; lastError: string };

/** When a failed row is tried again: 5 s doubling to an hour; parked after eight failures or a hopeless one. */
export function afterFailure(attempts: number, error: unknown, now: number): Next {
  const lastError = String(describeError(error)["error"]).slice(0, 500);
  if (error instanceof NotNow)
    return { attempts, status: "pending", nextAttemptAt: now + error.retryAfterMs, lastError };
  const tried = attempts + 1;
  const parked = error instanceof Hopeless || tried >= maxAttempts;
  const waitMs = Math.min(3_600_000, 5000 * 2 ** attempts);
  return { attempts: tried, status: parked ? "parked" : "pending", nextAttemptAt: now + waitMs, lastError };
}
