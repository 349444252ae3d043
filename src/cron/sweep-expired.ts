import { and, eq, isNotNull, lt } from "drizzle-orm";
import { databaseFor, openDb } from "../db/client.ts";
import { passwordResets } from "../db/schema/access.ts";
import { refreshTokens } from "../db/schema/companies.ts";
import { contactMerges } from "../db/schema/contacts.ts";
import { idempotencyKeys } from "../db/schema/ledger.ts";
import { outbox } from "../db/schema/outgoing.ts";

/** A link that was used late is told so for a day. */
const linkKeptMs = 24 * 60 * 60 * 1000;
const doneKeptMs = 7 * 24 * 60 * 60 * 1000;
/** What contacts were before a merge: twice the time it can be undone in, since companies' clocks may be moved. */
const mergeKeptMs = 60 * 24 * 60 * 60 * 1000;

/** Removes what has served its time: kept answers, dead refresh tokens, finished outgoing work, what merges kept. */
export async function sweepExpired(env: Env, at: number): Promise<void> {
  const db = openDb(databaseFor(env, ""));
  await db.batch([
    db.delete(idempotencyKeys).where(lt(idempotencyKeys.expiresAt, new Date(at))),
    db.delete(refreshTokens).where(lt(refreshTokens.expiresAt, new Date(at))),
    db.delete(passwordResets).where(lt(passwordResets.expiresAt, new Date(at - linkKeptMs))),
    db
      .update(contactMerges)
      .set({ before: null, after: null })
      .where(and(isNotNull(contactMerges.before), lt(contactMerges.mergedAt, new Date(at - mergeKeptMs)))),
    db.delete(outbox).where(and(eq(outbox.status, "done"), lt(outbox.doneAt, new Date(at - doneKeptMs)))),
  ]);
}
