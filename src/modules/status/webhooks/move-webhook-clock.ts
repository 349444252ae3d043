import { and, eq, lte, ne, sql } from "drizzle-orm";
import { nudge } from "../../../core/outbox.ts";
import { databaseFor, openDb } from "../../../db/client.ts";
import { outbox } from "../../../db/schema/outgoing.ts";
import { topic } from "./pending.ts";

/** More keys than this are left to the sweep. */
const mostNudges = 100;

/**
 * Tells a company's waiting messages that its clock has jumped by so much: forward, their waits are as much shorter,
 * and what is due by that is woken. Backward they stay as long as they are: nobody waits longer for a message because a
 * clock was put right.
 */
export async function moveWebhookClock(env: Env, companyId: string, deltaMs: number): Promise<void> {
  if (deltaMs <= 0) return;
  const db = openDb(databaseFor(env, companyId));
  const waiting = and(
    eq(outbox.companyId, companyId),
    eq(outbox.topic, topic),
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
      .selectDistinct({ key: outbox.key })
      .from(outbox)
      .where(and(waiting, lte(outbox.nextAttemptAt, new Date())))
      .limit(mostNudges),
  ]);
  const work = due.map(({ key }) => ({ topic, key }));
  await nudge(env, companyId, work);
}
