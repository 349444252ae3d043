import { and, eq, getTableColumns, inArray, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { notificationDeliveries } from "../../db/schema/notices.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { properties, propertyManagers } from "../../db/schema/properties.ts";
import { UpstreamError } from "../../integrations/vendor.ts";
import { NotNow } from "../../queues/drain.ts";
import { mailRow } from "../email/queue-mail.ts";
import { type NoticeWords, smsWords, subjectWords } from "./notice-words.ts";
import { findSmsSender } from "./sms-sender.ts";

const d = notificationDeliveries;
const n = leadNotifications;
const m = propertyManagers;

export type Delivery = typeof d.$inferSelect;
type Found = {
  delivery: Delivery;
  notification: typeof n.$inferSelect;
  propertyName: string | null;
  /** Whether its reader still works here. */
  isHere: boolean;
};

const longestWaitMs = 60_000;
const optedOut = "This number has answered STOP to our text messages; START makes it take them again";

/**
 * Has one notification leave by mail or text message, once. One that was read or archived before it was due stays
 * here, as does one whose reader has left. Throws NotNow before its time, and the vendor's UpstreamError where another try may mend it.
 */
export async function deliverNotification(ctx: Context, id: string): Promise<void> {
  const found = await findDelivery(ctx, id);
  if (!found) return;
  const { delivery, notification, isHere } = found;
  if (delivery.status !== "waiting" && delivery.status !== "sending") return;
  const earlyMs = delivery.dueAt.getTime() - ctx.now().getTime();
  if (earlyMs > 0) throw new NotNow(Math.min(earlyMs, longestWaitMs));
  if (delivery.status === "waiting" && (notification.readAt || notification.deletedAt || !isHere))
    return settle(ctx, found, { status: "skipped" });
  if (delivery.channel === "email") return leaveByMail(ctx, found);
  return leaveBySms(ctx, found);
}

async function leaveByMail(ctx: Context, { delivery, notification, propertyName }: Found): Promise<void> {
  const words = wordsOf(notification, propertyName);
  const mailId = ctx.newId();
  const mail = mailRow(ctx, {
    id: mailId,
    dedupeKey: `delivery:${delivery.id}:${delivery.round}`,
    to: { address: delivery.toAddress },
    subject: subjectWords(words),
    text: notification.body,
    fromName: propertyName,
  });
  await commit(
    ctx,
    [
      mail.insert,
      ...settled(ctx, { delivery, notification }, { status: "sent", mailId, text: notification.body }),
    ],
    [mail.work],
  );
}

/** A try whose answer was lost is looked for at the vendor before it is made again. */
async function leaveBySms(ctx: Context, found: Found): Promise<void> {
  const { delivery, notification, propertyName } = found;
  const text = delivery.text ?? smsWords(wordsOf(notification, propertyName));
  const sender = await findSmsSender(ctx);
  if (!sender) return settle(ctx, found, { status: "kept", text });
  const message = { to: delivery.toAddress, body: text };
  try {
    const taken = delivery.handedAt ? await sender.find(message, delivery.handedAt) : [];
    const known = await firstUnknown(ctx, taken);
    if (!known) await handing(ctx, delivery, text);
    const vendorMessageId = known ?? (await sender.send(message));
    if (vendorMessageId === null) return await settle(ctx, found, { status: "failed", error: optedOut });
    return await settle(ctx, found, { status: "sent", vendorMessageId, text });
  } catch (error) {
    if (!(error instanceof UpstreamError) || error.retryable) throw error;
    return settle(ctx, found, { status: "failed", error: error.publicMessage });
  }
}

/** The first of these messages that no other delivery is known by: two notifications may have the same words. */
async function firstUnknown(ctx: Context, messageIds: string[]): Promise<string | undefined> {
  if (messageIds.length === 0) return undefined;
  const others = await ctx.db
    .select({ id: d.vendorMessageId })
    .from(d)
    .where(
      and(
        eq(d.companyId, ctx.companyId),
        sql`${d.vendorMessageId} in (select value from json_each(${JSON.stringify(messageIds)}))`,
      ),
    );
  return messageIds.find((messageId) => !others.some(({ id }) => id === messageId));
}

/** Said before the vendor is asked, in real time, which is the vendor's. */
async function handing(ctx: Context, { id, handedAt }: Delivery, text: string): Promise<void> {
  await ctx.db
    .update(d)
    .set({ status: "sending", text, handedAt: handedAt ?? new Date() })
    .where(and(eq(d.companyId, ctx.companyId), eq(d.id, id)));
}

type Outcome = Partial<Pick<Delivery, "mailId" | "vendorMessageId" | "text" | "error">> & {
  status: "sent" | "kept" | "skipped" | "failed";
};

async function settle(ctx: Context, found: Pick<Found, "delivery" | "notification">, outcome: Outcome) {
  await ctx.db.batch(settled(ctx, found, outcome));
}

function settled(
  ctx: Context,
  { delivery, notification }: Pick<Found, "delivery" | "notification">,
  outcome: Outcome,
) {
  const status = statusAfter(outcome);
  const hasLeft = outcome.status === "sent";
  const isOpen = inArray(n.status, status === "sent" ? ["pending", "failed"] : ["pending"]);
  return [
    ctx.db
      .update(d)
      .set({ error: null, ...outcome, sentAt: hasLeft ? ctx.now() : null })
      .where(
        and(eq(d.companyId, ctx.companyId), eq(d.id, delivery.id), inArray(d.status, ["waiting", "sending"])),
      ),
    ctx.db
      .update(n)
      .set({
        status,
        ...(status === "sent" ? { sentAt: sql`coalesce(${n.sentAt}, ${ctx.now().getTime()})` } : {}),
      })
      .where(and(eq(n.companyId, ctx.companyId), eq(n.id, notification.id), isOpen)),
  ] as const;
}

/** Of a notification that nothing has left for yet: in the list it would be sent already. */
function statusAfter({ status }: Outcome): "sent" | "failed" | "pending" {
  if (status === "skipped") return "pending";
  return status === "failed" ? "failed" : "sent";
}

/** Gives a delivery up, and a notification with it that nothing else has left for: for the batch that parks its work. */
export function failDelivery(ctx: Context, id: string, reason: string) {
  const mine = and(eq(d.companyId, ctx.companyId), eq(d.id, id));
  const its = ctx.db.select({ id: d.notificationId }).from(d).where(mine);
  return [
    ctx.db
      .update(d)
      .set({ status: "failed", error: reason })
      .where(and(mine, inArray(d.status, ["waiting", "sending"]))),
    ctx.db
      .update(n)
      .set({ status: "failed" })
      .where(and(eq(n.companyId, ctx.companyId), eq(n.id, sql`(${its})`), eq(n.status, "pending"))),
  ];
}

async function findDelivery(ctx: Context, id: string): Promise<Found | null> {
  const [found] = await ctx.db
    .select({
      delivery: getTableColumns(d),
      notification: getTableColumns(n),
      propertyName: properties.name,
      isHere: sql<boolean>`${m.id} is not null`.mapWith(Boolean),
    })
    .from(d)
    .innerJoin(n, and(eq(n.companyId, d.companyId), eq(n.id, d.notificationId)))
    .leftJoin(properties, eq(properties.id, n.propertyId))
    .leftJoin(m, and(eq(m.companyId, n.companyId), eq(m.id, n.propertyManagerId), isNull(m.deletedAt)))
    .where(and(eq(d.companyId, ctx.companyId), eq(d.id, id)));
  return found ?? null;
}

function wordsOf(
  { title, body, repeatCount }: Found["notification"],
  propertyName: string | null,
): NoticeWords {
  return { title, body, count: repeatCount, place: propertyName };
}
