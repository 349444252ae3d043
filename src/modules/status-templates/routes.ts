import { doc, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { presentTemplates } from "./present.ts";
import { getTemplates, saveTemplates } from "./queries.ts";
import * as shape from "./schemas.ts";

export const statusTemplateRoutes = staffRoutes();

statusTemplateRoutes.get(
  "/:propertyId",
  may("view_notifications"),
  doc("How a property words its notices of leads' changes of status", shape.TemplatesOfProperty),
  valid("param", shape.PropertyOfTemplates),
  async (c) => {
    const found = await getTemplates(c.var.ctx, c.req.valid("param").propertyId);
    return okRecord(c, presentTemplates(found), found.row?.version ?? 0);
  },
);

statusTemplateRoutes.put(
  "/:propertyId",
  may("manage_templates"),
  doc("Replace a property's words for changes of status", shape.TemplatesOfProperty),
  valid("param", shape.PropertyOfTemplates),
  valid("json", shape.StatusTemplates),
  async (c) => {
    const { propertyId } = c.req.valid("param");
    const { templates } = c.req.valid("json");
    const saved = await saveTemplates(c.var.ctx, propertyId, templates, seenVersion(c));
    return okRecord(c, presentTemplates(saved), saved.row?.version ?? 0);
  },
);
