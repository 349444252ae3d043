import type { Context, Parts } from "../core/context.ts";
import { openLog } from "../core/log.ts";
import type { Nudge, OutboxRow, Topic } from "../core/outbox.ts";
import { systemContext } from "../core/start-context.ts";
import { drain } from "./drain.ts";
import { notify } from "./notifications.ts";
import { project } from "./projections.ts";
import { syncResman } from "./resman-sync.ts";
import { Nudge as NudgeShape } from "./nudge.ts";

/** Does the work of one outbox row. It may run again after it succeeded, so it looks before it acts. */
export type Worker = (ctx: Context, row: OutboxRow) => Promise<void>;

/** Topic to worker. A dead-letter queue holds only wake-up calls: the rows stay, and the sweep calls again. */
export const workers: Record<Topic, Worker> = {
  "resman-sync": syncResman,
  notifications: notify,
  projections: project,
  "webhook-deliveries": async () => {},
};

export async function consume(batch: MessageBatch<unknown>, env: Env, execution: ExecutionContext, parts: Parts = {}) {
  const topic = batch.queue.replace(/-dead$/, "") as Topic;
  const worker = workers[topic];
  await Promise.all(
    batch.messages.map(async (message) => {
      const nudge = NudgeShape.safeParse(message.body);
      if (!nudge.success) {
        openLog({ queue: batch.queue }).warn("message of unknown shape dropped", { id: message.id });
        return message.ack();
      }
      if (batch.queue.endsWith("-dead")) return message.ack();
      await work(topic, worker, nudge.data, env, execution, parts)
        .then(() => message.ack())
        .catch((error: unknown) => {
          openLog({ queue: batch.queue }).error("message failed", error, { id: message.id });
          message.retry({ delaySeconds: Math.min(600, 2 ** message.attempts) });
        });
    }),
  );
}

async function work(topic: Topic, worker: Worker, nudge: Nudge, env: Env, execution: ExecutionContext, parts: Parts) {
  const ctx = await systemContext(env, nudge.companyId, topic, (later) => execution.waitUntil(later), parts);
  if (ctx) await drain(ctx, topic, nudge.key, worker);
}
