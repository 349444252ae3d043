import { doc, ok, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { listVersions, listWorkflows } from "./find-workflows.ts";
import { planMigration } from "./plan-migration.ts";
import { presentMigration, presentProgress, presentRehearsal, presentWorkflows } from "./present-workflow.ts";
import { rehearseWorkflow } from "./rehearse-workflow.ts";
import { findMigration, startMigration } from "./run-migration.ts";
import { saveWorkflow } from "./save-workflow.ts";
import * as shape from "./workflows.schemas.ts";

export const workflowRoutes = staffRoutes();

workflowRoutes.post(
  "/",
  may("manage_workflows"),
  doc("Create a workflow, or a new version of one that exists", shape.Workflow, { status: 201 }),
  valid("json", shape.WorkflowDraft),
  async (c) => ok(c, presentWorkflows(await saveWorkflow(c.var.ctx, c.req.valid("json")))[0], 201),
);

workflowRoutes.get(
  "/:entity_type",
  may("view_status"),
  doc("The workflows of an entity type, built in and your own", shape.Workflow.array()),
  valid("param", shape.WorkflowTypePath),
  valid("query", shape.WorkflowQuery),
  async (c) => {
    const { entity_type: type } = c.req.valid("param");
    const { include_versions: all } = c.req.valid("query");
    return ok(c, presentWorkflows(await listWorkflows(c.var.ctx, type, all)));
  },
);

workflowRoutes.get(
  "/:entity_type/:id/versions",
  may("view_status"),
  doc("Every version of a workflow, and how many entities live by each", shape.WorkflowVersion.array()),
  valid("param", shape.VersionsPath),
  async (c) => {
    const { entity_type: type, id } = c.req.valid("param");
    return ok(c, presentWorkflows(await listVersions(c.var.ctx, type, id)));
  },
);

workflowRoutes.post(
  "/:id/rehearse",
  may("manage_workflows"),
  doc(
    "Run a changed workflow over recorded history: what would have been late or refused",
    shape.RehearsalReport,
    {
      description:
        "Changes nothing. What a change must have said under the definition of its time is taken as said; everybody is taken to hold the permissions that steps require. Time is counted by the calendars as they are now.",
    },
  ),
  valid("param", shape.WorkflowPath),
  valid("json", shape.Rehearsal),
  async (c) => {
    const asked = c.req.valid("json");
    return ok(c, presentRehearsal(await rehearseWorkflow(c.var.ctx, c.req.valid("param").id, asked), asked));
  },
);

workflowRoutes.post(
  "/:id/migrate",
  may("manage_workflows"),
  doc("Move a workflow's entities to another version, or tell what that would do", shape.MigrationReport),
  valid("param", shape.WorkflowPath),
  valid("json", shape.Migration),
  async (c) => {
    const asked = c.req.valid("json");
    const migrate = asked.dry_run ? planMigration : startMigration;
    return ok(c, presentMigration(await migrate(c.var.ctx, c.req.valid("param").id, asked), asked));
  },
);

workflowRoutes.get(
  "/:id/migrations/:migration_id",
  may("view_status"),
  doc("How far a migration has come", shape.MigrationProgress),
  valid("param", shape.MigrationPath),
  async (c) => {
    const { id, migration_id: migrationId } = c.req.valid("param");
    return ok(c, presentProgress(await findMigration(c.var.ctx, id, migrationId)));
  },
);
