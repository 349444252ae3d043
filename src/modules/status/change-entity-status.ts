import type { Context } from "../../core/context.ts";
import { changeStatus, type StatusChanged } from "./change-status.ts";
import { aboutEntity } from "./records.ts";
import type { StatusChange } from "./schemas.ts";

/** Moves any entity, as 004 has it. What the machine refuses is thrown under 004's codes. */
export async function changeEntityStatus(ctx: Context, change: StatusChange): Promise<StatusChanged> {
  const ref = { entityType: change.entity_type, entityId: change.entity_id };
  const { expected_from_status: expected, change_id: changeId } = change;
  return changeStatus(ctx, {
    ...ref,
    ...(await aboutEntity(ctx, ref, change.property_id)),
    toStatus: change.to_status,
    reason: change.transition_reason ?? null,
    businessContext: change.business_context ?? {},
    metadata: change.metadata ?? {},
    isAudited: true,
    ...(expected === undefined ? {} : { expectedFromStatus: expected }),
    ...(changeId === undefined ? {} : { changeId }),
  });
}
