import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { createNotification } from "./create-notification.ts";
import { readNotification, respondToNotification } from "./mark-notification.ts";
import { getPreferences, updatePreferences } from "./preferences.ts";
import { presentDetail, presentNotification, presentPreferences, presentUnread } from "./present.ts";
import { countUnread, getNotification, listNotifications } from "./queries.ts";
import * as shape from "./schemas.ts";
import { sendNotification } from "./send-notification.ts";
import { archiveNotification, updateNotification } from "./update-notification.ts";

export const leadNotificationRoutes = staffRoutes();

leadNotificationRoutes.get(
  "/",
  may("view_notifications"),
  doc(
    "List notifications: one's own, or those of the properties one manages",
    shape.LeadNotification.array(),
  ),
  valid("query", shape.NotificationQuery),
  async (c) => okPage(c, await listNotifications(c.var.ctx, c.req.valid("query")), presentNotification),
);

leadNotificationRoutes.post(
  "/",
  may("manage_notifications"),
  doc("Enter a notification; it waits until it is sent", shape.LeadNotificationDetail, { status: 201 }),
  valid("json", shape.NotificationDraft),
  async (c) => {
    const created = await createNotification(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentDetail(created), created.notification.version, 201);
  },
);

leadNotificationRoutes.get(
  "/preferences/:managerId",
  may("view_notifications"),
  doc("What a manager wants to hear of, by which channels and when not", shape.Preferences),
  valid("param", shape.ReaderId),
  async (c) => {
    const found = await getPreferences(c.var.ctx, c.req.valid("param").managerId);
    return okRecord(c, presentPreferences(found), found.row?.version ?? 0);
  },
);

leadNotificationRoutes.put(
  "/preferences/:managerId",
  may("view_notifications"),
  doc("Change what a manager wants to hear of; everybody may change his own", shape.Preferences),
  valid("param", shape.ReaderId),
  valid("json", shape.PreferenceChanges),
  async (c) => {
    const { managerId } = c.req.valid("param");
    const saved = await updatePreferences(c.var.ctx, managerId, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentPreferences(saved), saved.row?.version ?? 0);
  },
);

leadNotificationRoutes.get(
  "/unread/:managerId",
  may("view_notifications"),
  doc("How many of a manager's notifications are unread", shape.UnreadCount),
  valid("param", shape.ReaderId),
  async (c) => ok(c, presentUnread(await countUnread(c.var.ctx, c.req.valid("param").managerId))),
);

leadNotificationRoutes.get(
  "/:id",
  may("view_notifications"),
  doc("Get a notification with what has become of it", shape.LeadNotificationDetail),
  valid("param", shape.NotificationId),
  async (c) => {
    const found = await getNotification(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentDetail(found), found.notification.version);
  },
);

leadNotificationRoutes.put(
  "/:id",
  may("manage_notifications"),
  doc("Change a notification that has not been sent", shape.LeadNotificationDetail),
  valid("param", shape.NotificationId),
  valid("json", shape.NotificationChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateNotification(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentDetail(updated), updated.notification.version);
  },
);

leadNotificationRoutes.delete(
  "/:id",
  may("manage_notifications"),
  doc("Archive a notification", Archived),
  valid("param", shape.NotificationId),
  async (c) => {
    const { id, deletedAt } = await archiveNotification(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

leadNotificationRoutes.put(
  "/:id/read",
  may("view_notifications"),
  doc("Mark a notification as read", shape.LeadNotificationDetail),
  valid("param", shape.NotificationId),
  async (c) => {
    const read = await readNotification(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentDetail(read), read.notification.version);
  },
);

leadNotificationRoutes.put(
  "/:id/respond",
  may("view_notifications"),
  doc("Mark a notification as responded to", shape.LeadNotificationDetail),
  valid("param", shape.NotificationId),
  valid("json", shape.Response),
  async (c) => {
    const { note } = c.req.valid("json");
    const responded = await respondToNotification(c.var.ctx, c.req.valid("param").id, note);
    return okRecord(c, presentDetail(responded), responded.notification.version);
  },
);

leadNotificationRoutes.post(
  "/:id/send",
  may("manage_notifications"),
  doc("Send a notification by its reader's channels, or by those named", shape.LeadNotificationDetail),
  valid("param", shape.NotificationId),
  valid("json", shape.Sending),
  async (c) => {
    const sent = await sendNotification(c.var.ctx, c.req.valid("param").id, c.req.valid("json"));
    return okRecord(c, presentDetail(sent), sent.notification.version);
  },
);
