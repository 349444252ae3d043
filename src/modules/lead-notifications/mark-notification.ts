import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { responded, seen, tellScreens } from "../property-managers/notifications.ts";
import type { NotificationDetail } from "./present.ts";
import { findNotification, getNotification, requireOver, visible } from "./queries.ts";

const n = leadNotifications;

/** The first reading counts; one responded to stays so. */
export function readNotification(ctx: Context, id: string): Promise<NotificationDetail> {
  return mark(ctx, id, "mark_read", seen(ctx.now()));
}

/** A response counts as reading; the first one's time stays, the last one's words do. */
export function respondToNotification(ctx: Context, id: string, note?: string): Promise<NotificationDetail> {
  return mark(ctx, id, "mark_responded", {
    ...responded(ctx.now()),
    ...(note === undefined ? {} : { responseNote: note }),
  });
}

async function mark(ctx: Context, id: string, action: string, changed: object): Promise<NotificationDetail> {
  const before = await findNotification(ctx, id);
  requireOver(ctx, before);
  const [rows] = await commit(ctx, [
    ctx.db
      .update(n)
      .set(changed)
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
  tellScreens(ctx, before);
  return getNotification(ctx, id);
}
