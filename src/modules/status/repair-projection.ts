import { type D1Handle, databaseFor } from "../../db/client.ts";
import { statusMachine } from "../../durable/stubs.ts";
import { projectStatus } from "./project-status.ts";

const pageSize = 500;

/**
 * Writes an entity's projection again from its machine, never the other way round. Can be run twice. The
 * roll-ups are left to `recountRollups`: what was lost may have been counted. Answers how many transitions the machine
 * holds, or null when it knows no such entity; what is shown of that is then hidden, not thrown away.
 */
export async function repairProjection(
  env: Env,
  companyId: string,
  entityType: string,
  entityId: string,
): Promise<number | null> {
  const db = databaseFor(env, companyId);
  const machine = statusMachine(env, companyId, entityType, entityId);
  for (let place = { seq: 0, event: 0 }, isFirst = true; ; isFirst = false) {
    const page = await machine.snapshot(place, pageSize);
    if (!page) {
      await hideUnknown(db, companyId, entityType, entityId);
      return null;
    }
    // Rows that never change are not written over; the entity's own stays, so that a broken repair is found again.
    if (isFirst)
      await db.batch(
        ["status_transitions", "status_approvals", "status_breaches", "status_events"].map((table) =>
          db
            .prepare(`delete from ${table} where company_id = ?1 and entity_type = ?2 and entity_id = ?3`)
            .bind(companyId, entityType, entityId),
        ),
      );
    await projectStatus(db, page, { isNews: false });
    if (page.next === null) return Number(page.entities[0]?.seq ?? 0);
    place = page.next;
  }
}

/** Out of every list, with nothing due; whatever a machine says of that entity later goes over it. */
async function hideUnknown(db: D1Handle, companyId: string, entityType: string, entityId: string) {
  await db
    .prepare(
      `update status_entities set archived_at = ?4, sla_deadline = null, is_overdue = 0, version = 0
       where company_id = ?1 and entity_type = ?2 and entity_id = ?3`,
    )
    .bind(companyId, entityType, entityId, Date.now())
    .run();
}
