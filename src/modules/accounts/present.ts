import { iso } from "../../core/fields.ts";
import type { accounts } from "../../db/schema/companies.ts";

export type AccountRow = Omit<typeof accounts.$inferSelect, "passwordHash">;

export function presentAccountRecord(account: AccountRow) {
  return {
    id: account.id,
    company_id: account.companyId,
    email: account.email,
    name: account.name,
    role: account.role,
    manager_id: account.managerId,
    disabled: account.disabledAt !== null,
    last_login_at: iso(account.lastLoginAt),
    created_at: iso(account.createdAt),
    updated_at: iso(account.updatedAt),
  };
}
