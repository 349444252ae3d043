import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { notificationDeliveries } from "../../db/schema/notices.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { type Listener, listAudience } from "./audience.ts";
import { type ChosenChannel, chooseChannels } from "./choose-channels.ts";
import type { NotificationDetail, NotificationRow } from "./present.ts";
import { findNotification, getNotification } from "./queries.ts";
import type { Sending } from "./schemas.ts";
import { send, show, tellManagers } from "./tell-managers.ts";

const n = leadNotifications;
const d = notificationDeliveries;

/**
 * Sends a notification: to its reader by the channels he has chosen, or by those named; one for nobody in particular
 * to everybody who hears of its property. Sent again it does what has failed, and nothing twice.
 */
export async function sendNotification(
  ctx: Context,
  id: string,
  sending: Sending,
): Promise<NotificationDetail> {
  const row = await findNotification(ctx, id);
  requireWritable(ctx, row.propertyId);
  if (row.propertyManagerId === null) await sendToAll(ctx, row, sending);
  else await sendToReader(ctx, row, sending);
  return getNotification(ctx, id);
}

async function sendToAll(ctx: Context, row: NotificationRow, { channels }: Sending): Promise<void> {
  if (channels)
    throw invalidFields([
      { field: "channels", message: "go with one reader; of many each has chosen his own" },
    ]);
  const listeners = await tellManagers(ctx, {
    dedupeKey: row.dedupeKey,
    type: row.notificationType,
    propertyId: row.propertyId,
    title: row.title,
    body: row.body,
    conversationId: row.conversationId,
    leadId: row.leadId,
    payload: { ...row.payload, notification_id: row.id },
  });
  if (listeners === 0) throw new AppError("CONFLICT", "Nobody hears of this property, or of this type");
  await commit(ctx, [sent(ctx, row, false), audited(ctx, row, "everybody")]);
}

async function sendToReader(ctx: Context, row: NotificationRow, { channels }: Sending): Promise<void> {
  const [reader] = await listAudience(ctx, { ...row, managerId: row.propertyManagerId });
  if (!reader) throw new AppError("CONFLICT", "Its reader is no property manager any more");
  const now = ctx.now();
  const chosen =
    channels?.map((channel) => ({ channel, at: now })) ??
    chooseChannels({ type: row.notificationType }, reader.preferences, now);
  if (chosen.length === 0)
    throw new AppError("CONFLICT", "Its reader wants to hear of this by no channel; name one");
  const inApp = chosen.some(({ channel }) => channel === "in_app");
  await commit(ctx, [
    sent(ctx, row, inApp),
    ...leaving(ctx, row, reader, chosen),
    audited(
      ctx,
      row,
      chosen.map(({ channel }) => channel),
    ),
  ]);
  const after = await findNotification(ctx, row.id);
  if (inApp) await show(ctx, [{ row: after, happening: row.dedupeKey }]);
  await send(ctx, [row.id]);
}

/** What is in nobody's list counts as sent once something has left. */
function sent(ctx: Context, row: NotificationRow, inApp: boolean) {
  const now = ctx.now();
  const isSent = inApp || row.propertyManagerId === null;
  return ctx.db
    .update(n)
    .set({
      ...(inApp ? { inApp } : {}),
      ...(isSent
        ? {
            status: sql`case when ${n.status} in ('pending', 'failed') then 'sent' else ${n.status} end`,
            sentAt: sql`coalesce(${n.sentAt}, ${now.getTime()})`,
          }
        : { status: sql`case when ${n.status} = 'failed' then 'pending' else ${n.status} end` }),
      version: sql`${n.version} + 1`,
      updatedAt: now,
    })
    .where(and(eq(n.companyId, row.companyId), eq(n.id, row.id)));
}

function leaving(ctx: Context, row: NotificationRow, { email, phone }: Listener, chosen: ChosenChannel[]) {
  return chosen.flatMap(({ channel, at }) => {
    if (channel === "in_app") return [];
    const toAddress = channel === "email" ? email : phone;
    return ctx.db
      .insert(d)
      .values({
        id: ctx.newId(),
        companyId: row.companyId,
        notificationId: row.id,
        channel,
        toAddress,
        status: "waiting",
        dueAt: at,
        createdAt: ctx.now(),
      })
      .onConflictDoUpdate({
        target: [d.companyId, d.notificationId, d.channel],
        set: {
          status: "waiting",
          toAddress,
          dueAt: at,
          round: sql`${d.round} + 1`,
          text: null,
          handedAt: null,
          mailId: null,
          error: null,
        },
        setWhere: sql`${d.status} in ('failed', 'skipped') or exists (
          select 1 from mails where mails.id = ${d.mailId} and mails.status = 'failed')`,
      });
  });
}

function audited(ctx: Context, row: NotificationRow, by: string | string[]) {
  return audit(ctx, {
    action: "send",
    recordType: "lead_notification",
    recordId: row.id,
    companyId: row.companyId,
    before: { status: row.status },
    after: { by },
  });
}
