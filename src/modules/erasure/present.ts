import { iso } from "../../core/fields.ts";
import type { ErasureRow } from "./request-erasure.ts";

export function presentErasure(row: ErasureRow) {
  return {
    id: row.id,
    user_id: row.userId,
    status: row.status,
    receipt: row.receipt,
    requested_by: row.requestedBy,
    requested_by_name: row.requestedByName,
    requested_at: iso(row.requestedAt),
    finished_at: iso(row.finishedAt),
  };
}
