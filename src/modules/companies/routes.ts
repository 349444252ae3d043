import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { Archived, iso } from "../../core/fields.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { beginExport } from "../company-export/begin-export.ts";
import { downloadExport } from "../company-export/download-export.ts";
import { presentExport } from "../company-export/present.ts";
import { getExport, listExports } from "../company-export/queries.ts";
import { CompanyExport, ExportId, ExportQuery } from "../company-export/schemas.ts";
import { Retention, RetentionChanges } from "../retention/schemas.ts";
import { getRetention, presentRetention, setRetention } from "../retention/settings.ts";
import { archiveCompany } from "./archive-company.ts";
import { presentCompany, presentIntegrationReport, presentIntegrations } from "./present.ts";
import { createCompany, getCompany, listCompanies, updateCompany } from "./queries.ts";
import * as shape from "./schemas.ts";
import { testIntegration } from "./test-integration.ts";
import { updateIntegrations } from "./update-integrations.ts";

export const companyRoutes = staffRoutes();

companyRoutes.get(
  "/",
  may("view_companies"),
  doc("List the companies you belong to", shape.Company.array()),
  valid("query", shape.CompanyQuery),
  async (c) => okPage(c, await listCompanies(c.var.ctx, c.req.valid("query")), presentCompany),
);

companyRoutes.post(
  "/",
  may("create_companies"),
  doc("Create a company", shape.Company, { status: 201 }),
  valid("json", shape.CompanyDraft),
  async (c) => {
    const created = await createCompany(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentCompany(created), created.company.version, 201);
  },
);

companyRoutes.get(
  "/:id",
  may("view_companies"),
  doc("Get a company", shape.Company),
  valid("param", shape.CompanyId),
  async (c) => {
    const found = await getCompany(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentCompany(found), found.company.version);
  },
);

companyRoutes.put(
  "/:id",
  may("edit_company"),
  doc("Change a company", shape.Company),
  valid("param", shape.CompanyId),
  valid("json", shape.CompanyChanges),
  async (c) => {
    const updated = await updateCompany(
      c.var.ctx,
      c.req.valid("param").id,
      c.req.valid("json"),
      seenVersion(c),
    );
    return okRecord(c, presentCompany(updated), updated.company.version);
  },
);

companyRoutes.delete(
  "/:id",
  may("delete_companies"),
  doc("Archive a company", Archived),
  valid("param", shape.CompanyId),
  async (c) => {
    const { id, deletedAt } = await archiveCompany(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

companyRoutes.get(
  "/:id/integrations",
  may("manage_integrations"),
  doc("Get a company's integrations, secrets masked", shape.Integrations),
  valid("param", shape.CompanyId),
  async (c) => {
    const found = await getCompany(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentIntegrations(found), found.company.version);
  },
);

companyRoutes.put(
  "/:id/integrations",
  may("manage_integrations"),
  doc("Change a company's integrations", shape.Integrations),
  valid("param", shape.CompanyId),
  valid("json", shape.IntegrationChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateIntegrations(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentIntegrations(updated), updated.company.version);
  },
);

companyRoutes.post(
  "/:id/test-integration",
  may("manage_integrations"),
  doc("Ask a vendor whether the company's settings work", shape.IntegrationTestResult),
  valid("param", shape.CompanyId),
  valid("json", shape.IntegrationTest),
  async (c) => {
    const { id } = c.req.valid("param");
    return ok(c, presentIntegrationReport(await testIntegration(c.var.ctx, id, c.req.valid("json"))));
  },
);

companyRoutes.post(
  "/:id/export",
  may("export_company"),
  doc("Have everything the company owns written down; secrets are left out", CompanyExport, { status: 202 }),
  valid("param", shape.CompanyId),
  async (c) => ok(c, presentExport(await beginExport(c.var.ctx, c.req.valid("param").id)), 202),
);

companyRoutes.get(
  "/:id/exports",
  may("export_company"),
  doc("List a company's exports", CompanyExport.array()),
  valid("param", shape.CompanyId),
  valid("query", ExportQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listExports(c.var.ctx, id, c.req.valid("query")), presentExport);
  },
);

companyRoutes.get(
  "/:id/exports/:exportId",
  may("export_company"),
  doc("How far an export has come", CompanyExport),
  valid("param", ExportId),
  async (c) => {
    const { id, exportId } = c.req.valid("param");
    return ok(c, presentExport(await getExport(c.var.ctx, id, exportId)));
  },
);

companyRoutes.get(
  "/:id/exports/:exportId/download",
  may("export_company"),
  doc("Download an export: one JSON object a line, `{table, record}`", undefined, {
    media: "application/x-ndjson",
  }),
  valid("param", ExportId),
  async (c) => {
    const { id, exportId } = c.req.valid("param");
    const lines = await downloadExport(c.var.ctx, id, exportId);
    c.header("Content-Type", "application/x-ndjson");
    c.header("Content-Disposition", `attachment; filename="export-${exportId}.ndjson"`);
    c.header("Cache-Control", "no-store");
    return c.body(lines);
  },
);

companyRoutes.get(
  "/:id/retention",
  may("edit_company"),
  doc("For how long the company keeps what", Retention),
  valid("param", shape.CompanyId),
  async (c) => {
    const kept = await getRetention(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentRetention(kept), kept.version);
  },
);

companyRoutes.put(
  "/:id/retention",
  may("edit_company"),
  doc("Say for how long the company keeps what; the rest is removed every night", Retention),
  valid("param", shape.CompanyId),
  valid("json", RetentionChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const kept = await setRetention(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentRetention(kept), kept.version);
  },
);
