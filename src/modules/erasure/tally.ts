import type { Context } from "../../core/context.ts";
import { databaseFor } from "../../db/client.ts";

export type Blanking = { kind: string; statement: D1PreparedStatement };

/**
 * Runs statements as one write and adds to the receipt what each changed. The count is taken in the same write, so
 * that a step that is run again after a crash counts nothing twice.
 */
export async function runTallied(
  ctx: Context,
  erasureId: string,
  blankings: Blanking[],
  last: D1PreparedStatement[] = [],
): Promise<void> {
  const db = databaseFor(ctx.env, ctx.companyId);
  const tally = (kind: string) =>
    db
      .prepare(
        `update erasures set receipt = json_set(receipt, '$.' || ?2, coalesce(receipt->>('$.' || ?2), 0) + changes())
         where id = ?1 and changes() > 0`,
      )
      .bind(erasureId, kind);
  await db.batch([...blankings.flatMap(({ kind, statement }) => [statement, tally(kind)]), ...last]);
}
