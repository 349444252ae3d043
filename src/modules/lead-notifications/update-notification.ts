import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { changes, requireWritable, staleVersion } from "../../core/scope.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { tellScreens } from "../property-managers/notifications.ts";
import { requireWorksAt } from "../property-managers/require-assignee.ts";
import type { NotificationDetail } from "./present.ts";
import { findNotification, getNotification, requireUnsent, visible } from "./queries.ts";
import type { NotificationChanges } from "./schemas.ts";

const n = leadNotifications;

/** Changes a notification that nobody has been told yet. */
export async function updateNotification(
  ctx: Context,
  id: string,
  draft: NotificationChanges,
  seenVersion?: number,
): Promise<NotificationDetail> {
  const before = await findNotification(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  const { property_manager_id: propertyManagerId } = draft;
  if (propertyManagerId) await requireWorksAt(ctx, before, propertyManagerId);
  requireUnsent(before);
  const written = changes({
    propertyManagerId,
    notificationType: draft.notification_type,
    title: draft.title,
    body: draft.body,
    payload: draft.payload,
  });
  await commitChange(ctx, [
    ctx.db
      .update(n)
      .set({ ...written, version: sql`${n.version} + 1`, updatedAt: ctx.now() })
      .where(and(visible(ctx), eq(n.id, id), eq(n.version, before.version), eq(n.status, "pending"))),
    audit(ctx, { action: "update", recordType: "lead_notification", recordId: id, before, after: draft }),
  ]);
  return getNotification(ctx, id);
}

/** Archives a notification; what of it has not left yet stays here. */
export async function archiveNotification(
  ctx: Context,
  id: string,
): Promise<{ id: string; deletedAt: Date }> {
  const before = await findNotification(ctx, id);
  requireWritable(ctx, before.propertyId);
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(n)
        .set({ deletedAt, updatedAt: deletedAt, version: sql`${n.version} + 1` })
        .where(and(visible(ctx), eq(n.id, id))),
      audit(ctx, { action: "archive", recordType: "lead_notification", recordId: id, before }),
    ],
    [],
    () => notFound("Notification"),
  );
  tellScreens(ctx, before);
  return { id, deletedAt };
}
