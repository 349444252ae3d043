import { iso } from "../../core/fields.ts";
import type { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import { type NotificationRow, presentNotification } from "../lead-notifications/present.ts";

export type ManagerRow = typeof propertyManagers.$inferSelect;
export type AssignmentRow = typeof propertyAssignments.$inferSelect & { propertyName: string };

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
