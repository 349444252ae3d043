import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { assignManager, unassignManager } from "../property-managers/assign-manager.ts";
import { listStaff } from "../property-managers/list-assignments.ts";
import { presentStaffMember } from "../property-managers/present.ts";
import { PropertyManagerDraft, PropertyStaff, PropertyStaffQuery } from "../property-managers/schemas.ts";
import { archiveProperty } from "./archive-property.ts";
import { createProperty } from "./create-property.ts";
import { presentChatbot, presentEmbedCode, presentProperty } from "./present.ts";
import { getProperty, listProperties } from "./queries.ts";
import * as shape from "./schemas.ts";
import { rotateEmbedKey, updateProperty } from "./update-property.ts";

export const propertyRoutes = staffRoutes();

propertyRoutes.get(
  "/",
  may("view_properties"),
  doc("List the properties you are assigned to", shape.Property.array()),
  valid("query", shape.PropertyQuery),
  async (c) => okPage(c, await listProperties(c.var.ctx, c.req.valid("query")), presentProperty(c.var.ctx)),
);

propertyRoutes.post(
  "/",
  may("edit_properties"),
  doc("Add a property", shape.Property, { status: 201 }),
  valid("json", shape.PropertyDraft),
  async (c) => {
    const created = await createProperty(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentProperty(c.var.ctx)(created), created.version, 201);
  },
);

propertyRoutes.get(
  "/:id",
  may("view_properties"),
  doc("Get a property", shape.Property),
  valid("param", shape.PropertyId),
  async (c) => {
    const found = await getProperty(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentProperty(c.var.ctx)(found), found.version);
  },
);

propertyRoutes.put(
  "/:id",
  may("edit_properties"),
  doc("Change a property", shape.Property),
  valid("param", shape.PropertyId),
  valid("json", shape.PropertyChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateProperty(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentProperty(c.var.ctx)(updated), updated.version);
  },
);

propertyRoutes.delete(
  "/:id",
  may("edit_properties"),
  doc("Archive a property", Archived),
  valid("param", shape.PropertyId),
  async (c) => {
    const { id, deletedAt } = await archiveProperty(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

propertyRoutes.get(
  "/:id/chatbot",
  may("view_properties"),
  doc("Get a property's chatbot", shape.Chatbot),
  valid("param", shape.PropertyId),
  async (c) => {
    const found = await getProperty(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentChatbot(c.var.ctx, found), found.version);
  },
);

propertyRoutes.put(
  "/:id/chatbot",
  may("edit_properties"),
  doc("Change a property's chatbot", shape.Chatbot),
  valid("param", shape.PropertyId),
  valid("json", shape.ChatbotChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateProperty(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentChatbot(c.var.ctx, updated), updated.version);
  },
);

propertyRoutes.post(
  "/:id/chatbot/rotate-key",
  may("edit_properties"),
  doc("Replace the embed key; sites that carry the old one show no chat any more", shape.Chatbot),
  valid("param", shape.PropertyId),
  async (c) => {
    const rotated = await rotateEmbedKey(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentChatbot(c.var.ctx, rotated), rotated.version);
  },
);

propertyRoutes.get(
  "/:id/embed-code",
  may("view_properties"),
  doc("Get the line of HTML that shows the chat on a web site", shape.EmbedCode),
  valid("param", shape.PropertyId),
  async (c) => ok(c, presentEmbedCode(c.var.ctx, await getProperty(c.var.ctx, c.req.valid("param").id))),
);

propertyRoutes.get(
  "/:id/managers",
  may("view_managers"),
  doc("List who works at a property", PropertyStaff.array()),
  valid("param", shape.PropertyId),
  valid("query", PropertyStaffQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listStaff(c.var.ctx, id, c.req.valid("query")), presentStaffMember);
  },
);

propertyRoutes.post(
  "/:id/managers",
  may("edit_managers"),
  doc("Assign a manager to a property", PropertyStaff, { status: 201 }),
  valid("param", shape.PropertyId),
  valid("json", PropertyManagerDraft),
  async (c) => {
    const { manager_id, access_level, is_primary } = c.req.valid("json");
    const terms = { managerId: manager_id, accessLevel: access_level, isPrimary: is_primary };
    const member = await assignManager(c.var.ctx, { propertyId: c.req.valid("param").id, ...terms });
    return ok(c, presentStaffMember(member), 201);
  },
);

propertyRoutes.delete(
  "/:id/managers/:managerId",
  may("edit_managers"),
  doc("End a manager's assignment to a property", Archived),
  valid("param", shape.ManagerAtProperty),
  async (c) => {
    const { id: propertyId, managerId } = c.req.valid("param");
    const { deletedAt } = await unassignManager(c.var.ctx, managerId, { propertyId });
    return ok(c, { id: managerId, deleted_at: iso(deletedAt) });
  },
);
