import type { BatchItem } from "drizzle-orm/batch";
import type { Context, Parts } from "../../core/context.ts";
import { systemContext } from "../../core/start-context.ts";
import { databaseFor } from "../../db/client.ts";
import { followUpWork, lookAheadMs, wakeFollowUp } from "./follow-up-work.ts";

type Due = { company_id: string; id: string; due_at: number };

const pageSize = 500;

/**
 * Has every follow-up rung that is due by now or falls due before the next sweep, by its company's own clock. Can be
 * run twice. `realNow` is epoch ms.
 */
export async function sweepFollowUps(
  env: Env,
  realNow: number,
  execution: Pick<ExecutionContext, "waitUntil">,
  parts: Parts = {},
): Promise<void> {
  const due = await findDue(env, realNow + lookAheadMs);
  for (const [companyId, rows] of Map.groupBy(due, (row) => row.company_id)) {
    const ctx = await systemContext(env, companyId, "follow-ups", (work) => execution.waitUntil(work), parts);
    if (ctx) await ring(ctx, rows);
  }
}

async function ring(ctx: Context, rows: Due[]): Promise<void> {
  const followUps = rows.map(({ id, due_at }) => ({ id, dueAt: new Date(due_at) }));
  const statements: BatchItem<"sqlite">[] = followUps.flatMap((row) => followUpWork(ctx, row) ?? []);
  const [first, ...others] = statements;
  if (!first) return;
  await ctx.db.batch([first, ...others]);
  await Promise.all(followUps.map((row) => wakeFollowUp(ctx, row)));
}

// Two questions, so that each walks an index of due rows: companies on real time, and the few whose clock was moved.
async function findDue(env: Env, until: number): Promise<Due[]> {
  const db = databaseFor(env, "");
  const waiting = "f.status in ('scheduled', 'firing')";
  const [onTime, moved] = await db.batch<Due>([
    db
      .prepare(
        `select f.company_id, f.id, f.due_at from follow_ups f indexed by follow_ups_due
         join companies c on c.id = f.company_id
         where ${waiting} and f.due_at <= ?1 and c.clock_offset_ms = 0
         order by f.due_at limit ${pageSize}`,
      )
      .bind(until),
    db
      .prepare(
        `select f.company_id, f.id, f.due_at from companies c indexed by companies_with_moved_clock
         join follow_ups f indexed by follow_ups_due_in_company on f.company_id = c.id
         where c.clock_offset_ms <> 0 and ${waiting} and f.due_at <= ?1 + c.clock_offset_ms
         order by f.due_at limit ${pageSize}`,
      )
      .bind(until),
  ]);
  return [...(onTime?.results ?? []), ...(moved?.results ?? [])];
}
