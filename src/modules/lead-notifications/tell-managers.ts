import { type AnyColumn, and, asc, eq, lte, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { iso } from "../../core/fields.ts";
import { commit } from "../../core/outbox.ts";
import { notificationDeliveries, notificationEvents } from "../../db/schema/notices.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { liveFeed } from "../../durable/stubs.ts";
import { listAudience } from "./audience.ts";
import { deliveryWork } from "./delivery-work.ts";
import { dedupeKeyOf, noteHappening } from "./note-happening.ts";
import type { StaffNotice } from "./staff-notice.ts";
import { countUnreadOf, tellUnread } from "./tell-unread.ts";

type NotificationRow = typeof leadNotifications.$inferSelect;

const n = leadNotifications;

/**
 * Tells each manager of a happening by the channels he has chosen: notes it, shows it on open screens, and has mails
 * and text messages leave that are due. Told again it changes nothing. Answers how many have heard of it.
 */
export async function tellManagers(ctx: Context, notice: StaffNotice): Promise<number> {
  const audience = await listAudience(ctx, notice);
  const [first, ...others] = audience.flatMap((listener) => noteHappening(ctx, notice, listener));
  if (!first) return 0;
  await ctx.db.batch([first, ...others]);
  const told = await findTold(
    ctx,
    audience.map(({ managerId }) => dedupeKeyOf(notice, managerId)),
  );
  await show(ctx, told);
  await send(
    ctx,
    told.map(({ row }) => row.id),
  );
  return told.length;
}

type Told = { row: NotificationRow; happening: string };

async function findTold(ctx: Context, keys: string[]): Promise<Told[]> {
  return ctx.db
    .select({ row: n, happening: notificationEvents.dedupeKey })
    .from(notificationEvents)
    .innerJoin(
      n,
      and(eq(n.companyId, notificationEvents.companyId), eq(n.id, notificationEvents.notificationId)),
    )
    .where(and(eq(notificationEvents.companyId, ctx.companyId), among(notificationEvents.dedupeKey, keys)));
}

/** Shows notifications on the open screens of those they are for, with how many they have not read. */
export async function show(ctx: Context, told: Told[]): Promise<void> {
  const shown = told.filter(({ row }) => row.inApp && row.propertyManagerId !== null);
  if (shown.length === 0) return;
  const readers = [...new Set(shown.map(({ row }) => row.propertyManagerId ?? ""))];
  const found = await countUnreadOf(ctx, ctx.companyId, readers);
  const unread = new Map(readers.map((id) => [id, found.get(id) ?? 0]));
  await Promise.all(
    shown.map(({ row, happening }) => {
      const managerId = row.propertyManagerId ?? "";
      return liveFeed(ctx.env, ctx.companyId, "manager", managerId).publish("notification", happening, {
        id: row.id,
        notification_type: row.notificationType,
        title: row.title,
        body: row.body,
        property_id: row.propertyId,
        conversation_id: row.conversationId,
        lead_id: row.leadId,
        payload: row.payload,
        repeat_count: row.repeatCount,
        unread_count: unread.get(managerId) ?? 0,
        created_at: iso(row.createdAt),
      });
    }),
  );
  await tellUnread(ctx, ctx.companyId, readers, unread);
}

/** What was shown is sent; what is due to leave by mail or text message gets its work. */
export async function send(ctx: Context, ids: string[]): Promise<void> {
  const d = notificationDeliveries;
  const due = await ctx.db
    .select({ id: d.id, round: d.round })
    .from(d)
    .where(
      and(
        eq(d.companyId, ctx.companyId),
        among(d.notificationId, ids),
        eq(d.status, "waiting"),
        lte(d.dueAt, ctx.now()),
      ),
    )
    .orderBy(asc(d.id));
  const shown = ctx.db
    .update(n)
    .set({ status: "sent", sentAt: ctx.now() })
    .where(and(eq(n.companyId, ctx.companyId), among(n.id, ids), eq(n.status, "pending"), eq(n.inApp, true)));
  await commit(ctx, [shown], due.map(deliveryWork));
}

/** As one parameter, however many there are. */
function among(column: AnyColumn, values: string[]): SQL {
  return sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;
}
