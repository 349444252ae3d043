import { and, asc, eq, gte, lte, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { audit } from "../../../core/audit.ts";
import type { Context } from "../../../core/context.ts";
import { AppError, invalidFields } from "../../../core/errors.ts";
import { type Nudge, nudge } from "../../../core/outbox.ts";
import { databaseFor } from "../../../db/client.ts";
import { statusEntities, statusTransitions } from "../../../db/schema/status.ts";
import { statusWebhooks, webhookDeliveries } from "../../../db/schema/webhooks.ts";
import { entityIdOf } from "../status-of.ts";
import { messageOfPast } from "./message.ts";
import { topic } from "./pending.ts";
import { getWebhook } from "./queries.ts";
import type { Recovery } from "./schemas.ts";
import { deliveryStatements, keysOf, renewalStatements, wants } from "./write-deliveries.ts";

const minuteMs = 60_000;
const windowMs = 30 * 24 * 60 * minuteMs;
/** For clocks that differ and calls that take their time. */
const slackMs = 5 * minuteMs;
const mostAtOnce = 10_000;
const pageSize = 500;
/** More receivers' work than this is left to the sweep. */
const mostNudges = 100;

export type Recovered = { since: Date; until: Date; failed: number; missed: number; hasMore: boolean };

type Span = { since: Date; until: Date };

/**
 * Queues all messages of a span of time that never got through: deliveries that were given up or cancelled, and status
 * changes of which none was ever made because the receiver was switched off or not yet registered. What got through
 * or is on its way is left alone. The oldest ten thousand; they are sent in the background.
 */
export async function recoverDeliveries(ctx: Context, id: string, input: Recovery): Promise<Recovered> {
  const { webhook } = await getWebhook(ctx, id);
  const now = ctx.now();
  const span = { since: input.since, until: input.until ?? now };
  requireSpan(span, now);
  if (!webhook.isActive) throw new AppError("CONFLICT", "The webhook is switched off: switch it on first");
  const missed = webhook.events.includes("status_changed") ? await queueMissed(ctx, id, span) : nothing;
  const failed = await queueFailed(ctx, id, span, mostAtOnce - missed.count);
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

type Queued = { count: number; keys: Nudge[] };
const nothing: Queued = { count: 0, keys: [] };

async function queueFailed(ctx: Context, id: string, span: Span, most: number): Promise<Queued> {
  const db = databaseFor(ctx.env, ctx.companyId);
  const receiver = { companyId: ctx.companyId, webhookId: id };
  const [renewed, told] = await db.batch(
    renewalStatements(db, receiver, { ...span, run: ctx.newId(), most, realNow: Date.now() }),
  );
  return { count: renewed?.meta.changes ?? 0, keys: keysOf(told) };
}

async function queueMissed(ctx: Context, id: string, { since, until }: Span): Promise<Queued> {
  const db = databaseFor(ctx.env, ctx.companyId);
  const queued: Queued = { count: 0, keys: [] };
  for (let from = since; queued.count < mostAtOnce;) {
    const messages = await missedPage(ctx, id, { since: from, until });
    const statements = deliveryStatements(db, messages, Date.now(), id);
    const [made, told] = statements.length > 0 ? await db.batch(statements) : [];
    const count = made?.meta.changes ?? 0;
    queued.count += count;
    queued.keys.push(...keysOf(told));
    const last = messages.at(-1);
    if (!last || count === 0) break;
    // What has just been made is not missed any more, so a time seen twice gives nothing twice.
    from = new Date(last.at);
  }
  return queued;
}

async function missedPage(ctx: Context, id: string, { since, until }: Span) {
  const [t, e, d] = [statusTransitions, statusEntities, webhookDeliveries];
  const w = alias(statusWebhooks, "w");
  const status = "status_transitions";
  const wanted = wants(
    "'status_changed'",
    `${status}.entity_type`,
    `${status}.to_status`,
    `${status}.property_id`,
  );
  const made = ctx.db
    .select({ id: d.id })
    .from(d)
    .where(and(eq(d.companyId, t.companyId), eq(d.webhookId, id), eq(d.id, t.transitionId)));
  const rows = await ctx.db
    .select({ transition: t, entityIdKind: e.entityIdKind })
    .from(t)
    .innerJoin(w, and(eq(w.companyId, t.companyId), eq(w.id, id), sql.raw(wanted)))
    .innerJoin(
      e,
      and(eq(e.companyId, t.companyId), eq(e.entityType, t.entityType), eq(e.entityId, t.entityId)),
    )
    .where(
      and(
        eq(t.companyId, ctx.companyId),
        gte(t.at, since),
        lte(t.at, until),
        eq(t.kind, "change"),
        notExists(made),
      ),
    )
    .orderBy(asc(t.at), asc(t.transitionId))
    .limit(pageSize);
  return rows.map(({ transition, entityIdKind }) =>
    messageOfPast({ ...transition, entityId: entityIdOf({ entityId: transition.entityId, entityIdKind }) }),
  );
}
