import type { Context } from "../../core/context.ts";
import { checkCompany, type CheckPlace } from "./check-company.ts";

/** One page of the nightly comparison: what differs is mended and told in the log. Nothing is expected to. */
export async function checkNightly(ctx: Context, place: CheckPlace | null): Promise<CheckPlace | null> {
  const { drifts, next, checked, rollupDifferences } = await checkCompany(
    ctx.env,
    ctx.companyId,
    place,
    true,
  );
  for (const { entityType, entityId, differences } of drifts)
    ctx.log.warn("a status projection had drifted", {
      entity: `${entityType}:${entityId}`,
      differences: differences.slice(0, 10),
    });
  if (rollupDifferences) ctx.log.warn("status sums were mended", { rollupDifferences });
  if (next) return next;
  const found = { checked: (place?.checked ?? 0) + checked, drifted: (place?.drifted ?? 0) + drifts.length };
  if (found.drifted > 0) ctx.log.warn("status projections were mended", found);
  return null;
}
