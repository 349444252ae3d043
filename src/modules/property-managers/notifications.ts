import { and, asc, count, desc, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { offsetOf, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only, requireWritable } from "../../core/scope.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { tellUnread } from "../lead-notifications/tell-unread.ts";
import type { NotificationRow } from "../lead-notifications/present.ts";
import type { ManagerRow } from "./present.ts";
import { getManager } from "./queries.ts";
import type { MarkRead, NotificationChange, NotificationQuery } from "./schemas.ts";

const n = leadNotifications;

/** One's own notifications, or those of others at the properties one sees. */
function theirs(ctx: Context, managerId: string) {
  return and(
    inCompany(ctx, n.companyId),
    eq(n.propertyManagerId, managerId),
    eq(n.inApp, true),
    isNull(n.deletedAt),
    isOwn(ctx, managerId) ? undefined : inProperties(ctx, n.propertyId),
  );
}

function isOwn({ actor }: Context, managerId: string): boolean {
  return actor.kind === "staff" && actor.managerId === managerId;
}

/** Whether the caller may look into this person's notifications at all. */
function mayLook(ctx: Context, managerId: string): boolean {
  const { actor } = ctx;
  return isOwn(ctx, managerId) || (actor.kind === "staff" && actor.permissions.has("manage_notifications"));
}

/** Throws 404 for a manager out of sight, and 403 where only the person himself and managers may look. */
export async function requireLook(ctx: Context, managerId: string): Promise<ManagerRow> {
  const { manager } = await getManager(ctx, managerId);
  if (!mayLook(ctx, managerId))
    throw new AppError(
      "INSUFFICIENT_PERMISSIONS",
      "Insufficient permissions: these are somebody else's notifications",
    );
  return manager;
}

/** The statement for somebody's latest unread notifications; it finds none for a caller who may not look. */
export function unreadOf(ctx: Context, managerId: string, limit: number) {
  const hidden = mayLook(ctx, managerId) ? undefined : sql`false`;
  return ctx.db
    .select()
    .from(n)
    .where(and(theirs(ctx, managerId), isNull(n.readAt), hidden))
    .orderBy(desc(n.id))
    .limit(limit);
}

export async function listNotifications(
  ctx: Context,
  managerId: string,
  query: NotificationQuery,
): Promise<Paged<NotificationRow>> {
  await requireLook(ctx, managerId);
  return pageOf(query, await ctx.db.batch(notificationPage(ctx, managerId, query)));
}

/** The statements of the list. Ids are in order of creation, so they are the sort. */
export function notificationPage(ctx: Context, managerId: string, query: NotificationQuery) {
  const unread = query.unread ? isNull(n.readAt) : sql`${n.readAt} is not null`;
  const where = and(theirs(ctx, managerId), query.unread === undefined ? undefined : unread);
  const page = ctx.db
    .select()
    .from(n)
    .where(where)
    .orderBy(query.sort === "created_at" ? asc(n.id) : desc(n.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(n).where(where)] as const;
}

/** Marks a notification as read or as responded to. The first time counts; one responded to stays so. */
export async function updateNotification(
  ctx: Context,
  managerId: string,
  id: string,
  { status }: NotificationChange,
): Promise<NotificationRow> {
  await requireLook(ctx, managerId);
  const mine = and(theirs(ctx, managerId), eq(n.id, id));
  const before = only(await ctx.db.select().from(n).where(mine), "Notification");
  if (!isOwn(ctx, managerId)) requireWritable(ctx, before.propertyId);
  const now = ctx.now();
  const [rows] = await commit(ctx, [
    ctx.db
      .update(n)
      .set(status === "responded" ? responded(now) : seen(now))
      .where(mine)
      .returning(),
    audit(ctx, {
      action: `mark_${status}`,
      recordType: "lead_notification",
      recordId: id,
      companyId: before.companyId,
      before: { status: before.status },
    }),
  ]);
  tellScreens(ctx, before);
  return only(rows, "Notification");
}

/** Marks the named unread notifications as read, or all of them. Tells how many, and how many are left. */
export async function markRead(ctx: Context, managerId: string, { ids }: MarkRead) {
  await requireLook(ctx, managerId);
  const open = and(theirs(ctx, managerId), isNull(n.readAt));
  const named = ids ? sql`${n.id} in (select value from json_each(${JSON.stringify(ids)}))` : undefined;
  const [marked, , [left]] = await commit(ctx, [
    ctx.db
      .update(n)
      .set(seen(ctx.now()))
      .where(and(open, named, writable(ctx, managerId)))
      .returning({ companyId: n.companyId, propertyManagerId: n.propertyManagerId }),
    audit(ctx, {
      action: "mark_read",
      recordType: "property_manager_notifications",
      recordId: managerId,
      after: { ids: ids ?? "all" },
    }),
    ctx.db.select({ unread: count() }).from(n).where(open),
  ]);
  const [first] = marked;
  if (first) tellScreens(ctx, first);
  return { marked: marked.length, unread: left?.unread ?? 0 };
}

/** The columns of a notification that is read now; the first reading counts. */
export function seen(now: Date) {
  return {
    status: sql`case when ${n.status} = 'responded' then 'responded' else 'read' end`,
    readAt: sql`coalesce(${n.readAt}, ${now.getTime()})`,
    version: sql`${n.version} + 1`,
    updatedAt: now,
  };
}

/** The columns of a notification that is responded to now; the first response's time counts. */
export function responded(now: Date) {
  return {
    ...seen(now),
    status: "responded" as const,
    responseAt: sql`coalesce(${n.responseAt}, ${now.getTime()})`,
  };
}

/** Has a manager's open screens learn how many are unread now. */
export function tellScreens(
  ctx: Context,
  { companyId, propertyManagerId }: Pick<NotificationRow, "companyId" | "propertyManagerId">,
): void {
  if (propertyManagerId !== null) ctx.defer(tellUnread(ctx, companyId, [propertyManagerId]));
}

/** Of other people's notifications, only those at properties the caller may write to. */
function writable(ctx: Context, managerId: string) {
  const { actor } = ctx;
  if (actor.kind !== "staff" || actor.properties === "all" || isOwn(ctx, managerId)) return undefined;
  const ids = [...actor.properties].flatMap(([id, access]) => (access === "write" ? [id] : []));
  return sql`${n.propertyId} in (select value from json_each(${JSON.stringify(ids)}))`;
}
