import type { Parts } from "../core/context.ts";
import { openLog } from "../core/log.ts";
import { sendDueMail } from "../modules/email/send-due-mail.ts";
import { sweepDeliveries } from "../modules/lead-notifications/sweep-deliveries.ts";
import { sweepFollowUps } from "../modules/status-workflows/sweep-follow-ups.ts";
import { sweepOverdue } from "../modules/status/sweep-overdue.ts";
import { applyRetention } from "./apply-retention.ts";
import { checkProjections } from "./check-projections.ts";
import { resealSecrets } from "./reseal-secrets.ts";
import { sweepAnalytics } from "./sweep-analytics.ts";
import { sweepExpired } from "./sweep-expired.ts";
import { sweepExports } from "./sweep-exports.ts";
import { sweepOutbox } from "./sweep-outbox.ts";
import { sweepWebhooks } from "./sweep-webhooks.ts";

/** A job may run twice for the same tick and takes its time from `at`, in real milliseconds. */
export type Job = (env: Env, at: number, execution: ExecutionContext, parts: Parts) => Promise<void>;

const everyMinute: Record<string, Job> = {
  sweepOutbox,
  sweepClocks,
  sweepFollowUps,
  sweepDeliveries,
  sendScheduled,
};

/** Expression to jobs; the expressions are those of wrangler.toml. */
export const jobs: Record<string, Record<string, Job>> = {
  "* * * * *": everyMinute,
  "0 * * * *": { sweepExpired, sweepExports, resealSecrets },
  "30 8 * * *": { sweepAnalytics, sweepWebhooks, applyRetention, checkProjections },
};

/** Drafts and campaigns whose time has come. */
async function sendScheduled(env: Env, at: number, execution: ExecutionContext, parts: Parts): Promise<void> {
  await sendDueMail(env, at, (work) => execution.waitUntil(work), parts);
}

/** Deadlines whose alarm was lost. */
async function sweepClocks(env: Env, at: number): Promise<void> {
  const { woken, failed } = await sweepOverdue(env, at);
  if (woken + failed > 0) openLog({ job: "sweepClocks" }).warn("late clocks found", { woken, failed });
}

/** Runs every job of the expression; one that fails does not keep the others from running. */
export async function tick(
  controller: ScheduledController,
  env: Env,
  execution: ExecutionContext,
  parts: Parts = {},
) {
  for (const [name, job] of Object.entries(jobs[controller.cron] ?? {})) {
    const log = openLog({ cron: controller.cron, job: name });
    const startedAt = Date.now();
    try {
      await job(env, controller.scheduledTime, execution, parts);
      log.end({ ms: Date.now() - startedAt });
    } catch (error) {
      log.error("job failed", error);
    }
  }
}
