import { sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import { outbox } from "../../db/schema/outgoing.ts";

type Due = { id: string; dueAt: Date };

/** A sweep looks this far ahead, so that what falls due between two sweeps is rung to the second. */
export const lookAheadMs = 90_000;

/** The statement that has a follow-up looked at when it falls due; null for one that a later sweep will see. */
export function followUpWork(ctx: Context, { id, dueAt }: Due) {
  const waitMs = dueAt.getTime() - ctx.now().getTime();
  if (waitMs > lookAheadMs) return null;
  const { topic, key, payload, dedupeKey } = workOf(id);
  const realNow = Date.now();
  const nextAttemptAt = new Date(realNow + Math.max(0, waitMs));
  return ctx.db
    .insert(outbox)
    .values({
      id: ctx.newId(),
      companyId: ctx.companyId,
      topic,
      key,
      payload,
      dedupeKey,
      nextAttemptAt,
      createdAt: new Date(realNow),
    })
    .onConflictDoUpdate({
      target: [outbox.companyId, outbox.topic, outbox.dedupeKey],
      set: { nextAttemptAt },
      // The company's clock may have been set forward since.
      setWhere: sql`${outbox.status} = 'pending' and ${outbox.attempts} = 0
        and ${outbox.nextAttemptAt} > ${nextAttemptAt.getTime()}`,
    });
}

/** Rings when it is due. Lost, it is found by the sweep. */
export async function wakeFollowUp(ctx: Context, { id, dueAt }: Due): Promise<void> {
  const waitMs = Math.max(0, dueAt.getTime() - ctx.now().getTime());
  const nudge = { companyId: ctx.companyId, key: workOf(id).key };
  await ctx.env.PROJECTIONS.send(nudge, { delaySeconds: Math.ceil(waitMs / 1000) });
}

function workOf(id: string): Work {
  return {
    topic: "projections",
    key: `follow_up:${id}`,
    payload: { kind: "follow_up_due", follow_up_id: id },
    dedupeKey: `follow_up:${id}`,
  };
}
