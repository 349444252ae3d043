import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { accounts } from "../../db/schema/companies.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import type { Person } from "./resolve-recipients.ts";

/** Who could be told of a property's leads: its managers in the order of their assignment, and administrators. */
export async function listPeople(ctx: Context, propertyId: string): Promise<Person[]> {
  const [managers, admins] = await ctx.db.batch([
    ctx.db
      .select({
        managerId: propertyManagers.id,
        email: propertyManagers.email,
        firstName: propertyManagers.firstName,
        lastName: propertyManagers.lastName,
        role: accounts.role,
        isPrimary: propertyAssignments.isPrimary,
      })
      .from(propertyAssignments)
      .innerJoin(
        propertyManagers,
        and(
          eq(propertyManagers.companyId, propertyAssignments.companyId),
          eq(propertyManagers.id, propertyAssignments.managerId),
          isNull(propertyManagers.deletedAt),
        ),
      )
      .leftJoin(
        accounts,
        and(
          eq(accounts.companyId, propertyAssignments.companyId),
          eq(accounts.managerId, propertyManagers.id),
          isNull(accounts.deletedAt),
        ),
      )
      .where(
        and(eq(propertyAssignments.companyId, ctx.companyId), eq(propertyAssignments.propertyId, propertyId)),
      )
      .orderBy(propertyAssignments.id),
    ctx.db
      .select({ managerId: accounts.managerId, email: accounts.email, name: accounts.name })
      .from(accounts)
      .where(
        and(
          eq(accounts.companyId, ctx.companyId),
          eq(accounts.role, "company_admin"),
          isNull(accounts.deletedAt),
        ),
      )
      .orderBy(accounts.id),
  ]);
  const here = managers.map(({ firstName, lastName, ...manager }) => ({
    ...manager,
    name: `${firstName} ${lastName}`,
    worksHere: true,
  }));
  const known = new Set(here.map(({ managerId }) => managerId));
  const others = admins
    .filter(({ managerId }) => managerId === null || !known.has(managerId))
    .map((admin) => ({ ...admin, role: "company_admin", worksHere: false, isPrimary: false }));
  return [...here, ...others];
}
