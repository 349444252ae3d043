import type { Context as HonoContext } from "hono";
import { doc, ok, type SignedInEnv, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { adjustEntity } from "./adjust-entity.ts";
import { AnalyticsQuery, Analytics } from "./analytics.schemas.ts";
import { analyzeStatus } from "./analyze-status.ts";
import { changeEntityStatus } from "./change-entity-status.ts";
import { currentStatuses, type CurrentStatuses } from "./current-statuses.ts";
import { entityHistory, explainEntity } from "./entity-history.ts";
import { Explanation } from "./explain.schemas.ts";
import { listOverdue } from "./list-overdue.ts";
import {
  presentAdjusted,
  presentChange,
  presentCurrent,
  presentExplanation,
  presentHistory,
  presentOverdue,
} from "./present.ts";
import { presentAnalytics } from "./present-analytics.ts";
import * as shape from "./schemas.ts";

export const changeRoutes = staffRoutes();

changeRoutes.post(
  "/",
  may("change_status"),
  doc("Change the status of any entity; the first change creates it", shape.StatusChanged),
  valid("json", shape.StatusChange),
  async (c) => {
    const change = c.req.valid("json");
    return ok(c, presentChange(await changeEntityStatus(c.var.ctx, change), change.entity_id));
  },
);

export const historyRoutes = staffRoutes();

historyRoutes.get(
  "/:entity_type/:entity_id",
  may("view_status"),
  doc("The status history of an entity", shape.StatusHistory),
  valid("param", shape.EntityPath),
  valid("query", shape.HistoryQuery),
  async (c) => {
    const query = c.req.valid("query");
    return ok(c, presentHistory(await entityHistory(c.var.ctx, c.req.valid("param"), query), query));
  },
);

export const explainRoutes = staffRoutes();

explainRoutes.get(
  "/:entity_type/:entity_id",
  may("view_status"),
  doc("Why a deadline is what it is: segments, calendars and rules that add up", Explanation),
  valid("param", shape.EntityPath),
  async (c) => ok(c, presentExplanation(await explainEntity(c.var.ctx, c.req.valid("param")))),
);

export const currentRoutes = staffRoutes();

currentRoutes.post(
  "/bulk",
  may("view_status"),
  doc("The current statuses of up to 500 entities", shape.CurrentStatus.array(), {
    description:
      "`data` keeps the order asked. Entities that have no status, or that you may not see, are left out of it and listed in `meta.not_found` as you named them.",
    meta: shape.NotFoundMeta,
  }),
  valid("json", shape.BulkQuestion),
  async (c) => {
    const question = c.req.valid("json");
    return okWithMissing(c, await currentStatuses(c.var.ctx, question), question.include_sla_info);
  },
);

currentRoutes.put(
  "/:entity_type/:entity_id",
  may("change_status"),
  doc("Give an entity another priority or promised date where it stands", shape.Adjusted, {
    description:
      "Time already used stays used: three hours begun at ten and cut to two at eleven end at twelve.",
  }),
  valid("param", shape.EntityPath),
  valid("json", shape.Adjustments),
  async (c) => {
    const { ctx } = c.var;
    return ok(
      c,
      presentAdjusted(await adjustEntity(ctx, c.req.valid("param"), c.req.valid("json")), ctx.now()),
    );
  },
);

function okWithMissing(c: HonoContext<SignedInEnv>, { found, missing }: CurrentStatuses, withSla: boolean) {
  const data = found.map(({ asked, row }) => presentCurrent(row, asked.entity_id, withSla));
  const meta = { timestamp: new Date().toISOString(), requestId: c.var.requestId, not_found: missing };
  return c.json({ success: true, data, meta });
}

export const overdueRoutes = staffRoutes();

overdueRoutes.get(
  "/",
  may("view_status"),
  doc("What is overdue, across all entity types", shape.Overdue),
  valid("query", shape.OverdueQuery),
  async (c) => ok(c, presentOverdue(await listOverdue(c.var.ctx, c.req.valid("query")))),
);

export const analyticsRoutes = staffRoutes();

analyticsRoutes.get(
  "/",
  may("view_status"),
  doc("How statuses perform over a period, by whole UTC days", Analytics),
  valid("query", AnalyticsQuery),
  async (c) => {
    const query = c.req.valid("query");
    return ok(c, presentAnalytics(await analyzeStatus(c.var.ctx, query), query.group_by));
  },
);
