import { and, asc, eq, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { analyticsEvents } from "../../db/schema/analytics.ts";
import {
  type AmplitudeAccess,
  type AmplitudeEvent,
  limits,
  type Upload,
  uploadEvents,
} from "../../integrations/amplitude/client.ts";
import { findAmplitudeAccess } from "../companies/vendor-access.ts";

type EventRow = typeof analyticsEvents.$inferSelect;

/** Well under the time a row of the outbox may be held. */
const longestMs = 20_000;

/**
 * Hands everything that waits to Amplitude, oldest first. Sent again after a lost answer, Amplitude knows it by its
 * `insert_id`. Answers after how many ms there is more to do, null when nothing waits any more.
 */
export async function forwardEvents(ctx: Context): Promise<{ waitMs: number | null }> {
  const access = await findAmplitudeAccess(ctx);
  if (!access) {
    await mark(ctx, "none");
    return { waitMs: null };
  }
  const until = Date.now() + longestMs;
  let most = limits.events;
  while (Date.now() < until) {
    const batch = fitting(await waiting(ctx, most));
    if (batch.length === 0) return { waitMs: null };
    const upload = await uploadEvents(access, batch.map(eventOf));
    const waitMs = await settle(ctx, access, batch, upload);
    if (waitMs !== null) return { waitMs };
    if (upload.outcome === "too_large") most = Math.max(1, Math.floor(batch.length / 2));
  }
  return { waitMs: 0 };
}

/** What follows from Amplitude's answer; a number where it wants us to wait. */
async function settle(
  ctx: Context,
  access: AmplitudeAccess,
  batch: EventRow[],
  upload: Upload,
): Promise<number | null> {
  switch (upload.outcome) {
    case "taken":
      await mark(ctx, "sent", batch);
      return null;
    case "refused":
      ctx.log.warn("Amplitude refused events", { refused: upload.places.length, of: batch.length });
      await mark(
        ctx,
        "refused",
        batch.filter((_row, place) => upload.places.includes(place)),
      );
      return null;
    case "too_large":
      if (batch.length === 1) await mark(ctx, "refused", batch);
      return null;
    case "throttled":
      await sendOthers(ctx, access, batch, upload.places);
      return upload.waitMs;
  }
}

/** One busy visitor need not keep the others waiting. */
async function sendOthers(
  ctx: Context,
  access: AmplitudeAccess,
  batch: EventRow[],
  throttled: number[],
): Promise<void> {
  const others = batch.filter((_row, place) => !throttled.includes(place));
  if (throttled.length === 0 || others.length === 0) return;
  const upload = await uploadEvents(access, others.map(eventOf));
  if (upload.outcome === "taken") await mark(ctx, "sent", others);
}

function waiting(ctx: Context, most: number): Promise<EventRow[]> {
  return ctx.db
    .select()
    .from(analyticsEvents)
    .where(isWaiting(ctx))
    .orderBy(asc(analyticsEvents.id))
    .limit(most);
}

function isWaiting(ctx: Context) {
  // In so many words, for the index that holds nothing else.
  return and(eq(analyticsEvents.companyId, ctx.companyId), sql`${analyticsEvents.forwarding} = 'pending'`);
}

/** As many of the first as fit into one request. */
function fitting(rows: EventRow[]): EventRow[] {
  let bytes = 0;
  const end = rows.findIndex((row) => (bytes += byteLength(JSON.stringify(eventOf(row))) + 1) > limits.bytes);
  return end < 0 ? rows : rows.slice(0, Math.max(1, end));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Without events: all that wait. */
async function mark(ctx: Context, forwarding: EventRow["forwarding"], rows?: EventRow[]): Promise<void> {
  const ids = rows && JSON.stringify(rows.map((row) => row.insertId));
  await ctx.db
    .update(analyticsEvents)
    .set({ forwarding })
    .where(
      and(
        isWaiting(ctx),
        ids === undefined
          ? undefined
          : sql`${analyticsEvents.insertId} in (select value from json_each(${ids}))`,
      ),
    );
}

/** Ids of ours and what the page told; nothing by which a person could be known. */
function eventOf(row: EventRow): AmplitudeEvent {
  return {
    insert_id: row.insertId,
    event_type: row.eventType,
    ...(row.userId === null ? {} : { user_id: row.userId }),
    device_id: row.deviceId ?? row.conversationId,
    time: row.occurredAt.getTime(),
    event_properties: {
      ...row.facts,
      conversation_id: row.conversationId,
      property_id: row.propertyId,
      session_id: row.sessionId || null,
    },
  };
}
