import * as z from "zod";
import { pageQuery } from "../../core/page.ts";

export const ExportId = z.object({ id: z.string(), exportId: z.string() });

export const ExportQuery = pageQuery(["created_at"], {});
export type ExportQuery = z.infer<typeof ExportQuery>;

export const CompanyExport = z
  .object({
    id: z.string(),
    company_id: z.string(),
    status: z.enum(["pending", "running", "ready", "failed", "expired"]),
    counts: z.record(z.string(), z.int()).describe("Records so far, by table"),
    bytes: z.int(),
    error: z.string().nullable(),
    requested_by: z.string(),
    requested_by_name: z.string(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().describe("Until then it can be downloaded"),
  })
  .meta({ id: "CompanyExport" });
