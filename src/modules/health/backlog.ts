import { sql } from "drizzle-orm";
import { databaseFor, openDb } from "../../db/client.ts";

/** A backlog older than this is `degraded`: it is due and nobody works it (a queue stands), or it keeps failing. */
export const lateAfterMs = 15 * 60 * 1000;
/** Tries after which a vendor is taken to be down. */
const failingAfter = 5;

export const vendors = ["resman", "sendgrid", "amplitude", "webhooks"] as const;
export type VendorName = (typeof vendors)[number];

export type Backlog = {
  pending: number;
  late: number;
  /** Given up, until somebody tries again. */
  parked: number;
  /** Since when the oldest of them has waited, real time. */
  oldestAt: number | null;
  /** Of the latest work that failed; only told of one company. */
  lastError: string | null;
};

export const noBacklog: Backlog = { pending: 0, late: 0, parked: 0, oldestAt: null, lastError: null };

/** Which vendor a row of the outbox waits for, null for work of our own. */
const vendorOf = sql`case
  when topic = 'resman-sync' then 'resman'
  when topic = 'notifications' and substr(key, 1, 5) = 'mail:' then 'sendgrid'
  when topic = 'projections' and key = 'amplitude' then 'amplitude'
  when topic = 'webhook-deliveries' then 'webhooks' end`;

/** What waits for each vendor, of one company or of all. Reads only what is not done. */
export async function backlogs(env: Env, companyId?: string): Promise<Map<VendorName, Backlog>> {
  const late = Date.now() - lateAfterMs;
  const rows = await openDb(databaseFor(env, companyId ?? "")).all<
    Backlog & { vendor: VendorName | null }
  >(sql`
    select ${vendorOf} as vendor, count(*) filter (where status = 'pending') as pending,
      count(*) filter (where status = 'pending'
        and (next_attempt_at < ${late} or (attempts >= ${failingAfter} and created_at < ${late}))) as late,
      count(*) filter (where status = 'parked') as parked, min(created_at) as oldestAt,
      ${companyId === undefined ? sql`null` : sql`substr(max(id || last_error), 37)`} as lastError
    from outbox where status <> 'done' ${companyId === undefined ? sql`` : sql`and company_id = ${companyId}`}
    group by 1`);
  return new Map(
    rows.flatMap(({ vendor, ...backlog }) => (vendor === null ? [] : [[vendor, backlog] as const])),
  );
}
