import { audit } from "../../../core/audit.ts";
import type { Context } from "../../../core/context.ts";
import { AppError, invalidFields } from "../../../core/errors.ts";
import { type Nudge, nudge } from "../../../core/outbox.ts";
import { type D1Handle, databaseFor } from "../../../db/client.ts";
import type { Recovery } from "./delivery-schemas.ts";
import { topic } from "./pending.ts";
import { getWebhook } from "./queries.ts";
import { keysOf, missedStatements, renewalStatements } from "./write-deliveries.ts";

const minuteMs = 60_000;
const windowMs = 30 * 24 * 60 * minuteMs;
/** For clocks that differ and calls that take their time. */
const slackMs = 5 * minuteMs;
const mostAtOnce = 10_000;
/** More receivers' work than this is left to the sweep. */
const mostNudges = 100;

export type Recovered = { since: Date; until: Date; failed: number; missed: number; hasMore: boolean };

type Span = { since: Date; until: Date };

/**
 * Queues all messages of a span of time that never got through: deliveries that were given up or cancelled, and events
 * of which none was ever made because the receiver was switched off or not yet registered. What got through
 * or is on its way is left alone. The oldest ten thousand; they are sent in the background.
 */
export async function recoverDeliveries(ctx: Context, id: string, input: Recovery): Promise<Recovered> {
  const { webhook } = await getWebhook(ctx, id);
  const now = ctx.now();
  const span = { since: input.since, until: input.until ?? now };
  requireSpan(span, now);
  if (!webhook.isActive) throw new AppError("CONFLICT", "The webhook is switched off: switch it on first");
  const db = databaseFor(ctx.env, ctx.companyId);
  const receiver = { companyId: ctx.companyId, webhookId: id };
  const realNow = Date.now();
  const missed = await queue(db, missedStatements(db, receiver, { ...span, most: mostAtOnce, realNow }));
  const most = mostAtOnce - missed.count;
  const run = ctx.newId();
  const failed = await queue(db, renewalStatements(db, receiver, { ...span, most, realNow, run }));
  const work = [...missed.keys, ...failed.keys].slice(0, mostNudges).map(({ key }) => ({ topic, key }));
  ctx.defer(nudge(ctx.env, ctx.companyId, work));
  const counts = { failed: failed.count, missed: missed.count };
  const recovered = { ...span, ...counts, hasMore: missed.count + failed.count >= mostAtOnce };
  await audit(ctx, { action: "recover", recordType: "webhook", recordId: id, after: recovered });
  return recovered;
}

function requireSpan({ since, until }: Span, now: Date): void {
  if (since.getTime() < now.getTime() - windowMs - slackMs)
    throw invalidFields([{ field: "since", message: "must be within the last 30 days" }]);
  if (since >= until)
    throw invalidFields([{ field: "since", message: "must be before until, and in the past" }]);
}

async function queue(
  db: D1Handle,
  statements: D1PreparedStatement[],
): Promise<{ count: number; keys: Nudge[] }> {
  const [queued, told] = await db.batch(statements);
  return { count: queued?.meta.changes ?? 0, keys: keysOf(told) };
}
