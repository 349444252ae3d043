import { sql } from "drizzle-orm";
import { nudge, type Topic } from "../core/outbox.ts";
import { databaseFor, openDb } from "../db/client.ts";

const pageSize = 500;

/**
 * Wakes the consumers of every key whose oldest row is due: what a lost nudge, a crash or a retry left behind. Rows
 * behind one that waits cannot go before it, however long they have been due; there may be many of them.
 */
export async function sweepOutbox(env: Env, at: number): Promise<void> {
  const due = await openDb(databaseFor(env, "")).all<{ companyId: string; topic: Topic; key: string }>(sql`
    select distinct company_id as companyId, topic, key from (
      select company_id, topic, key from outbox row
      where status = 'pending' and next_attempt_at <= ${at} and (lease_until is null or lease_until < ${at})
        and not exists (select 1 from outbox first where first.company_id = row.company_id and first.topic = row.topic
          and first.key = row.key and first.status = 'pending' and first.status <> 'done' and first.id < row.id)
      order by next_attempt_at limit ${pageSize})`);
  await nudge(env, "", due);
}
