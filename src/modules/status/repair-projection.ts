import { databaseFor } from "../../db/client.ts";
import { statusMachine } from "../../durable/stubs.ts";
import { projectStatus } from "./project-status.ts";

const pageSize = 500;

/**
 * Writes an entity's projection again from its machine, never the other way round. Can be run twice. The
 * roll-ups are left to `recountRollups`: what was lost may have been counted. Answers how many transitions the machine
 * holds, or null when it knows no such entity.
 */
export async function repairProjection(
  env: Env,
  companyId: string,
  entityType: string,
  entityId: string,
): Promise<number | null> {
  const machine = statusMachine(env, companyId, entityType, entityId);
  for (let seq = 0; ;) {
    const page = await machine.snapshot(seq, pageSize);
    if (!page) return null;
    await projectStatus(databaseFor(env, companyId), page, { count: false });
    const last = page.transitions.at(-1)?.seq;
    if (last === undefined || page.transitions.length < pageSize)
      return last === undefined ? seq : Number(last);
    seq = Number(last);
  }
}
