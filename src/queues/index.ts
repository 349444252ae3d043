import type { Parts } from "../core/context.ts";
import { openLog } from "../core/log.ts";
import type { Nudge, Topic } from "../core/outbox.ts";
import { systemContext } from "../core/start-context.ts";
import { drain, type OnParked, type Worker } from "./drain.ts";
import { onLeadWorkflowParked } from "./lead-workflows.ts";
import { notify, onNotificationParked } from "./notifications.ts";
import { project } from "./projections.ts";
import { onSyncParked, syncResman } from "./resman-sync.ts";
import { Nudge as NudgeShape } from "./nudge.ts";
import { onWebhookParked, sendWebhook } from "./webhook-deliveries.ts";

/** Topic to worker. A dead-letter queue holds only wake-up calls: the rows stay, and the sweep calls again. */
export const workers: Record<Topic, Worker> = {
  "resman-sync": syncResman,
  notifications: notify,
  projections: project,
  "webhook-deliveries": sendWebhook,
};

/** Who is told, topic by topic, when a row is given up. */
const partings: Partial<Record<Topic, OnParked>> = {
  "resman-sync": onSyncParked,
  notifications: onNotificationParked,
  projections: onLeadWorkflowParked,
  "webhook-deliveries": onWebhookParked,
};

/** Up to this wait the queue itself calls again; for longer ones the sweep does. */
const longestDelayMs = 60_000;

export async function consume(
  batch: MessageBatch<unknown>,
  env: Env,
  execution: ExecutionContext,
  parts: Parts = {},
) {
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
        .then((waitMs) =>
          waitMs !== null && waitMs <= longestDelayMs
            ? message.retry({ delaySeconds: Math.ceil(waitMs / 1000) })
            : message.ack(),
        )
        .catch((error: unknown) => {
          openLog({ queue: batch.queue }).error("message failed", error, { id: message.id });
          message.retry({ delaySeconds: Math.min(600, 2 ** message.attempts) });
        });
    }),
  );
}

async function work(
  topic: Topic,
  worker: Worker,
  nudge: Nudge,
  env: Env,
  execution: ExecutionContext,
  parts: Parts,
) {
  const ctx = await systemContext(env, nudge.companyId, topic, (later) => execution.waitUntil(later), parts);
  return ctx ? drain(ctx, topic, nudge.key, worker, partings[topic]) : null;
}
