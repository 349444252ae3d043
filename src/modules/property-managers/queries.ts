import { and, asc, count, eq, exists, getTableColumns, inArray, isNull, not, or, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { properties, propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import type { ManagerWithAssignments } from "./present.ts";
import type { ManagerQuery } from "./schemas.ts";

const m = propertyManagers;
const a = propertyAssignments;

/**
 * The managers a caller may see. An account that is assigned to single properties sees the people who work there,
 * those who work nowhere yet, and itself.
 */
export function visible(ctx: Context) {
  const { actor } = ctx;
  const restricted = actor.kind === "staff" && actor.properties !== "all";
  const theirs = and(eq(a.companyId, m.companyId), eq(a.managerId, m.id));
  const assigned = (where: typeof theirs) =>
    exists(
      ctx.db
        .select({ one: sql`1` })
        .from(a)
        .where(where),
    );
  return and(
    inCompany(ctx, m.companyId),
    isNull(m.deletedAt),
    restricted
      ? or(
          assigned(and(theirs, inProperties(ctx, a.propertyId))),
          not(assigned(theirs)),
          actor.managerId === null ? undefined : eq(m.id, actor.managerId),
        )
      : undefined,
  );
}

/** Assignments at properties the caller may see, with the property's name. */
export function assignmentsWith(ctx: Context, where: Parameters<typeof and>[0]) {
  return ctx.db
    .select({ ...getTableColumns(a), propertyName: properties.name })
    .from(a)
    .innerJoin(properties, and(eq(properties.id, a.propertyId), isNull(properties.deletedAt)))
    .where(and(inCompany(ctx, a.companyId), inProperties(ctx, a.propertyId), where))
    .orderBy(asc(properties.name), asc(a.id));
}

export async function getManager(ctx: Context, id: string): Promise<ManagerWithAssignments> {
  const [found, assignments] = await ctx.db.batch([
    ctx.db
      .select()
      .from(m)
      .where(and(visible(ctx), eq(m.id, id))),
    assignmentsWith(ctx, eq(a.managerId, id)),
  ]);
  return { manager: only(found, "Property manager"), assignments };
}

export async function listManagers(
  ctx: Context,
  query: ManagerQuery,
): Promise<Paged<ManagerWithAssignments>> {
  const [rows, counted, assignments] = await ctx.db.batch(managerPage(ctx, query));
  return pageOf(query, [
    rows.map((manager) => ({
      manager,
      assignments: assignments.filter((row) => row.managerId === manager.id),
    })),
    counted,
  ]);
}

/** The statements of the list: the page, the count of all that match, and the assignments of those on the page. */
export function managerPage(ctx: Context, query: ManagerQuery) {
  const there = and(
    inCompany(ctx, a.companyId),
    inProperties(ctx, a.propertyId),
    query.property_id ? eq(a.propertyId, query.property_id) : undefined,
  );
  const where = and(
    visible(ctx),
    query.q ? contains(query.q, m.firstName, m.lastName, m.email, m.phone, m.role) : undefined,
    query.access_level ? eq(m.accessLevel, query.access_level) : undefined,
    query.property_id ? inArray(m.id, ctx.db.select({ id: a.managerId }).from(a).where(there)) : undefined,
  );
  const order = orderBy(query.sort, "last_name", { last_name: m.lastName, created_at: m.createdAt }, m.id);
  const onPage = ctx.db
    .select({ id: m.id })
    .from(m)
    .where(where)
    .orderBy(...order)
    .limit(query.limit)
    .offset(offsetOf(query));
  return [
    ctx.db
      .select()
      .from(m)
      .where(where)
      .orderBy(...order)
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(m).where(where),
    assignmentsWith(ctx, inArray(a.managerId, onPage)),
  ] as const;
}
