import { and, eq, ne, sql } from "drizzle-orm";
import * as z from "zod";
import type { Context } from "../core/context.ts";
import { AppError } from "../core/errors.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { leads } from "../db/schema/conversations.ts";
import { outbox } from "../db/schema/outgoing.ts";
import { isUnknownSource } from "../integrations/resman/call-resman.ts";
import { resmanPms } from "../integrations/resman/resman-pms.ts";
import { UpstreamError } from "../integrations/vendor.ts";
import { findResmanAccess } from "../modules/companies/vendor-access.ts";
import { staffNotice } from "../modules/lead-notifications/staff-notice.ts";
import { isPushable, leadName } from "../modules/leads/lead-work.ts";
import { hasNews, loadPush, type LeadRow } from "../modules/resman/load-push.ts";
import { pushToResman } from "../modules/resman/push-to-resman.ts";
import { GateShut, throughGate } from "../modules/resman/through-gate.ts";
import { Hopeless, NotNow, type OnParked } from "./drain.ts";

const Payload = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("lead"), lead_id: z.string() }),
  z.object({ kind: z.literal("tour"), tour_id: z.string() }),
]);

/**
 * Brings ResMan up to a lead's present state, whatever the row was once written for: the person first, then lost or
 * back, then the tours.
 */
export async function syncResman(ctx: Context, row: OutboxRow): Promise<void> {
  const payload = Payload.safeParse(row.payload);
  if (!payload.success) throw new Hopeless(`sync of unknown shape: ${payload.error.message}`);
  const tourId = payload.data.kind === "tour" ? payload.data.tour_id : null;
  const push = await loadPush(ctx, leadOf(row), tourId);
  if (!push) return;
  const { lead, property } = push;
  const access = property.resmanPropertyId ? await findResmanAccess(ctx, property.resmanPropertyId) : null;
  if (!access || !isPushable(lead)) return settle(ctx, row, lead, "waiting");
  if (!hasNews(push)) return settle(ctx, row, lead, "synced");
  try {
    await throughGate(ctx, lead.id, access, (paced) => pushToResman(ctx, resmanPms(paced), push));
  } catch (error) {
    // An outage is nobody's fault: once the breaker knows of it, waiting for its end counts as no try.
    if (error instanceof GateShut) throw new NotNow(error.retryAfterMs);
    const reason = sayingOf(error);
    if (error instanceof UpstreamError) ctx.log.warn(reason, { leadId: lead.id, detail: error.detail });
    await keepError(ctx, lead, reason);
    throw isHopeless(error) ? new Hopeless(reason, { cause: error }) : new Error(reason, { cause: error });
  }
  await settle(ctx, row, lead, "synced");
}

/**
 * Nothing is lost: a lead whose sync was given up says so, and so do the people of its property. The row stands for
 * all that wait behind it, since whoever runs it again looks at the lead as it is then.
 */
export const onSyncParked: OnParked = async (ctx, row, reason) => {
  const push = await loadPush(ctx, leadOf(row), null);
  if (!push) return { statements: [], work: [] };
  const { lead } = push;
  const notice = staffNotice({
    dedupeKey: `resman_sync_failed:${row.id}:${Date.now()}`,
    type: "resman_sync_failed",
    propertyId: lead.propertyId,
    leadId: lead.id,
    conversationId: lead.conversationId,
    title: `ResMan has not taken ${leadName(lead)}`,
    body: `${reason}. Try again once that is mended.`,
    payload: { lead_id: lead.id, retry: "/api/resman/leads/sync" },
  });
  return {
    statements: [
      ctx.db
        .update(leads)
        .set({ resmanSyncStatus: "failed", resmanSyncError: reason })
        .where(isLead(ctx, lead)),
      ctx.db
        .update(outbox)
        .set({ status: "done", doneAt: new Date() })
        .where(and(isSameWork(row), eq(outbox.status, "pending"))),
    ],
    work: [notice],
  };
};

/** What cannot change by itself: it takes a person. */
function isHopeless(error: unknown): boolean {
  return error instanceof AppError || (error instanceof UpstreamError && !error.retryable);
}

/** For the staff: never the vendor's own words, which may hold anything. */
function sayingOf(error: unknown): string {
  if (isUnknownSource(error)) return "ResMan does not know the property's lead source: choose another one";
  if (error instanceof UpstreamError) return error.publicMessage;
  return error instanceof Error ? error.message : String(error);
}

async function keepError(ctx: Context, lead: LeadRow, reason: string): Promise<void> {
  await ctx.db.update(leads).set({ resmanSyncError: reason }).where(isLead(ctx, lead));
}

/** A lead that changed since it was read stays pending: its own row follows. What was given up before is made good. */
async function settle(
  ctx: Context,
  row: OutboxRow,
  lead: LeadRow,
  status: "waiting" | "synced",
): Promise<void> {
  const syncedAt = status === "synced" ? { resmanSyncedAt: ctx.now() } : {};
  await ctx.db.batch([
    ctx.db
      .update(leads)
      .set({
        resmanSyncStatus: sql`case when ${leads.version} = ${lead.version} then ${status} else ${leads.resmanSyncStatus} end`,
        resmanSyncError: null,
        ...syncedAt,
      })
      .where(isLead(ctx, lead)),
    ctx.db
      .update(outbox)
      .set({ status: "done", doneAt: new Date() })
      .where(and(isSameWork(row), eq(outbox.status, "parked"))),
  ]);
}

/** Rows of this topic are keyed by their lead. */
function leadOf(row: OutboxRow): string {
  return row.key.replace(/^lead:/, "");
}

function isLead(ctx: Context, lead: LeadRow) {
  return and(eq(leads.companyId, ctx.companyId), eq(leads.id, lead.id));
}

/** The other rows of the same lead. */
function isSameWork(row: OutboxRow) {
  return and(
    eq(outbox.companyId, row.companyId),
    eq(outbox.topic, row.topic),
    eq(outbox.key, row.key),
    ne(outbox.id, row.id),
  );
}
