import { doc, ok, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { answerQuery } from "./answer-query.ts";
import { presentIndexStatus, presentRagAnswer, presentReindexed } from "./present.ts";
import * as shape from "./schemas.ts";
import { indexStatus, reindex } from "./search-index.ts";

export const ragRoutes = staffRoutes();

ragRoutes.post(
  "/query",
  may("view_faqs"),
  doc("Look a question up among the approved answers, as the bot would", shape.RagAnswer),
  valid("json", shape.RagQuestion),
  async (c) => ok(c, presentRagAnswer(await answerQuery(c.var.ctx, c.req.valid("json")))),
);

ragRoutes.post(
  "/update",
  may("edit_faqs"),
  doc("Put into the search index what it lacks", shape.RagUpdated),
  valid("json", shape.RagUpdate),
  async (c) => ok(c, presentReindexed(await reindex(c.var.ctx, c.req.valid("json").property_id))),
);

ragRoutes.get(
  "/status",
  may("view_faqs"),
  doc("How the search index stands", shape.RagStatus),
  valid("query", shape.RagStatusQuery),
  async (c) => ok(c, presentIndexStatus(await indexStatus(c.var.ctx, c.req.valid("query").property_id))),
);
