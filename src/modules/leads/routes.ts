import { doc, okPage, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { presentLead } from "./present.ts";
import { listLeads } from "./queries.ts";
import * as shape from "./schemas.ts";

export const leadRoutes = staffRoutes();

leadRoutes.get(
  "/",
  may("view_leads"),
  doc("List leads", shape.Lead.array()),
  valid("query", shape.LeadQuery),
  async (c) => okPage(c, await listLeads(c.var.ctx, c.req.valid("query")), presentLead),
);
