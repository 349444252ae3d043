import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { seen } from "../property-managers/notifications.ts";
import type { NotificationDetail } from "./present.ts";
import { findNotification, getNotification, requireOver, visible } from "./queries.ts";

const n = leadNotifications;

/** The first reading counts; one responded to stays so. */
export function readNotification(ctx: Context, id: string): Promise<NotificationDetail> {
  return mark(ctx, id, "mark_read", {});
}

/** A response counts as reading; the first one's time stays, the last one's words do. */
export function respondToNotification(ctx: Context, id: string, note?: string): Promise<NotificationDetail> {
  return mark(ctx, id, "mark_responded", {
    status: "responded" as const,
    responseAt: sql`coalesce(${n.responseAt}, ${ctx.now().getTime()})`,
    ...(note === undefined ? {} : { responseNote: note }),
  });
}

async function mark(ctx: Context, id: string, action: string, response: object): Promise<NotificationDetail> {
  const before = await findNotification(ctx, id);
  requireOver(ctx, before);
  const [rows] = await commit(ctx, [
    ctx.db
      .update(n)
      .set({ ...seen(ctx.now()), ...response })
      .where(and(visible(ctx), eq(n.id, id)))
      .returning({ id: n.id }),
    audit(ctx, {
      action,
      recordType: "lead_notification",
      recordId: id,
      companyId: before.companyId,
      before: { status: before.status },
    }),
  ]);
  only(rows, "Notification");
  return getNotification(ctx, id);
}
