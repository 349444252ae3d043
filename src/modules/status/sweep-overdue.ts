import { statusMachine } from "../../durable/stubs.ts";
import { dueQueries } from "./due-queries.ts";
import { repairProjection } from "./repair-projection.ts";

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

// A row that no machine knows would be due for ever, and stand in the way of those that are.
async function wake(env: Env, row: Due, realNow: number): Promise<void> {
  const { company_id: companyId, entity_type: type, entity_id: id, clock_offset_ms: offsetMs } = row;
  const isKnown = await statusMachine(env, companyId, type, id).sweep(realNow + offsetMs, offsetMs);
  if (!isKnown) await repairProjection(env, companyId, type, id);
}

async function findDue(env: Env, realNow: number): Promise<Due[]> {
  const answers = await env.DB.batch<Due>(dueQueries.map((query) => env.DB.prepare(query).bind(realNow)));
  return answers.flatMap(({ results }) => results);
}
