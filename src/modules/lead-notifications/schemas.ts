import * as z from "zod";
import { freeJson, longText, shortText, timeZone } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";
import { channels } from "./notification-types.ts";

export const NotificationId = z.object({ id: z.string() });
export const ReaderId = z.object({ managerId: z.string() });

const statuses = ["pending", "sent", "read", "responded", "failed"] as const;
const Channel = z.enum(channels);
const typeName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,59}$/, "must be lower-case words joined by _, such as tour_booked");

export const NotificationDraft = z
  .object({
    conversation_id: z.string().min(1).optional(),
    lead_id: z.string().min(1).optional(),
    property_id: z.string().min(1).optional().describe("Needed without a conversation or a lead"),
    property_manager_id: z
      .string()
      .min(1)
      .nullable()
      .optional()
      .describe("Whom it is for; without it everybody who hears of the property"),
    notification_type: typeName,
    title: shortText.optional().describe("The type in words unless said otherwise"),
    body: longText.optional(),
    payload: z.record(z.string(), freeJson).nullable().optional(),
  })
  .superRefine(({ conversation_id, lead_id, property_id }, check) => {
    if (conversation_id === undefined && lead_id === undefined && property_id === undefined)
      check.addIssue({
        code: "custom",
        path: ["conversation_id"],
        message: "name a conversation, a lead or a property",
      });
  })
  .meta({
    example: {
      property_id: "0195f3a0-0000-7000-8000-000000000001",
      notification_type: "price_change",
      title: "Rents go up on Monday",
    },
  });
export type NotificationDraft = z.infer<typeof NotificationDraft>;

export const NotificationChanges = z
  .object({
    property_manager_id: z.string().min(1).nullable().optional(),
    notification_type: typeName.optional(),
    title: shortText.optional(),
    body: longText.optional(),
    payload: z.record(z.string(), freeJson).nullable().optional(),
  })
  .meta({ example: { title: "Rents go up on Tuesday" } });
export type NotificationChanges = z.infer<typeof NotificationChanges>;

export const Response = z
  .object({ note: longText.optional().describe("What came of it, for colleagues") })
  .meta({ example: { note: "Called back, tour on Friday" } });
export type Response = z.infer<typeof Response>;

export const Sending = z
  .object({
    channels: z
      .array(Channel)
      .min(1)
      .optional()
      .describe("At once, by these, where it has one reader; without it by what each has chosen"),
  })
  .meta({ example: {} });
export type Sending = z.infer<typeof Sending>;

export const NotificationQuery = pageQuery(["created_at"], {
  property_id: z.string().optional(),
  property_manager_id: z.string().optional(),
  conversation_id: z.string().optional(),
  lead_id: z.string().optional(),
  notification_type: shortText.optional(),
  status: z.enum(statuses).optional(),
  unread: z.stringbool().optional(),
  q: shortText.optional().describe("Part of title or body"),
  from: instant.optional().describe("Created at or after"),
  to: instant.optional().describe("Created before"),
});
export type NotificationQuery = z.infer<typeof NotificationQuery>;

const notification = {
  id: z.string(),
  company_id: z.string(),
  property_id: z.string(),
  property_manager_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  lead_id: z.string().nullable(),
  notification_type: z.string(),
  status: z.enum(statuses),
  title: z.string(),
  body: z.string(),
  payload: z.json(),
  in_app: z.boolean().describe("Whether it is in its reader's list"),
  repeat_count: z.int().describe("Happenings it stands for"),
  last_event_at: z.iso.datetime(),
  sent_at: z.iso.datetime().nullable(),
  read_at: z.iso.datetime().nullable(),
  response_at: z.iso.datetime().nullable(),
  response_note: z.string().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

export const LeadNotification = z.object(notification).meta({ id: "LeadNotification" });

export const LeadNotificationDetail = z
  .object({
    ...notification,
    deliveries: z.array(
      z.object({
        id: z.string(),
        channel: z.enum(["email", "sms"]),
        to: z.string(),
        status: z.enum(["waiting", "sending", "sent", "kept", "skipped", "failed"]),
        due_at: z.iso.datetime().describe("Later than its creation in its reader's quiet hours"),
        sent_at: z.iso.datetime().nullable(),
        error: z.string().nullable(),
      }),
    ),
    events: z
      .array(
        z.object({ title: z.string(), body: z.string(), payload: z.json(), happened_at: z.iso.datetime() }),
      )
      .describe("The latest happenings it stands for, newest first"),
  })
  .meta({ id: "LeadNotificationDetail" });

export const UnreadCount = z
  .object({
    property_manager_id: z.string(),
    unread: z.int(),
    by_type: z.record(z.string(), z.int()),
  })
  .meta({ id: "UnreadCount" });

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day from 00:00 to 23:59");

const QuietHours = z.object({ from: timeOfDay, to: timeOfDay });

const choice = z.boolean().nullable().optional();

export const PreferenceChanges = z
  .object({
    channels: z
      .record(typeName, z.strictObject({ in_app: choice, email: choice, sms: choice }))
      .refine((matrix) => Object.keys(matrix).length <= 100, "names more than 100 types")
      .optional()
      .describe("Type by type; absent ones stay, null goes back to the usual"),
    quiet_hours: QuietHours.nullable()
      .optional()
      .describe("Local times; over midnight where the end is before the start"),
    time_zone: timeZone
      .nullable()
      .optional()
      .describe("Of the quiet hours; null means that of the property a notification is about"),
  })
  .meta({
    example: {
      channels: { tour_booked: { email: true, sms: true } },
      quiet_hours: { from: "21:00", to: "08:00" },
      time_zone: "America/Chicago",
    },
  });
export type PreferenceChanges = z.infer<typeof PreferenceChanges>;

export const Preferences = z
  .object({
    property_manager_id: z.string(),
    channels: z
      .record(z.string(), z.object({ in_app: z.boolean(), email: z.boolean(), sms: z.boolean() }))
      .describe("What holds for every type, chosen or usual"),
    mandatory: z
      .array(z.string())
      .describe("Types that cannot be switched off and that quiet hours do not hold back"),
    labels: z.record(z.string(), z.string()),
    quiet_hours: QuietHours.nullable(),
    time_zone: z.string().nullable(),
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "NotificationPreferences" });
