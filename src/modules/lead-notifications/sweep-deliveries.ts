import { nudge, outgoing } from "../../core/outbox.ts";
import { newId } from "../../core/start-context.ts";
import { databaseFor, openDb } from "../../db/client.ts";
import { deliveryWork } from "./delivery-work.ts";

type Due = { company_id: string; id: string; round: number };

const pageSize = 500;

/** Wakes every mail and text message whose quiet hours are over, by its company's clock. Can be run twice. */
export async function sweepDeliveries(env: Env, realNow: number): Promise<void> {
  const due = await findDue(env, realNow);
  const [first, ...others] = due.map((row) => ({ ...deliveryWork(row), companyId: row.company_id }));
  if (!first) return;
  const db = openDb(databaseFor(env, ""));
  const write = (work: typeof first) => outgoing({ db, companyId: work.companyId, newId }, work);
  await db.batch([write(first), ...others.map(write)]);
  await nudge(env, "", [first, ...others]);
}

// Two questions, so that each walks an index of due rows: companies on real time, and the few whose clock was moved.
async function findDue(env: Env, realNow: number): Promise<Due[]> {
  const db = databaseFor(env, "");
  const [onTime, moved] = await db.batch<Due>([
    db
      .prepare(
        `select d.company_id, d.id, d.round from notification_deliveries d indexed by notification_deliveries_due
         join companies c on c.id = d.company_id
         where d.status = 'waiting' and d.due_at <= ?1 and c.clock_offset_ms = 0 and c.deleted_at is null
         order by d.due_at limit ${pageSize}`,
      )
      .bind(realNow),
    db
      .prepare(
        `select d.company_id, d.id, d.round from companies c indexed by companies_with_moved_clock
         join notification_deliveries d indexed by notification_deliveries_due_in_company on d.company_id = c.id
         where c.clock_offset_ms <> 0 and c.deleted_at is null and d.status = 'waiting' and d.due_at <= ?1 + c.clock_offset_ms
         order by d.due_at limit ${pageSize}`,
      )
      .bind(realNow),
  ]);
  return [...(onTime?.results ?? []), ...(moved?.results ?? [])];
}
