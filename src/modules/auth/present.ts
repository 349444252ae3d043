import type { StaffActor } from "../../core/context.ts";
import { iso } from "../../core/fields.ts";
import type { OwnSession } from "./own-sessions.ts";

export function presentAccount(actor: StaffActor, companyId: string) {
  return {
    id: actor.id,
    company_id: companyId === "" ? null : companyId,
    email: actor.email,
    name: actor.name,
    role: actor.role,
    manager_id: actor.managerId,
    permissions: [...actor.permissions],
    property_ids: actor.properties === "all" ? null : [...actor.properties.keys()],
  };
}

export function presentOwnSession({
  id,
  userAgent,
  isCurrent,
  createdAt,
  lastUsedAt,
  expiresAt,
}: OwnSession) {
  return {
    id,
    device: userAgent,
    is_current: isCurrent,
    created_at: iso(new Date(createdAt)),
    last_used_at: iso(new Date(lastUsedAt)),
    expires_at: iso(new Date(expiresAt)),
  };
}
