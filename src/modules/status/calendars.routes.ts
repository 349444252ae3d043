import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import * as calendars from "./calendars.ts";
import * as shape from "./calendars.schemas.ts";
import { presentCalendar, presentCalendars, presentCalendarVersion } from "./present-calendar.ts";

export const calendarRoutes = staffRoutes();

calendarRoutes.get(
  "/",
  may("view_status"),
  doc("List business calendars", shape.CalendarList),
  valid("query", shape.CalendarQuery),
  async (c) => {
    const query = c.req.valid("query");
    return ok(c, presentCalendars(await calendars.listCalendars(c.var.ctx, query), query));
  },
);

calendarRoutes.post(
  "/",
  may("manage_workflows"),
  doc("Give the company or a property its business hours", shape.Calendar, { status: 201 }),
  valid("json", shape.CalendarDraft),
  async (c) => {
    const created = await calendars.createCalendar(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentCalendar(created), created.version, 201);
  },
);

calendarRoutes.get(
  "/:id",
  may("view_status"),
  doc("Get a business calendar", shape.Calendar),
  valid("param", shape.CalendarId),
  async (c) => {
    const found = await calendars.getCalendar(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentCalendar(found), found.version);
  },
);

calendarRoutes.get(
  "/:id/versions",
  may("view_status"),
  doc("What a business calendar has said so far, newest first", shape.CalendarVersion.array()),
  valid("param", shape.CalendarId),
  async (c) => {
    const versions = await calendars.listCalendarVersions(c.var.ctx, c.req.valid("param").id);
    return ok(c, versions.map(presentCalendarVersion));
  },
);

calendarRoutes.put(
  "/:id",
  may("manage_workflows"),
  doc("Change business hours; running clocks follow", shape.Calendar),
  valid("param", shape.CalendarId),
  valid("json", shape.CalendarChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await calendars.updateCalendar(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentCalendar(updated), updated.version);
  },
);

calendarRoutes.delete(
  "/:id",
  may("manage_workflows"),
  doc("Take business hours away", Archived),
  valid("param", shape.CalendarId),
  async (c) => {
    const { id, deletedAt } = await calendars.archiveCalendar(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);
