import type { StaffActor } from "../../core/context.ts";

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
