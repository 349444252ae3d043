import * as z from "zod";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { audit } from "../../core/audit.ts";
import { checkCompany, type CheckPlace } from "./check-company.ts";
import type { Rebuild } from "./projections.schemas.ts";
import { companyOf } from "./reach.ts";

export const CheckPlaceShape = z.object({
  source: z.int().min(0),
  day: z.int().min(0),
  entityType: z.string(),
  entityId: z.string(),
  checked: z.int(),
  drifted: z.int(),
});

const mostDifferences = 20;

/** One page of comparing a company's projection with its machines, mending it where asked. */
export async function rebuildProjections(ctx: Context, { repair, cursor }: Rebuild) {
  const done = await checkCompany(ctx.env, companyOf(ctx), placeOf(cursor ?? null), repair);
  if (repair && done.drifts.length > 0)
    await ctx.db.batch([
      audit(ctx, {
        action: "repair_projection",
        recordType: "status",
        recordId: ctx.companyId,
        after: { entities: done.drifts.map(({ entityType, entityId }) => `${entityType}:${entityId}`) },
      }),
    ]);
  return {
    checked: done.checked,
    drift: done.drifts.map(({ entityType, entityId, differences }) => ({
      entity_type: entityType,
      entity_id: entityId,
      differences: differences.slice(0, mostDifferences),
    })),
    rollup_drift: done.rollupDifferences,
    repaired: repair,
    next_cursor: done.next && JSON.stringify(done.next),
  };
}

function placeOf(cursor: string | null): CheckPlace | null {
  if (cursor === null) return null;
  try {
    return CheckPlaceShape.parse(JSON.parse(cursor));
  } catch {
    throw invalidFields([{ field: "cursor", message: "is no cursor of ours" }]);
  }
}
