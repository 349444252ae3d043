import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Context, Parts } from "../../src/core/context.ts";
import { outgoing, type Topic, type Work } from "../../src/core/outbox.ts";
import { systemContext } from "../../src/core/start-context.ts";
import { outbox } from "../../src/db/schema/outgoing.ts";
import { consume } from "../../src/queues/index.ts";
import { db } from "./factories.ts";

const silentQueue = { send: async () => {}, sendBatch: async () => {} };

/** The bindings with queues that deliver nothing: a test says itself when a message arrives. */
export const quietEnv: Env = new Proxy(env, {
  get(target, name) {
    const isQueue = ["RESMAN_SYNC", "NOTIFICATIONS", "WEBHOOK_DELIVERIES", "PROJECTIONS"].includes(
      String(name),
    );
    return isQueue ? silentQueue : Reflect.get(target, name);
  },
});

/** A context of the company as a worker of a queue has it, with silent queues. */
export async function aContext(companyId: string, parts: Parts = {}): Promise<Context> {
  const ctx = await systemContext(quietEnv, companyId, "test", (work) => void work.catch(() => {}), parts);
  if (!ctx) throw new Error(`there is no company ${companyId}`);
  return ctx;
}

/** Writes outgoing work as a committed change would have, and wakes nobody. */
export async function owe(companyId: string, ...work: Work[]): Promise<void> {
  const ctx = await aContext(companyId);
  for (const item of work) await outgoing(ctx, item);
}

/** What became of a queue message: done with, or to come again. */
export type Delivery = "acked" | "retried";

/** One message of a topic's queue arrives for a key. */
export async function deliver(
  companyId: string,
  { topic, key }: Pick<Work, "topic" | "key">,
  parts: Parts = {},
): Promise<Delivery> {
  const message = { id: uuidv7(), timestamp: new Date(), attempts: 1, body: { companyId, key } };
  const batch = createMessageBatch(topic, [message]);
  const execution = createExecutionContext();
  await consume(batch, quietEnv, execution, parts);
  const { explicitAcks } = await getQueueResult(batch, execution);
  return explicitAcks.includes(message.id) ? "acked" : "retried";
}

/** Delivers everything that a company owes on a topic, each key once. */
export async function deliverAll(companyId: string, topic: Topic, parts: Parts = {}): Promise<void> {
  const rows = await db
    .selectDistinct({ key: outbox.key })
    .from(outbox)
    .where(and(eq(outbox.companyId, companyId), eq(outbox.topic, topic), eq(outbox.status, "pending")));
  for (const { key } of rows) await deliver(companyId, { topic, key }, parts);
}

/** Lets the time pass that waiting rows of a company still have to wait. */
export async function passWaits(companyId: string): Promise<void> {
  await db
    .update(outbox)
    .set({ nextAttemptAt: new Date(0), leaseUntil: null })
    .where(and(eq(outbox.companyId, companyId), eq(outbox.status, "pending")));
}

export function owed(companyId: string, topic: Topic) {
  return db
    .select()
    .from(outbox)
    .where(and(eq(outbox.companyId, companyId), eq(outbox.topic, topic)))
    .orderBy(outbox.id);
}
