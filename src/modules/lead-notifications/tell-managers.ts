import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { iso } from "../../core/fields.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import { liveFeed } from "../../durable/stubs.ts";
import type { StaffNotice } from "./staff-notice.ts";

type NotificationRow = typeof leadNotifications.$inferSelect;

/** The managers who hear of a property. */
export async function listListeners(ctx: Context, propertyId: string): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: propertyManagers.id })
    .from(propertyAssignments)
    .innerJoin(
      propertyManagers,
      and(
        eq(propertyManagers.companyId, propertyAssignments.companyId),
        eq(propertyManagers.id, propertyAssignments.managerId),
      ),
    )
    .where(
      and(
        eq(propertyAssignments.companyId, ctx.companyId),
        eq(propertyAssignments.propertyId, propertyId),
        isNull(propertyManagers.deletedAt),
      ),
    );
  return rows.map((row) => row.id);
}

/** Gives each manager one notification of a happening and shows it on open screens; told again it changes nothing. */
export async function tellManagers(ctx: Context, notice: StaffNotice): Promise<void> {
  const managerIds = notice.managerId ? [notice.managerId] : await listListeners(ctx, notice.propertyId);
  const [first, ...others] = managerIds.map((managerId) => notification(ctx, notice, managerId));
  if (!first) return;
  await ctx.db.batch([first, ...others]);
  const rows = await ctx.db
    .select()
    .from(leadNotifications)
    .where(
      and(
        eq(leadNotifications.companyId, ctx.companyId),
        inArray(
          leadNotifications.dedupeKey,
          managerIds.map((managerId) => dedupeKeyOf(notice, managerId)),
        ),
      ),
    );
  await Promise.all(rows.map((row) => show(ctx, row)));
  await ctx.db
    .update(leadNotifications)
    .set({ status: "sent", sentAt: ctx.now() })
    .where(
      and(
        eq(leadNotifications.companyId, ctx.companyId),
        inArray(
          leadNotifications.id,
          rows.map((row) => row.id),
        ),
        eq(leadNotifications.status, "pending"),
      ),
    );
}

function notification(ctx: Context, notice: StaffNotice, managerId: string) {
  const now = ctx.now();
  return ctx.db
    .insert(leadNotifications)
    .values({
      id: ctx.newId(),
      companyId: ctx.companyId,
      propertyId: notice.propertyId,
      conversationId: notice.conversationId ?? null,
      leadId: notice.leadId ?? null,
      propertyManagerId: managerId,
      notificationType: notice.type,
      status: "pending",
      title: notice.title,
      body: notice.body,
      payload: notice.payload ?? null,
      dedupeKey: dedupeKeyOf(notice, managerId),
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing();
}

async function show(ctx: Context, row: NotificationRow): Promise<void> {
  const feed = liveFeed(ctx.env, ctx.companyId, "manager", row.propertyManagerId ?? "");
  await feed.publish("notification", row.dedupeKey, {
    id: row.id,
    notification_type: row.notificationType,
    title: row.title,
    body: row.body,
    property_id: row.propertyId,
    conversation_id: row.conversationId,
    lead_id: row.leadId,
    payload: row.payload,
    created_at: iso(row.createdAt),
  });
}

function dedupeKeyOf(notice: StaffNotice, managerId: string): string {
  return `${notice.dedupeKey}:${managerId}`;
}
