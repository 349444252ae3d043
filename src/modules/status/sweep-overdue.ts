import { statusMachine } from "../../durable/stubs.ts";
import { dueQueries } from "./due-queries.ts";

type Due = { company_id: string; entity_type: string; entity_id: string; clock_offset_ms: number };

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

async function findDue(env: Env, realNow: number): Promise<Due[]> {
  const answers = await env.DB.batch<Due>(dueQueries.map((query) => env.DB.prepare(query).bind(realNow)));
  return answers.flatMap(({ results }) => results);
}
