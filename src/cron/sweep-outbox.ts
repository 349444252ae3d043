import { sql } from "drizzle-orm";
import { nudge, type Topic } from "../core/outbox.ts";
import { databaseFor, openDb } from "../db/client.ts";

const pageSize = 500;

/** Wakes the consumers of every key with due rows: what a lost nudge, a crash or a retry left behind. */
export async function sweepOutbox(env: Env, at: number): Promise<void> {
  const due = await openDb(databaseFor(env, "")).all<{ companyId: string; topic: Topic; key: string }>(sql`
    select distinct company_id as companyId, topic, key from (
      select company_id, topic, key from outbox
      where status = 'pending' and next_attempt_at <= ${at} and (lease_until is null or lease_until < ${at})
      order by next_attempt_at limit ${pageSize})`);
  await nudge(env, "", due);
}
