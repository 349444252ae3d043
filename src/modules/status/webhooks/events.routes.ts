import { doc, ok, valid } from "../../../core/http.ts";
import { may, staffRoutes } from "../../../core/routers.ts";
import { EntityPath } from "../schemas.ts";
import { listEvents } from "./list-events.ts";
import { presentEvents } from "./present.ts";
import { EntityEvents, EventQuery } from "./event-schemas.ts";

const gapDetection = `For a receiver of webhooks that has missed something. \`sequence\` numbers the events of one entity from 1 without
gaps, whoever asked for them. Each message also tells \`previous_sequence\`: the event before it among those the webhook
asks for, 0 when there is none. Keep the highest sequence seen for each entity. A message whose sequence is not higher
has arrived before; one whose \`previous_sequence\` is higher shows a gap, and this call fills it with
\`after_sequence\` set to what was seen last.`;

export const statusEventRoutes = staffRoutes();

statusEventRoutes.get(
  "/:entity_type/:entity_id",
  may("view_status"),
  doc("Everything that was told of an entity since a sequence number, in order", EntityEvents, {
    description: gapDetection,
  }),
  valid("param", EntityPath),
  valid("query", EventQuery),
  async (c) => ok(c, presentEvents(await listEvents(c.var.ctx, c.req.valid("param"), c.req.valid("query")))),
);
