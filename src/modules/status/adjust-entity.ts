import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import type { StatusView } from "../../durable/status-machine/protocol.ts";
import { adjustStatus, machineOf } from "./adjust-status.ts";
import { companyOf, requireChangeable, unknownEntity } from "./reach.ts";
import { aboutEntity } from "./records.ts";
import type { Adjustments, EntityPath } from "./schemas.ts";

/**
 * Gives an entity another priority or another promised date where it stands; time already used stays used. Throws
 * ENTITY_NOT_FOUND, 403 where the caller may only read, 409 for records whose dates are part of more, and 422 for a
 * date where nothing is due any more.
 */
export async function adjustEntity(
  ctx: Context,
  { entity_type: entityType, entity_id: entityId }: EntityPath,
  { priority, due_at: dueAt }: Adjustments,
): Promise<StatusView> {
  const ref = { entityType, entityId, companyId: companyOf(ctx) };
  const known = await machineOf(ctx, ref).current(ctx.now().getTime());
  if (!known || known.archivedAt !== null) throw unknownEntity();
  requireChangeable(ctx, known.propertyId);
  await aboutEntity(ctx, ref);
  if (dueAt !== undefined && known.isFinal)
    throw invalidFields([{ field: "due_at", message: `${known.status} is final: nothing is due` }]);
  return adjustStatus(
    ctx,
    ref,
    { ...(priority === undefined ? {} : { priority }), ...(dueAt === undefined ? {} : { dueAt }) },
    { isAudited: true },
  );
}
