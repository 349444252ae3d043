import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { Archived, iso } from "../../core/fields.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { dryRun } from "./dry-run.ts";
import { listRuns, retryRun } from "./list-runs.ts";
import { presentDryRun, presentRun, presentWorkflow, presentWorkflows } from "./present.ts";
import { archiveWorkflow, createWorkflow, findWorkflows, updateWorkflow } from "./queries.ts";
import * as shape from "./schemas.ts";

export const statusWorkflowRoutes = staffRoutes();

statusWorkflowRoutes.post(
  "/",
  may("manage_workflows"),
  doc("Say what happens by itself when a lead comes to a status", shape.Workflow, { status: 201 }),
  valid("json", shape.WorkflowDraft),
  async (c) => {
    const created = await createWorkflow(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentWorkflow(created), created.version, 201);
  },
);

statusWorkflowRoutes.get(
  "/:id",
  may("view_status"),
  doc("List a property's workflows, or get one", shape.Workflows),
  valid("param", shape.PropertyOrWorkflowId),
  async (c) => {
    const found = await findWorkflows(c.var.ctx, c.req.valid("param").id);
    const [workflow] = found.workflows;
    if (workflow && !found.isProperty) return okRecord(c, presentWorkflows(found), workflow.version);
    return ok(c, presentWorkflows(found));
  },
);

statusWorkflowRoutes.put(
  "/:id",
  may("manage_workflows"),
  doc("Change a workflow, or switch it on or off", shape.Workflow),
  valid("param", shape.WorkflowId),
  valid("json", shape.WorkflowChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateWorkflow(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentWorkflow(updated), updated.version);
  },
);

statusWorkflowRoutes.delete(
  "/:id",
  may("manage_workflows"),
  doc("Archive a workflow; what it has begun goes on to its end", Archived),
  valid("param", shape.WorkflowId),
  async (c) => {
    const { id, deletedAt } = await archiveWorkflow(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

statusWorkflowRoutes.post(
  "/:id/dry-run",
  may("manage_workflows"),
  doc("Tell what a workflow would do with a lead, and do nothing", shape.DryRunReport),
  valid("param", shape.WorkflowId),
  valid("json", shape.DryRun),
  async (c) => {
    const { id } = c.req.valid("param");
    return ok(c, presentDryRun(await dryRun(c.var.ctx, id, c.req.valid("json").lead_id)));
  },
);

statusWorkflowRoutes.get(
  "/:id/runs",
  may("view_status"),
  doc("What a workflow has done, newest first", shape.Run.array()),
  valid("param", shape.WorkflowId),
  valid("query", shape.RunQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listRuns(c.var.ctx, id, c.req.valid("query")), presentRun);
  },
);

statusWorkflowRoutes.post(
  "/:id/runs/:runId/retry",
  may("manage_workflows"),
  doc("Take a run up again at the action it failed at", shape.Run),
  valid("param", shape.RunId),
  async (c) => {
    const { id, runId } = c.req.valid("param");
    return ok(c, presentRun(await retryRun(c.var.ctx, id, runId)));
  },
);
