export const roles = ["platform_admin", "company_admin", "manager", "agent", "viewer"] as const;
export type Role = (typeof roles)[number];

const viewing = [
  "view_companies",
  "view_properties",
  "view_managers",
  "view_users",
  "view_conversations",
  "view_leads",
  "view_contacts",
  "view_tours",
  "view_tasks",
  "view_faqs",
  "view_email",
  "view_notifications",
  "view_analytics",
  "view_status",
] as const;

const working = [
  "edit_leads",
  "edit_contacts",
  "edit_users",
  "edit_conversations",
  "edit_tours",
  "edit_tasks",
  "answer_faqs",
  "edit_email",
  "change_status",
] as const;

const managing = [
  "approve_status",
  "assign_work",
  "edit_properties",
  "edit_managers",
  "edit_faqs",
  "manage_templates",
  "manage_campaigns",
  "manage_notifications",
  "sync_resman",
] as const;

const administering = [
  "edit_company",
  "manage_workflows",
  "manage_integrations",
  "manage_accounts",
  "manage_api_keys",
  "manage_webhooks",
  "view_audit_log",
  "export_company",
] as const;

const running = ["create_companies", "delete_companies"] as const;

export const permissions = [...viewing, ...working, ...managing, ...administering, ...running] as const;
export type Permission = (typeof permissions)[number];

const granted: Record<Role, ReadonlySet<Permission>> = {
  viewer: new Set(viewing),
  agent: new Set([...viewing, ...working]),
  manager: new Set([...viewing, ...working, ...managing]),
  company_admin: new Set([...viewing, ...working, ...managing, ...administering]),
  platform_admin: new Set(permissions),
};

export function roleMay(role: Role, permission: Permission): boolean {
  return granted[role].has(permission);
}

export function permissionsOf(role: Role): Permission[] {
  return permissions.filter((permission) => granted[role].has(permission));
}

/** Whether somebody of the first role ranks above somebody of the second. */
export function outranks(role: Role, other: Role): boolean {
  return roles.indexOf(role) < roles.indexOf(other);
}

/** The highest role all of whose permissions these are; `viewer` where even its are not all there. */
export function roleWithin(held: ReadonlySet<Permission>): Role {
  return roles.find((role) => [...granted[role]].every((permission) => held.has(permission))) ?? "viewer";
}

/** Whether the permission only reads; accounts with read access to a property hold only these there. */
export function isViewing(permission: Permission): boolean {
  return (viewing as readonly string[]).includes(permission);
}
