import { and, count, eq, getTableColumns, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { properties, propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import type { AssignmentRow, StaffMember } from "./present.ts";
import { visible } from "./queries.ts";
import type { AssignmentQuery, PropertyStaffQuery } from "./schemas.ts";

const a = propertyAssignments;
const m = propertyManagers;

const withName = { ...getTableColumns(a), propertyName: properties.name };
const itsProperty = and(eq(properties.id, a.propertyId), isNull(properties.deletedAt));

/** Where a manager works, as far as the caller may see. */
export async function listAssignments(
  ctx: Context,
  managerId: string,
  query: AssignmentQuery,
): Promise<Paged<AssignmentRow>> {
  const where = and(inCompany(ctx, a.companyId), inProperties(ctx, a.propertyId), eq(a.managerId, managerId));
  const sorts = { created_at: a.createdAt, property_name: properties.name };
  const [found, rows, counted] = await ctx.db.batch([
    ctx.db
      .select({ id: m.id })
      .from(m)
      .where(and(visible(ctx), eq(m.id, managerId))),
    ctx.db
      .select(withName)
      .from(a)
      .innerJoin(properties, itsProperty)
      .where(where)
      .orderBy(...orderBy(query.sort, "property_name", sorts, a.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(a).innerJoin(properties, itsProperty).where(where),
  ]);
  only(found, "Property manager");
  return pageOf(query, [rows, counted]);
}

// Aliased, since a batch gives rows by column name, and of two columns with one name the first is lost.
const posted = {
  id: sql<string>`${a.id}`.as("assignment_id"),
  accessLevel: sql<AssignmentRow["accessLevel"]>`${a.accessLevel}`.as("assigned_level"),
  isPrimary: a.isPrimary,
  createdAt: sql<Date>`${a.createdAt}`.mapWith(a.createdAt).as("assigned_at"),
};

/** Who works at a property. */
export async function listStaff(
  ctx: Context,
  propertyId: string,
  query: PropertyStaffQuery,
): Promise<Paged<StaffMember>> {
  const there = and(
    inCompany(ctx, properties.companyId),
    inProperties(ctx, properties.id),
    eq(properties.id, propertyId),
    isNull(properties.deletedAt),
  );
  const itsPeople = and(eq(m.id, a.managerId), isNull(m.deletedAt));
  const where = and(
    inCompany(ctx, a.companyId),
    inProperties(ctx, a.propertyId),
    eq(a.propertyId, propertyId),
    query.access_level ? eq(a.accessLevel, query.access_level) : undefined,
  );
  const sorts = { last_name: m.lastName, created_at: a.createdAt };
  const [found, rows, counted] = await ctx.db.batch([
    ctx.db.select({ name: properties.name }).from(properties).where(there),
    ctx.db
      .select({ manager: getTableColumns(m), ...posted })
      .from(a)
      .innerJoin(m, itsPeople)
      .where(where)
      .orderBy(...orderBy(query.sort, "last_name", sorts, a.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(a).innerJoin(m, itsPeople).where(where),
  ]);
  const { name } = only(found, "Property");
  return pageOf(query, [
    rows.map(({ manager, ...posting }) => ({
      manager,
      assignment: {
        ...posting,
        companyId: manager.companyId,
        managerId: manager.id,
        propertyId,
        propertyName: name,
      },
    })),
    counted,
  ]);
}
