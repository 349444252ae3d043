import { statusMachine } from "../../durable/stubs.ts";

type Due = { company_id: string; entity_type: string; entity_id: string; clock_offset_ms: number };

const pageSize = 500;
const callsAtOnce = 6;

/**
 * Finds entities whose deadline passed without their alarm having told, and has each machine catch up. Reads due
 * rows only, and can be run twice. `realNow` is epoch ms; each company's own clock decides what is due. Answers
 * how many machines were woken and how many could not be.
 */
export async function sweepOverdue(env: Env, realNow: number): Promise<{ woken: number; failed: number }> {
  const due = await findDue(env, realNow);
  let failed = 0;
  for (let start = 0; start < due.length; start += callsAtOnce) {
    const results = await Promise.allSettled(
      due.slice(start, start + callsAtOnce).map((row) => wake(env, row, realNow)),
    );
    failed += results.filter((result) => result.status === "rejected").length;
  }
  return { woken: due.length - failed, failed };
}

function wake(env: Env, row: Due, realNow: number): Promise<void> {
  const machine = statusMachine(env, row.company_id, row.entity_type, row.entity_id);
  return machine.sweep(realNow + row.clock_offset_ms, row.clock_offset_ms);
}

// Two questions, so that each walks an index of due rows: companies on real time, and the few whose clock was moved.
async function findDue(env: Env, realNow: number): Promise<Due[]> {
  const columns = "s.company_id, s.entity_type, s.entity_id, c.clock_offset_ms";
  const waiting = "s.is_overdue = 0 and s.sla_deadline is not null";
  const [onTime, moved] = await env.DB.batch<Due>([
    env.DB.prepare(
      `select ${columns} from status_entities s indexed by status_entities_due
       join companies c on c.id = s.company_id
       where ${waiting} and s.sla_deadline <= ?1 and c.clock_offset_ms = 0
       order by s.sla_deadline limit ${pageSize}`,
    ).bind(realNow),
    env.DB.prepare(
      `select ${columns} from companies c indexed by companies_with_moved_clock
       join status_entities s indexed by status_entities_by_clock on s.company_id = c.id
       where c.clock_offset_ms <> 0 and ${waiting} and s.sla_deadline <= ?1 + c.clock_offset_ms
       order by s.sla_deadline limit ${pageSize}`,
    ).bind(realNow),
  ]);
  return [...(onTime?.results ?? []), ...(moved?.results ?? [])];
}
