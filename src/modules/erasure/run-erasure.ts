import { and, eq } from "drizzle-orm";
import * as z from "zod";
import type { Context } from "../../core/context.ts";
import { databaseFor } from "../../db/client.ts";
import { erasures } from "../../db/schema/access.ts";
import { blankRecords } from "./blank-records.ts";
import { castNet } from "./cast-net.ts";
import { dropExports } from "./drop-exports.ts";
import { dropOutgoing } from "./drop-outgoing.ts";
import { findSubject } from "./find-subject.ts";
import { forgetObjects } from "./forget-objects.ts";
import { runTallied } from "./tally.ts";

/** How far an erasure has come. */
export const ErasurePlace = z.discriminatedUnion("step", [
  z.object({ step: z.literal("objects"), from: z.int() }),
  z.object({ step: z.literal("outgoing") }),
  z.object({ step: z.literal("mentions"), table: z.int(), after: z.int() }),
  z.object({ step: z.literal("records") }),
]);
export type ErasurePlace = z.infer<typeof ErasurePlace>;

export function workKeyOf(erasureId: string): string {
  return `erasure:${erasureId}`;
}

/**
 * Does one step of an erasure and answers the next, null when it is over. Each step may be run again: what is found
 * by the person's words comes before the rows that hold them are blanked, and those are blanked in one write.
 */
export async function stepErasure(
  ctx: Context,
  erasureId: string,
  place: ErasurePlace | null,
): Promise<ErasurePlace | null> {
  const erasure = await findPending(ctx, erasureId);
  if (!erasure) return null;
  const subject = await findSubject(ctx, erasure.userId);
  const now = place ?? { step: "objects", from: 0 };
  switch (now.step) {
    case "objects": {
      const from = await forgetObjects(ctx, subject, now.from);
      return from === null ? { step: "outgoing" } : { step: "objects", from };
    }
    case "outgoing":
      await runTallied(ctx, erasureId, dropOutgoing(ctx, subject, workKeyOf(erasureId)));
      return { step: "mentions", table: 0, after: 0 };
    case "mentions": {
      const next = await castNet(ctx, erasureId, subject.words, now);
      return next ? { step: "mentions", ...next } : { step: "records" };
    }
    case "records":
      await runTallied(
        ctx,
        erasureId,
        [...blankRecords(ctx, subject), ...dropExports(ctx)],
        [finish(ctx, erasureId)],
      );
      return null;
  }
}

async function findPending(ctx: Context, id: string) {
  const [row] = await ctx.db
    .select({ userId: erasures.userId })
    .from(erasures)
    .where(and(eq(erasures.companyId, ctx.companyId), eq(erasures.id, id), eq(erasures.status, "pending")));
  return row;
}

function finish(ctx: Context, erasureId: string): D1PreparedStatement {
  return databaseFor(ctx.env, ctx.companyId)
    .prepare("update erasures set status = 'done', finished_at = ?2 where id = ?1")
    .bind(erasureId, Date.now());
}
