import { and, asc, count, desc, eq, getTableColumns, gte, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only, requireWritable } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { notificationDeliveries, notificationEvents } from "../../db/schema/notices.ts";
import { leadNotifications, mails } from "../../db/schema/outgoing.ts";
import { requireLook } from "../property-managers/notifications.ts";
import type { NotificationDetail, NotificationRow, Unread } from "./present.ts";
import type { NotificationQuery } from "./schemas.ts";

const n = leadNotifications;

/** One's own notifications, and for those who manage them all at the properties they see. */
export function visible(ctx: Context): SQL | undefined {
  const { actor } = ctx;
  const live = and(inCompany(ctx, n.companyId), isNull(n.deletedAt));
  if (actor.kind !== "staff") return live;
  const own = actor.managerId === null ? undefined : eq(n.propertyManagerId, actor.managerId);
  if (!actor.permissions.has("manage_notifications")) return and(live, own ?? sql`false`);
  const seen = inProperties(ctx, n.propertyId);
  return seen === undefined ? live : and(live, or(own, seen));
}

export async function findNotification(ctx: Context, id: string): Promise<NotificationRow> {
  const rows = await ctx.db
    .select()
    .from(n)
    .where(and(visible(ctx), eq(n.id, id)));
  return only(rows, "Notification");
}

/** Throws 403 where the caller may only read other people's notifications. */
export function requireOver(ctx: Context, { propertyManagerId, propertyId }: NotificationRow): void {
  const { actor } = ctx;
  const isOwn = actor.kind === "staff" && actor.managerId !== null && actor.managerId === propertyManagerId;
  if (!isOwn) requireWritable(ctx, propertyId);
}

const shownEvents = 20;

export async function getNotification(ctx: Context, id: string): Promise<NotificationDetail> {
  const d = notificationDeliveries;
  const e = notificationEvents;
  const [found, deliveries, events] = await ctx.db.batch([
    ctx.db
      .select()
      .from(n)
      .where(and(visible(ctx), eq(n.id, id))),
    ctx.db
      .select({
        ...getTableColumns(d),
        mailError: sql<
          string | null
        >`case when ${mails.status} = 'failed' then coalesce(${mails.error}, 'not sent') end`,
      })
      .from(d)
      .leftJoin(mails, eq(mails.id, d.mailId))
      .where(and(inCompany(ctx, d.companyId), eq(d.notificationId, id)))
      .orderBy(asc(d.channel)),
    ctx.db
      .select()
      .from(e)
      .where(and(inCompany(ctx, e.companyId), eq(e.notificationId, id)))
      .orderBy(desc(e.id))
      .limit(shownEvents),
  ]);
  return { notification: only(found, "Notification"), deliveries, events };
}

export async function listNotifications(
  ctx: Context,
  query: NotificationQuery,
): Promise<Paged<NotificationRow>> {
  return pageOf(query, await ctx.db.batch(notificationPage(ctx, query)));
}

/** The statements of the list: the page and the count of all that match. */
export function notificationPage(ctx: Context, query: NotificationQuery) {
  const isUnread = query.unread ? isNull(n.readAt) : sql`${n.readAt} is not null`;
  const where = and(
    visible(ctx),
    query.property_id ? eq(n.propertyId, query.property_id) : undefined,
    query.property_manager_id ? eq(n.propertyManagerId, query.property_manager_id) : undefined,
    query.conversation_id ? eq(n.conversationId, query.conversation_id) : undefined,
    query.lead_id ? eq(n.leadId, query.lead_id) : undefined,
    query.notification_type ? eq(n.notificationType, query.notification_type) : undefined,
    query.status ? eq(n.status, query.status) : undefined,
    query.unread === undefined ? undefined : isUnread,
    query.q ? contains(query.q, n.title, n.body) : undefined,
    query.from ? gte(n.createdAt, query.from) : undefined,
    query.to ? lt(n.createdAt, query.to) : undefined,
  );
  const page = ctx.db
    .select()
    .from(n)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", { created_at: n.createdAt }, n.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(n).where(where)] as const;
}

/** How many of a manager's list are unread, counted at once with what they are. */
export async function countUnread(ctx: Context, managerId: string): Promise<Unread> {
  await requireLook(ctx, managerId);
  const { actor } = ctx;
  const isOwn = actor.kind === "staff" && actor.managerId === managerId;
  const byType = await ctx.db
    .select({ type: n.notificationType, unread: count() })
    .from(n)
    .where(
      and(
        inCompany(ctx, n.companyId),
        eq(n.propertyManagerId, managerId),
        eq(n.inApp, true),
        isNull(n.readAt),
        isNull(n.deletedAt),
        isOwn ? undefined : inProperties(ctx, n.propertyId),
      ),
    )
    .groupBy(n.notificationType)
    .orderBy(asc(n.notificationType));
  return { managerId, byType };
}

/** What was sent stays as it was read. */
export function requireUnsent({ status }: NotificationRow): void {
  if (status !== "pending")
    throw new AppError("CONFLICT", "The notification has been sent already", { status });
}
