import { iso } from "../../core/fields.ts";
import type { apiKeys } from "../../db/schema/access.ts";

export type ApiKeyRow = Omit<typeof apiKeys.$inferSelect, "hash">;
/** A row together with the key itself, which exists in no other place. */
export type NewKey = { row: ApiKeyRow; key: string };

export function presentApiKey(row: ApiKeyRow) {
  return {
    id: row.id,
    company_id: row.companyId,
    name: row.name,
    last_four: row.lastFour,
    permissions: row.permissions,
    property_ids: row.propertyIds,
    created_by: row.createdBy,
    created_by_name: row.createdByName,
    created_at: iso(row.createdAt),
    expires_at: iso(row.expiresAt),
    last_used_at: iso(row.lastUsedAt),
    rotated_at: iso(row.rotatedAt),
    revoked_at: iso(row.revokedAt),
  };
}

export function presentNewKey({ row, key }: NewKey) {
  return { ...presentApiKey(row), key };
}
