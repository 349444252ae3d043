import { Hono } from "hono";
import type { BaseEnv } from "../../core/http.ts";
import { approvalRoutes } from "./approvals.routes.ts";
import { calendarRoutes } from "./calendars.routes.ts";
import {
  analyticsRoutes,
  changeRoutes,
  currentRoutes,
  explainRoutes,
  historyRoutes,
  overdueRoutes,
} from "./entities.routes.ts";
import { projectionRoutes } from "./projections.routes.ts";
import { workflowRoutes } from "./workflows.routes.ts";

/** Each second segment has a guard of its own: one for all would count the calls of its neighbours too. */
export const statusRoutes = new Hono<BaseEnv>()
  .route("/analytics", analyticsRoutes)
  .route("/approvals", approvalRoutes)
  .route("/calendars", calendarRoutes)
  .route("/change", changeRoutes)
  .route("/current", currentRoutes)
  .route("/explain", explainRoutes)
  .route("/history", historyRoutes)
  .route("/overdue", overdueRoutes)
  .route("/projections", projectionRoutes)
  .route("/workflows", workflowRoutes);
