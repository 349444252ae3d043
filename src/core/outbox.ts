import type { BatchItem, BatchResponse } from "drizzle-orm/batch";
import { outbox } from "../db/schema/outgoing.ts";
import type { Context } from "./context.ts";

export type Topic = (typeof outbox.$inferInsert)["topic"];
export type OutboxRow = typeof outbox.$inferSelect;

/** What travels on a queue: whose rows to look at, nothing else. */
export type Nudge = { companyId: string; key: string };

export type Work = {
  topic: Topic;
  /** Rows of one topic and key are worked one after another, oldest first. */
  key: string;
  payload: Record<string, unknown>;
  /** Names the happening: the same one written twice is one row. */
  dedupeKey: string;
  /** Whose work it is, where that is not the context's company. */
  companyId?: string;
  /** Not to be begun before this moment, in real time. */
  notBefore?: Date;
};

type Statement = BatchItem<"sqlite">;

/**
 * Commits, then tells: the change and the outbox rows of everything it must cause are one atomic write; the
 * queues are nudged after it. A nudge that fails is logged and forgotten, the sweep finds the rows.
 */
export async function commit<First extends Statement, Statements extends Readonly<[First, ...Statement[]]>>(
  ctx: Context,
  statements: Statements,
  work: Work[] = [],
): Promise<BatchResponse<Statements>> {
  const rows = work.map((item) => outgoing(ctx, item));
  const results = await ctx.db.batch([...statements, ...rows] as unknown as Statements);
  if (work.length > 0) ctx.defer(nudge(ctx.env, ctx.companyId, work));
  return results;
}

/** The outbox row of a piece of work; the same happening told twice is one row. */
export function outgoing(ctx: Pick<Context, "db" | "companyId" | "newId">, work: Work) {
  const now = new Date();
  return ctx.db
    .insert(outbox)
    .values({
      id: ctx.newId(),
      companyId: work.companyId ?? ctx.companyId,
      topic: work.topic,
      key: work.key,
      payload: work.payload,
      dedupeKey: work.dedupeKey,
      nextAttemptAt: work.notBefore ?? now,
      createdAt: now,
    })
    .onConflictDoNothing();
}

/** Wakes the consumers of these pieces of work, each key once. */
export async function nudge(
  env: Env,
  companyId: string,
  work: Pick<Work, "topic" | "key" | "companyId" | "notBefore">[],
): Promise<void> {
  const keys = new Map(
    work.map((item) => [`${item.topic} ${item.companyId ?? companyId} ${item.key}`, item]),
  );
  await Promise.all(
    [...keys.values()].map((item) =>
      queueOf(env, item.topic).send(
        { companyId: item.companyId ?? companyId, key: item.key },
        { delaySeconds: secondsUntil(item.notBefore) },
      ),
    ),
  );
}

/** At most the hours that a queue can wait. */
function secondsUntil(at: Date | undefined): number {
  return at ? Math.min(43_200, Math.max(0, Math.ceil((at.getTime() - Date.now()) / 1000))) : 0;
}

function queueOf(env: Env, topic: Topic): Queue<Nudge> {
  switch (topic) {
    case "resman-sync":
      return env.RESMAN_SYNC;
    case "notifications":
      return env.NOTIFICATIONS;
    case "webhook-deliveries":
      return env.WEBHOOK_DELIVERIES;
    case "projections":
      return env.PROJECTIONS;
  }
}
