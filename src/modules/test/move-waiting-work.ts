import { and, eq, lte, ne, sql } from "drizzle-orm";
import { nudge } from "../../core/outbox.ts";
import { databaseFor, openDb } from "../../db/client.ts";
import { outbox } from "../../db/schema/outgoing.ts";

/** More keys than this are left to the sweep. */
const mostNudges = 100;

/**
 * Tells all that a company has waiting to be done, tried again or sent later that its clock has jumped by so much:
 * forward, the waits are as much shorter, and what is due by that is woken. Backward they stay as long as they are:
 * nobody waits longer because a clock was put right.
 */
export async function moveWaitingWork(env: Env, companyId: string, deltaMs: number): Promise<void> {
  if (deltaMs <= 0) return;
  const db = openDb(databaseFor(env, companyId));
  const waiting = and(
    eq(outbox.companyId, companyId),
    eq(outbox.status, "pending"),
    // Said for the index, which holds what is not done.
    ne(outbox.status, "done"),
  );
  const [, due] = await db.batch([
    db
      .update(outbox)
      .set({ nextAttemptAt: sql`${outbox.nextAttemptAt} - ${deltaMs}` })
      .where(waiting),
    db
      .selectDistinct({ topic: outbox.topic, key: outbox.key })
      .from(outbox)
      .where(and(waiting, lte(outbox.nextAttemptAt, new Date())))
      .limit(mostNudges),
  ]);
  await nudge(env, companyId, due);
}
