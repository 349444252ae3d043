import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { presentNotification } from "../lead-notifications/present.ts";
import { LeadNotification } from "../lead-notifications/schemas.ts";
import { archiveManager } from "./archive-manager.ts";
import { assignManager, unassignManager, updateAssignment } from "./assign-manager.ts";
import { getManagerWithNews } from "./get-manager-with-news.ts";
import { listAssignments } from "./list-assignments.ts";
import { listNotifications, markRead, updateNotification } from "./notifications.ts";
import { presentAssignment, presentManager, presentManagerWithNews } from "./present.ts";
import { listManagers } from "./queries.ts";
import { createManager, updateManager } from "./save-manager.ts";
import * as shape from "./schemas.ts";

export const propertyManagerRoutes = staffRoutes();

propertyManagerRoutes.get(
  "/",
  may("view_managers"),
  doc("List property managers", shape.Manager.array()),
  valid("query", shape.ManagerQuery),
  async (c) => okPage(c, await listManagers(c.var.ctx, c.req.valid("query")), presentManager),
);

propertyManagerRoutes.post(
  "/",
  may("edit_managers"),
  doc("Add a property manager", shape.Manager, { status: 201 }),
  valid("json", shape.ManagerDraft),
  async (c) => {
    const created = await createManager(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentManager(created), created.manager.version, 201);
  },
);

propertyManagerRoutes.get(
  "/:id",
  may("view_managers"),
  doc("Get a property manager with assignments and the latest unread notifications", shape.ManagerWithNews),
  valid("param", shape.ManagerId),
  async (c) => {
    const found = await getManagerWithNews(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentManagerWithNews(found), found.manager.version);
  },
);

propertyManagerRoutes.put(
  "/:id",
  may("edit_managers"),
  doc("Change a property manager", shape.Manager),
  valid("param", shape.ManagerId),
  valid("json", shape.ManagerChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateManager(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentManager(updated), updated.manager.version);
  },
);

propertyManagerRoutes.delete(
  "/:id",
  may("edit_managers"),
  doc("Archive a property manager", Archived),
  valid("param", shape.ManagerId),
  async (c) => {
    const { id, deletedAt } = await archiveManager(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

propertyManagerRoutes.get(
  "/:id/assignments",
  may("view_managers"),
  doc("List where a manager works", shape.Assignment.array()),
  valid("param", shape.ManagerId),
  valid("query", shape.AssignmentQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listAssignments(c.var.ctx, id, c.req.valid("query")), presentAssignment);
  },
);

propertyManagerRoutes.post(
  "/:id/assignments",
  may("edit_managers"),
  doc("Assign a manager to a property", shape.Assignment, { status: 201 }),
  valid("param", shape.ManagerId),
  valid("json", shape.AssignmentDraft),
  async (c) => {
    const { property_id, access_level, is_primary } = c.req.valid("json");
    const terms = { propertyId: property_id, accessLevel: access_level, isPrimary: is_primary };
    const { assignment } = await assignManager(c.var.ctx, { managerId: c.req.valid("param").id, ...terms });
    return ok(c, presentAssignment(assignment), 201);
  },
);

propertyManagerRoutes.put(
  "/:id/assignments/:assignmentId",
  may("edit_managers"),
  doc("Change an assignment", shape.Assignment),
  valid("param", shape.AssignmentId),
  valid("json", shape.AssignmentChanges),
  async (c) => {
    const { id, assignmentId } = c.req.valid("param");
    return ok(c, presentAssignment(await updateAssignment(c.var.ctx, id, assignmentId, c.req.valid("json"))));
  },
);

propertyManagerRoutes.delete(
  "/:id/assignments/:assignmentId",
  may("edit_managers"),
  doc("End an assignment", Archived),
  valid("param", shape.AssignmentId),
  async (c) => {
    const { id: managerId, assignmentId } = c.req.valid("param");
    const { id, deletedAt } = await unassignManager(c.var.ctx, managerId, { assignmentId });
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

propertyManagerRoutes.get(
  "/:id/notifications",
  may("view_notifications"),
  doc("List a manager's notifications", LeadNotification.array()),
  valid("param", shape.ManagerId),
  valid("query", shape.NotificationQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listNotifications(c.var.ctx, id, c.req.valid("query")), presentNotification);
  },
);

propertyManagerRoutes.put(
  "/:id/notifications/:notificationId",
  may("view_notifications"),
  doc("Mark a notification as read or responded to", LeadNotification),
  valid("param", shape.NotificationId),
  valid("json", shape.NotificationChange),
  async (c) => {
    const { id, notificationId } = c.req.valid("param");
    const changed = await updateNotification(c.var.ctx, id, notificationId, c.req.valid("json"));
    return ok(c, presentNotification(changed));
  },
);

propertyManagerRoutes.post(
  "/:id/notifications/mark-read",
  may("view_notifications"),
  doc("Mark notifications as read, the named ones or all", shape.MarkedRead),
  valid("param", shape.ManagerId),
  valid("json", shape.MarkRead),
  async (c) => ok(c, await markRead(c.var.ctx, c.req.valid("param").id, c.req.valid("json"))),
);
