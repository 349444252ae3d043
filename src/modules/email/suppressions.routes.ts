import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { RecordId } from "./letter.schemas.ts";
import { presentSuppression } from "./present.ts";
import * as shape from "./suppressions.schemas.ts";
import { addSuppression, listSuppressions, removeSuppression } from "./suppressions.ts";

export const emailSuppressionRoutes = staffRoutes();

emailSuppressionRoutes.get(
  "/",
  may("view_email"),
  doc("List the addresses that no campaign is sent to", shape.EmailSuppression.array()),
  valid("query", shape.SuppressionQuery),
  async (c) => okPage(c, await listSuppressions(c.var.ctx, c.req.valid("query")), presentSuppression),
);

emailSuppressionRoutes.post(
  "/",
  may("manage_campaigns"),
  doc("Have no campaign sent to an address", shape.EmailSuppression, { status: 201 }),
  valid("json", shape.SuppressionInput),
  async (c) => ok(c, presentSuppression(await addSuppression(c.var.ctx, c.req.valid("json"))), 201),
);

emailSuppressionRoutes.delete(
  "/:id",
  may("manage_campaigns"),
  doc("Let campaigns be sent to an address again", Archived),
  valid("param", RecordId),
  async (c) => {
    const { id, deletedAt } = await removeSuppression(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);
