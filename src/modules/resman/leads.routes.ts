import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { changeLeadStatus } from "../leads/change-lead-status.ts";
import { listLeadStatuses } from "../leads/list-lead-statuses.ts";
import * as metrics from "../leads/metrics.schemas.ts";
import { presentMetrics, presentPerformance, presentTrends } from "../leads/present-metrics.ts";
import { presentHistory, presentStatusChange } from "../leads/present-status.ts";
import { presentLead } from "../leads/present.ts";
import { getLead } from "../leads/queries.ts";
import * as shape from "../leads/schemas.ts";
import { getStatusMetrics, getStatusPerformance, getStatusTrends } from "../leads/status-metrics.ts";
import { syncLeads } from "../leads/sync-leads.ts";
import { updateLead } from "../leads/update-lead.ts";
import { listFollowUps } from "../status-workflows/list-follow-ups.ts";
import { listLeadRuns } from "../status-workflows/list-runs.ts";
import { presentFollowUp, presentRun } from "../status-workflows/present.ts";
import * as automation from "../status-workflows/schemas.ts";

export const resmanLeadRoutes = staffRoutes();

resmanLeadRoutes.post(
  "/sync",
  may("sync_resman"),
  doc("Tell ResMan of leads, and retry those given up", shape.LeadSyncQueued),
  valid("json", shape.LeadSync),
  async (c) => ok(c, await syncLeads(c.var.ctx, c.req.valid("json"))),
);

resmanLeadRoutes.get(
  "/status-metrics",
  may("view_analytics"),
  doc("Where a property's leads stand, how far they come and whether in time", metrics.LeadStatusMetrics),
  valid("query", metrics.MetricsQuery),
  async (c) => ok(c, presentMetrics(await getStatusMetrics(c.var.ctx, c.req.valid("query")))),
);

resmanLeadRoutes.get(
  "/status-trends",
  may("view_analytics"),
  doc("How a property's leads moved, by day or week", metrics.LeadStatusTrends),
  valid("query", metrics.TrendsQuery),
  async (c) => ok(c, presentTrends(await getStatusTrends(c.var.ctx, c.req.valid("query")))),
);

resmanLeadRoutes.get(
  "/status-performance",
  may("view_analytics"),
  doc("How long a property's leads take, who moves them, what workflows do", metrics.LeadStatusPerformance),
  valid("query", metrics.MetricsQuery),
  async (c) => ok(c, presentPerformance(await getStatusPerformance(c.var.ctx, c.req.valid("query")))),
);

resmanLeadRoutes.get(
  "/:leadId",
  may("view_leads"),
  doc("Get a lead", shape.Lead),
  valid("param", shape.LeadId),
  async (c) => {
    const found = await getLead(c.var.ctx, c.req.valid("param").leadId);
    return okRecord(c, presentLead(found), found.lead.version);
  },
);

resmanLeadRoutes.put(
  "/:leadId",
  may("edit_leads"),
  doc("Change a lead; ResMan is told", shape.Lead),
  valid("param", shape.LeadId),
  valid("json", shape.LeadChanges),
  async (c) => {
    const { leadId } = c.req.valid("param");
    const updated = await updateLead(c.var.ctx, leadId, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentLead(updated), updated.lead.version);
  },
);

for (const method of ["POST", "PUT"])
  resmanLeadRoutes.on(
    method,
    "/:leadId/status",
    may("change_status"),
    doc("Move a lead to a status", shape.LeadStatusChanged),
    valid("param", shape.LeadId),
    valid("json", shape.LeadStatusChange),
    async (c) => {
      const { leadId } = c.req.valid("param");
      return ok(c, presentStatusChange(await changeLeadStatus(c.var.ctx, leadId, c.req.valid("json"))));
    },
  );

resmanLeadRoutes.get(
  "/:leadId/status-history",
  may("view_leads"),
  doc("How a lead came to its status", shape.LeadStatusHistory),
  valid("param", shape.LeadId),
  valid("query", shape.StatusHistoryQuery),
  async (c) => {
    const { leadId } = c.req.valid("param");
    return ok(c, presentHistory(await listLeadStatuses(c.var.ctx, leadId, c.req.valid("query"))));
  },
);

resmanLeadRoutes.get(
  "/:leadId/workflow-runs",
  may("view_leads"),
  doc("What the property's status workflows did about a lead, newest first", automation.Run.array()),
  valid("param", shape.LeadId),
  valid("query", automation.LeadRunQuery),
  async (c) => {
    const { leadId } = c.req.valid("param");
    return okPage(c, await listLeadRuns(c.var.ctx, leadId, c.req.valid("query")), presentRun);
  },
);

resmanLeadRoutes.get(
  "/:leadId/follow-ups",
  may("view_leads"),
  doc("The reminders that status workflows have set for a lead", automation.FollowUp.array()),
  valid("param", shape.LeadId),
  valid("query", automation.FollowUpQuery),
  async (c) => {
    const { leadId } = c.req.valid("param");
    return okPage(c, await listFollowUps(c.var.ctx, leadId, c.req.valid("query")), presentFollowUp);
  },
);
