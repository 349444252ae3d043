import * as z from "zod";
import { emailAddress, phoneNumber, shortText } from "../../core/fields.ts";
import { pageQuery } from "../../core/page.ts";
import { LeadNotification } from "../lead-notifications/schemas.ts";
import { OfficeHours } from "../properties/office-hours.ts";

export const ManagerId = z.object({ id: z.string() });
export const AssignmentId = z.object({ id: z.string(), assignmentId: z.string() });
export const NotificationId = z.object({ id: z.string(), notificationId: z.string() });

const AccessLevel = z.enum(["read", "write"]);

const fields = {
  first_name: shortText.meta({ example: "Morgan" }),
  last_name: shortText.meta({ example: "Reed" }),
  email: emailAddress.meta({ example: "morgan@maple.test" }),
  phone: phoneNumber.meta({ example: "+13125550111" }),
  role: shortText.nullable().optional().meta({ example: "Leasing agent" }),
  access_level: AccessLevel.describe("The most this person may do at any property").meta({
    example: "write",
  }),
  hours: OfficeHours.nullable()
    .optional()
    .describe("When this person gives tours; null means the property's hours"),
};

export const ManagerDraft = z.object(fields);
export type ManagerDraft = z.infer<typeof ManagerDraft>;

export const ManagerChanges = ManagerDraft.partial().meta({ example: { role: "Assistant manager" } });
export type ManagerChanges = z.infer<typeof ManagerChanges>;

export const ManagerQuery = pageQuery(["last_name", "created_at"], {
  q: shortText.optional(),
  property_id: z.string().optional(),
  access_level: AccessLevel.optional(),
});
export type ManagerQuery = z.infer<typeof ManagerQuery>;

export const Assignment = z
  .object({
    id: z.string(),
    property_manager_id: z.string(),
    property_id: z.string(),
    property_name: z.string(),
    access_level: AccessLevel,
    is_primary: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "PropertyManagerAssignment" });

const terms = {
  access_level: AccessLevel.default("write").meta({ example: "write" }),
  is_primary: z.boolean().default(false).meta({ example: true }),
};

export const AssignmentDraft = z.object({ property_id: z.string().min(1), ...terms }).meta({
  example: { property_id: "0195f3a0-0000-7000-8000-000000000001", access_level: "write", is_primary: true },
});
export type AssignmentDraft = z.infer<typeof AssignmentDraft>;

/** The same, said from the property's side. */
export const PropertyManagerDraft = z
  .object({ manager_id: z.string().min(1), ...terms })
  .meta({ example: { manager_id: "0195f3a0-0000-7000-8000-000000000002", access_level: "read" } });

export const AssignmentChanges = z
  .object({ access_level: AccessLevel.optional(), is_primary: z.boolean().optional() })
  .meta({ example: { is_primary: true } });
export type AssignmentChanges = z.infer<typeof AssignmentChanges>;

export const AssignmentQuery = pageQuery(["created_at", "property_name"], {});
export type AssignmentQuery = z.infer<typeof AssignmentQuery>;

export const PropertyStaffQuery = pageQuery(["last_name", "created_at"], {
  access_level: AccessLevel.optional(),
});
export type PropertyStaffQuery = z.infer<typeof PropertyStaffQuery>;

export const NotificationQuery = pageQuery(["created_at"], { unread: z.stringbool().optional() });
export type NotificationQuery = z.infer<typeof NotificationQuery>;

export const NotificationChange = z
  .object({
    status: z.enum(["read", "responded"]).describe("`responded` counts as read, and stays responded"),
  })
  .meta({ example: { status: "read" } });
export type NotificationChange = z.infer<typeof NotificationChange>;

export const MarkRead = z
  .object({ ids: z.array(z.string()).min(1).max(500).optional().describe("Without it: every unread one") })
  .meta({ example: {} });
export type MarkRead = z.infer<typeof MarkRead>;

export const MarkedRead = z
  .object({ marked: z.int(), unread: z.int().describe("Unread ones that are left") })
  .meta({ id: "MarkedRead" });

const person = {
  id: z.string(),
  company_id: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  email: z.string(),
  phone: z.string(),
  role: z.string().nullable(),
  access_level: AccessLevel,
  hours: OfficeHours.nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

export const Manager = z
  .object({ ...person, assignments: z.array(Assignment) })
  .meta({ id: "PropertyManager" });

export const ManagerWithNews = z
  .object({
    ...person,
    assignments: z.array(Assignment),
    notifications: z.array(LeadNotification).describe("The latest unread ones, for those who may see them"),
  })
  .meta({ id: "PropertyManagerWithNotifications" });

export const PropertyStaff = z.object({ ...person, assignment: Assignment }).meta({ id: "PropertyStaff" });
