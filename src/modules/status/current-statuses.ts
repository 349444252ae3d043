import type { Context } from "../../core/context.ts";
import { companyOf, isSeen } from "./reach.ts";
import type { BulkQuestion } from "./schemas.ts";
import { type CurrentStatus, statusesOf, statusKey } from "./status-of.ts";

type Asked = BulkQuestion["entities"][number];
export type CurrentStatuses = { found: { asked: Asked; row: CurrentStatus }[]; missing: Asked[] };

/** The statuses of many entities in the order asked, by one statement; what is unknown or out of sight apart. */
export async function currentStatuses(ctx: Context, { entities }: BulkQuestion): Promise<CurrentStatuses> {
  companyOf(ctx);
  const refs = entities.map(({ entity_type, entity_id }) => ({
    entityType: entity_type,
    entityId: entity_id,
  }));
  const known = await statusesOf(ctx, refs);
  const found: CurrentStatuses["found"] = [];
  const missing: Asked[] = [];
  for (const asked of entities) {
    const row = known.get(statusKey({ entityType: asked.entity_type, entityId: asked.entity_id }));
    if (row && isSeen(ctx, row.propertyId)) found.push({ asked, row });
    else missing.push(asked);
  }
  return { found, missing };
}
