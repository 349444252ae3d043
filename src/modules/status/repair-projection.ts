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
  const db = databaseFor(env, companyId);
  const machine = statusMachine(env, companyId, entityType, entityId);
  for (let seq = 0; ;) {
    const page = await machine.snapshot(seq, pageSize);
    if (!page) return null;
    // Rows that never change are not written over; the entity's own stays, so that a broken repair is found again.
    if (seq === 0)
      await db.batch(
        ["status_transitions", "status_approvals", "status_breaches"].map((table) =>
          db
            .prepare(`delete from ${table} where company_id = ?1 and entity_type = ?2 and entity_id = ?3`)
            .bind(companyId, entityType, entityId),
        ),
      );
    await projectStatus(db, page, { count: false });
    const last = page.transitions.at(-1)?.seq;
    if (last === undefined || page.transitions.length < pageSize)
      return last === undefined ? seq : Number(last);
    seq = Number(last);
  }
}
