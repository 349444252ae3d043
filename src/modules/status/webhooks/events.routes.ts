import { doc, ok, valid } from "../../../core/http.ts";
import { may, staffRoutes } from "../../../core/routers.ts";
import { EntityPath } from "../schemas.ts";
import { listEvents } from "./list-events.ts";
import { presentEvents } from "./present.ts";
import * as shape from "./schemas.ts";

export const statusEventRoutes = staffRoutes();

statusEventRoutes.get(
  "/:entity_type/:entity_id",
  may("view_status"),
  doc("Everything that happened to an entity's status since a sequence number, in order", shape.EntityEvents),
  valid("param", EntityPath),
  valid("query", shape.EventQuery),
  async (c) => ok(c, presentEvents(await listEvents(c.var.ctx, c.req.valid("param"), c.req.valid("query")))),
);
