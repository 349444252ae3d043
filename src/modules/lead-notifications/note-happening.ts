import { and, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../../core/context.ts";
import { insertWhere } from "../../db/insert-where.ts";
import { notificationDeliveries, notificationEvents } from "../../db/schema/notices.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import type { Listener } from "./audience.ts";
import { type ChosenChannel, chooseChannels } from "./choose-channels.ts";
import { notificationType } from "./notification-types.ts";
import type { StaffNotice } from "./staff-notice.ts";

/** Happenings of one kind and conversation within this time of the first are one notification. */
const countingMs = 10 * 60_000;

const n = leadNotifications;
const e = notificationEvents;

export function dedupeKeyOf(notice: Pick<StaffNotice, "dedupeKey">, managerId: string): string {
  return `${notice.dedupeKey}:${managerId}`;
}

/**
 * The statements that note a happening for one listener: the event, and with it a notification of its own or a count
 * on the unread one it belongs to. Run again they change nothing. None where he wants to hear of it by no channel.
 */
export function noteHappening(ctx: Context, notice: StaffNotice, listener: Listener): BatchItem<"sqlite">[] {
  const chosen = chooseChannels(notice, listener.preferences, ctx.now());
  if (chosen.length === 0) return [];
  const id = ctx.newId();
  const key = dedupeKeyOf(notice, listener.managerId);
  const isCounted = (notificationType(notice.type).isCounted ?? false) && notice.conversationId != null;
  return [
    ctx.db
      .insert(e)
      .values({
        companyId: ctx.companyId,
        dedupeKey: key,
        notificationId: isCounted ? sql`coalesce(${openCount(ctx, notice, listener)}, ${id})` : id,
        id: ctx.newId(),
        title: notice.title,
        body: notice.body,
        payload: notice.payload ?? null,
        happenedAt: ctx.now(),
      })
      .onConflictDoNothing(),
    insertWhere(ctx.db, n, rowOf(ctx, notice, listener, { id, key, chosen }), isFirst(ctx, key, id)),
    ...(isCounted ? [...leaveAgain(ctx, key, chosen), countOn(ctx, key)] : []),
    ...deliveriesOf(ctx, listener, id, chosen),
  ];
}

/** The unread notification the happening joins, if there is one. */
function openCount(ctx: Context, notice: StaffNotice, { managerId }: Listener): SQL {
  const since = new Date(ctx.now().getTime() - countingMs);
  const open = ctx.db
    .select({ id: n.id })
    .from(n)
    .where(
      and(
        eq(n.companyId, ctx.companyId),
        eq(n.conversationId, notice.conversationId ?? ""),
        eq(n.propertyManagerId, managerId),
        eq(n.notificationType, notice.type),
        isNull(n.readAt),
        isNull(n.deletedAt),
        gt(n.createdAt, since),
      ),
    )
    .orderBy(sql`${n.id} desc`)
    .limit(1);
  return sql`(${open})`;
}

type Made = { id: string; key: string; chosen: ChosenChannel[] };

function rowOf(ctx: Context, notice: StaffNotice, { managerId }: Listener, { id, key, chosen }: Made) {
  const now = ctx.now();
  return {
    id,
    companyId: ctx.companyId,
    propertyId: notice.propertyId,
    conversationId: notice.conversationId ?? null,
    leadId: notice.leadId ?? null,
    propertyManagerId: managerId,
    notificationType: notice.type,
    status: "pending" as const,
    title: notice.title,
    body: notice.body,
    payload: notice.payload ?? null,
    dedupeKey: key,
    inApp: chosen.some(({ channel }) => channel === "in_app"),
    lastEventAt: now,
    createdAt: now,
    updatedAt: now,
  };
}

/** Whether this run's event stands for itself: not told before, and no count to join. */
function isFirst(ctx: Context, key: string, id: string): SQL {
  return sql`exists (select 1 from ${e} where ${e.companyId} = ${ctx.companyId} and ${e.dedupeKey} = ${key}
    and ${e.notificationId} = ${id})`;
}

/**
 * What joins a count after its mail or text message has left leaves with whatever else joins it: once, when the time for
 * counting is over. Belongs before the counting, which tells a repeated run from a new happening.
 */
function leaveAgain(ctx: Context, key: string, chosen: ChosenChannel[]) {
  const d = notificationDeliveries;
  const { counted, isNew } = countedBy(ctx, key);
  const countingEnds = sql`(select ${n.createdAt} + ${countingMs} from ${n} where ${n.id} = ${d.notificationId})`;
  return chosen.flatMap(({ channel, at }) =>
    channel === "in_app"
      ? []
      : ctx.db
          .update(d)
          .set({
            status: "waiting",
            dueAt: sql`max(${at.getTime()}, ${countingEnds})`,
            round: sql`${d.round} + 1`,
            text: null,
            handedAt: null,
            mailId: null,
            vendorMessageId: null,
            error: null,
          })
          .where(
            and(
              eq(d.companyId, ctx.companyId),
              eq(d.channel, channel),
              inArray(d.status, ["sent", "kept"]),
              sql`${d.notificationId} = (select ${n.id} from ${n}
                where ${n.companyId} = ${ctx.companyId} and ${n.id} = ${counted} and ${isNew})`,
            ),
          ),
  );
}

/** The notification that a told happening belongs to, as SQL, and whether its count does not know the happening yet. */
function countedBy(ctx: Context, key: string) {
  const events = sql`from ${e} where ${e.companyId} = ${ctx.companyId} and ${e.notificationId} = ${n.id}`;
  return {
    events,
    counted: sql`(select ${e.notificationId} from ${e}
      where ${e.companyId} = ${ctx.companyId} and ${e.dedupeKey} = ${key})`,
    isNew: sql`${n.repeatCount} <> (select count(*) ${events})`,
  };
}

/** Counted from the events, so that a repeated run counts nothing twice; the words are the latest. */
function countOn(ctx: Context, key: string) {
  const { events, counted, isNew } = countedBy(ctx, key);
  const latest = (column: SQL) => sql`(select ${column} ${events} order by ${e.id} desc limit 1)`;
  return ctx.db
    .update(n)
    .set({
      repeatCount: sql`(select count(*) ${events})`,
      title: latest(sql`${e.title}`),
      body: latest(sql`${e.body}`),
      payload: latest(sql`${e.payload}`),
      lastEventAt: latest(sql`${e.happenedAt}`),
      version: sql`${n.version} + 1`,
      updatedAt: ctx.now(),
    })
    .where(and(eq(n.companyId, ctx.companyId), sql`${n.id} = ${counted}`, isNew));
}

function deliveriesOf(
  ctx: Context,
  { email, phone }: Listener,
  notificationId: string,
  chosen: ChosenChannel[],
) {
  return chosen.flatMap(({ channel, at }) =>
    channel === "in_app"
      ? []
      : insertWhere(
          ctx.db,
          notificationDeliveries,
          {
            id: ctx.newId(),
            companyId: ctx.companyId,
            notificationId,
            channel,
            toAddress: channel === "email" ? email : phone,
            status: "waiting",
            dueAt: at,
            createdAt: ctx.now(),
          },
          sql`exists (select 1 from ${n} where ${n.companyId} = ${ctx.companyId} and ${n.id} = ${notificationId})`,
        ),
  );
}
