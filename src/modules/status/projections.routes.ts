import { doc, ok, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import * as shape from "./projections.schemas.ts";
import { rebuildProjections } from "./rebuild-projections.ts";

export const projectionRoutes = staffRoutes();

projectionRoutes.post(
  "/rebuild",
  may("manage_workflows"),
  doc("Compare what lists show with what the machines know, and mend it", shape.Rebuilt, {
    description: "Works page by page: call again with `next_cursor` until it is null.",
  }),
  valid("json", shape.Rebuild),
  async (c) => ok(c, await rebuildProjections(c.var.ctx, c.req.valid("json"))),
);
