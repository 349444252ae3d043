import { iso } from "../../core/fields.ts";
import type {
  notificationDeliveries,
  notificationEvents,
  notificationPreferences,
} from "../../db/schema/notices.ts";
import type { leadNotifications } from "../../db/schema/outgoing.ts";
import { isWanted } from "./choose-channels.ts";
import { type NotificationType, notificationType, notificationTypes } from "./notification-types.ts";

export type NotificationRow = typeof leadNotifications.$inferSelect;
export type DeliveryRow = typeof notificationDeliveries.$inferSelect;
export type EventRow = typeof notificationEvents.$inferSelect;
export type PreferencesRow = typeof notificationPreferences.$inferSelect;

export type NotificationDetail = {
  notification: NotificationRow;
  /** With what has become of the mail that carries it. */
  deliveries: (DeliveryRow & { mailError: string | null })[];
  events: EventRow[];
};

export function presentNotification(row: NotificationRow) {
  return {
    id: row.id,
    company_id: row.companyId,
    property_id: row.propertyId,
    property_manager_id: row.propertyManagerId,
    conversation_id: row.conversationId,
    lead_id: row.leadId,
    notification_type: row.notificationType,
    status: row.status,
    title: row.title,
    body: row.body,
    payload: row.payload ?? null,
    in_app: row.inApp,
    repeat_count: row.repeatCount,
    last_event_at: iso(row.lastEventAt ?? row.createdAt),
    sent_at: iso(row.sentAt),
    read_at: iso(row.readAt),
    response_at: iso(row.responseAt),
    response_note: row.responseNote,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export function presentDetail({ notification, deliveries, events }: NotificationDetail) {
  return {
    ...presentNotification(notification),
    deliveries: deliveries.map((row) => ({
      id: row.id,
      channel: row.channel,
      to: row.toAddress,
      status: row.mailError === null ? row.status : ("failed" as const),
      due_at: iso(row.dueAt),
      sent_at: iso(row.sentAt),
      error: row.mailError ?? row.error,
    })),
    events: events.map(({ title, body, payload, happenedAt }) => ({
      title,
      body,
      payload: payload ?? null,
      happened_at: iso(happenedAt),
    })),
  };
}

export type Unread = { managerId: string; byType: { type: string; unread: number }[] };

export function presentUnread({ managerId, byType }: Unread) {
  return {
    property_manager_id: managerId,
    unread: byType.reduce((sum, { unread }) => sum + unread, 0),
    by_type: Object.fromEntries(byType.map(({ type, unread }) => [type, unread])),
  };
}

export type ManagerPreferences = { managerId: string; row: PreferencesRow | null };

export function presentPreferences({ managerId, row }: ManagerPreferences) {
  const matrix = row?.channels ?? {};
  const types = [...new Set([...Object.keys(notificationTypes), ...Object.keys(matrix)])];
  const known = types.map((type): [string, NotificationType] => [type, notificationType(type)]);
  return {
    property_manager_id: managerId,
    channels: Object.fromEntries(
      types.map((type) => [
        type,
        {
          in_app: isWanted(type, "in_app", matrix),
          email: isWanted(type, "email", matrix),
          sms: isWanted(type, "sms", matrix),
        },
      ]),
    ),
    mandatory: known.flatMap(([type, { isMandatory }]) => (isMandatory ? [type] : [])),
    labels: Object.fromEntries(known.map(([type, { label }]) => [type, label])),
    quiet_hours: row?.quietHours ?? null,
    time_zone: row?.timeZone ?? null,
    updated_at: iso(row?.updatedAt ?? null),
  };
}
