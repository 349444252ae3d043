import { iso } from "../../core/fields.ts";
import type { leadNotifications } from "../../db/schema/outgoing.ts";
import type { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";

export type ManagerRow = typeof propertyManagers.$inferSelect;
export type AssignmentRow = typeof propertyAssignments.$inferSelect & { propertyName: string };
export type NotificationRow = typeof leadNotifications.$inferSelect;

export type ManagerWithAssignments = { manager: ManagerRow; assignments: AssignmentRow[] };
export type ManagerWithNews = ManagerWithAssignments & { notifications: NotificationRow[] };
export type StaffMember = { manager: ManagerRow; assignment: AssignmentRow };

export function presentManager({ manager, assignments }: ManagerWithAssignments) {
  return { ...personOf(manager), assignments: assignments.map(presentAssignment) };
}

export function presentManagerWithNews(found: ManagerWithNews) {
  return { ...presentManager(found), notifications: found.notifications.map(presentNotification) };
}

export function presentStaffMember({ manager, assignment }: StaffMember) {
  return { ...personOf(manager), assignment: presentAssignment(assignment) };
}

export function presentAssignment(row: AssignmentRow) {
  return {
    id: row.id,
    property_manager_id: row.managerId,
    property_id: row.propertyId,
    property_name: row.propertyName,
    access_level: row.accessLevel,
    is_primary: row.isPrimary,
    created_at: iso(row.createdAt),
  };
}

export function presentNotification(row: NotificationRow) {
  return {
    id: row.id,
    property_id: row.propertyId,
    property_manager_id: row.propertyManagerId,
    conversation_id: row.conversationId,
    lead_id: row.leadId,
    notification_type: row.notificationType,
    status: row.status,
    title: row.title,
    body: row.body,
    payload: row.payload ?? null,
    repeat_count: row.repeatCount,
    last_event_at: iso(row.lastEventAt ?? row.createdAt),
    sent_at: iso(row.sentAt),
    read_at: iso(row.readAt),
    response_at: iso(row.responseAt),
    created_at: iso(row.createdAt),
  };
}

function personOf(row: ManagerRow) {
  return {
    id: row.id,
    company_id: row.companyId,
    first_name: row.firstName,
    last_name: row.lastName,
    email: row.email,
    phone: row.phone,
    role: row.role,
    access_level: row.accessLevel,
    hours: row.hours,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}
