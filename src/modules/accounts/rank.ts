import { and, eq, exists, isNull, ne, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { outranks, type Role } from "../../core/permissions.ts";
import { accounts } from "../../db/schema/companies.ts";
import type { AccountRow } from "./present.ts";

/** Throws 403 where the caller would touch, or make, somebody above himself. */
export function requireNotAbove({ actor }: Context, role: Role): void {
  if (actor.kind === "staff" && outranks(role, actor.role))
    throw new AppError("INSUFFICIENT_PERMISSIONS", `Insufficient permissions: you rank below ${role}`);
}

/** Whether the account, as it will be, no longer administers its company. */
export function stopsAdministering(before: AccountRow, after: { role?: Role; disabled?: boolean }): boolean {
  if (before.role !== "company_admin" || before.disabledAt !== null) return false;
  return after.disabled === true || (after.role !== undefined && after.role !== "company_admin");
}

/** Said in the statement itself, so that of two administrators who remove each other one stays. */
export function hasAnotherAdmin(ctx: Context): SQL {
  const other = alias(accounts, "other");
  return exists(
    ctx.db
      .select({ one: sql`1` })
      .from(other)
      .where(
        and(
          eq(other.companyId, accounts.companyId),
          eq(other.role, "company_admin"),
          isNull(other.deletedAt),
          isNull(other.disabledAt),
          ne(other.id, accounts.id),
        ),
      ),
  );
}

export async function requireAnotherAdmin(ctx: Context, id: string): Promise<void> {
  const rows = await ctx.db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.id, id), hasAnotherAdmin(ctx)));
  if (rows.length === 0) throw lastAdmin();
}

export function lastAdmin(): AppError {
  return new AppError("CONFLICT", "This is the company's last administrator");
}
