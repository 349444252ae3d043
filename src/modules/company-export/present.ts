import { iso } from "../../core/fields.ts";
import type { ExportRow } from "./queries.ts";

export function presentExport(row: ExportRow) {
  return {
    id: row.id,
    company_id: row.companyId,
    status: row.status,
    counts: row.counts,
    bytes: row.bytes,
    error: row.error,
    requested_by: row.requestedBy,
    requested_by_name: row.requestedByName,
    created_at: iso(row.createdAt),
    finished_at: iso(row.finishedAt),
    expires_at: iso(row.expiresAt),
  };
}
