import { databaseFor } from "../../db/client.ts";
import { statusMachine } from "../../durable/stubs.ts";
import type { SnapshotPlace } from "../../durable/status-machine/pages.ts";
import { projectStatus, type StatusPage } from "./project-status.ts";

const pageSize = 500;

/** Where the page after this one begins. */
export function placeAfter(place: SnapshotPlace, { transitions, events }: StatusPage): SnapshotPlace {
  return {
    seq: Number(transitions.at(-1)?.seq ?? place.seq),
    event: events.at(-1)?.sequence ?? place.event,
  };
}

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
  for (let place = { seq: 0, event: 0 }, isFirst = true; ; isFirst = false) {
    const page = await machine.snapshot(place, pageSize);
    if (!page) return null;
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
    place = placeAfter(place, page);
    if (Math.max(page.transitions.length, page.events.length) < pageSize) return place.seq;
  }
}
