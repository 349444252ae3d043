import { and, eq, isNull, ne } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { inCompany, inProperties, only, requireWritable } from "../../core/scope.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { properties, propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import type { AssignmentRow, StaffMember } from "./present.ts";
import { assignmentsWith, visible } from "./queries.ts";
import type { AssignmentChanges } from "./schemas.ts";

const a = propertyAssignments;

type Posting = { managerId: string; propertyId: string; accessLevel: "read" | "write"; isPrimary: boolean };

/** Assigns a manager to a property. A property has one primary manager: a new one takes the place of the old. */
export async function assignManager(ctx: Context, posting: Posting): Promise<StaffMember> {
  const { managerId, propertyId } = posting;
  const [people, places] = await ctx.db.batch([
    ctx.db
      .select()
      .from(propertyManagers)
      .where(and(visible(ctx), eq(propertyManagers.id, managerId))),
    ctx.db
      .select({ name: properties.name, companyId: properties.companyId })
      .from(properties)
      .where(
        and(
          inCompany(ctx, properties.companyId),
          inProperties(ctx, properties.id),
          eq(properties.id, propertyId),
          isNull(properties.deletedAt),
        ),
      ),
  ]);
  const manager = only(people, "Property manager");
  const property = only(
    places.filter(({ companyId }) => companyId === manager.companyId),
    "Property",
  );
  requireWritable(ctx, propertyId);
  const { companyId } = manager;
  const row = { id: ctx.newId(), companyId, ...posting, isPrimary: false, createdAt: ctx.now() };
  const [rows] = await refusingSecond(
    commit(ctx, [
      ctx.db.insert(a).values(row).returning(),
      audit(ctx, {
        action: "assign",
        recordType: "property_assignment",
        recordId: row.id,
        companyId,
        after: posting,
      }),
      ...(posting.isPrimary ? makePrimary(ctx, row) : []),
    ]),
  );
  const assignment = {
    ...only(rows, "Assignment"),
    isPrimary: posting.isPrimary,
    propertyName: property.name,
  };
  return { manager, assignment };
}

export async function updateAssignment(
  ctx: Context,
  managerId: string,
  assignmentId: string,
  draft: AssignmentChanges,
): Promise<AssignmentRow> {
  const before = await findAssignment(ctx, and(eq(a.managerId, managerId), eq(a.id, assignmentId)));
  requireWritable(ctx, before.propertyId);
  const [rows] = await commitChange(
    ctx,
    [
      ctx.db
        .update(a)
        .set({
          accessLevel: draft.access_level ?? before.accessLevel,
          ...(draft.is_primary === false ? { isPrimary: false } : {}),
        })
        .where(and(eq(a.companyId, before.companyId), eq(a.id, assignmentId)))
        .returning(),
      audit(ctx, { ...auditOf(before), action: "update", after: draft }),
      ...(draft.is_primary ? makePrimary(ctx, before) : []),
    ],
    [],
    goneAssignment,
  );
  const row = only(rows, "Assignment");
  return { ...row, isPrimary: draft.is_primary ?? row.isPrimary, propertyName: before.propertyName };
}

/** Ends an assignment, named by its id or by its property. */
export async function unassignManager(
  ctx: Context,
  managerId: string,
  named: { assignmentId: string } | { propertyId: string },
): Promise<{ id: string; deletedAt: Date }> {
  const which = "assignmentId" in named ? eq(a.id, named.assignmentId) : eq(a.propertyId, named.propertyId);
  const before = await findAssignment(ctx, and(eq(a.managerId, managerId), which));
  requireWritable(ctx, before.propertyId);
  await commitChange(
    ctx,
    [
      ctx.db.delete(a).where(and(eq(a.companyId, before.companyId), eq(a.id, before.id))),
      audit(ctx, { ...auditOf(before), action: "unassign" }),
    ],
    [],
    goneAssignment,
  );
  return { id: before.id, deletedAt: ctx.now() };
}

async function findAssignment(ctx: Context, where: ReturnType<typeof and>): Promise<AssignmentRow> {
  return only(await assignmentsWith(ctx, where), "Assignment");
}

const goneAssignment = () => notFound("Assignment");

function auditOf(before: AssignmentRow) {
  return { recordType: "property_assignment", recordId: before.id, companyId: before.companyId, before };
}

/** The old primary steps back first: the database holds one for each property. */
function makePrimary(
  ctx: Context,
  { id, companyId, propertyId }: Pick<AssignmentRow, "id" | "companyId" | "propertyId">,
) {
  const atProperty = and(eq(a.companyId, companyId), eq(a.propertyId, propertyId));
  return [
    ctx.db
      .update(a)
      .set({ isPrimary: false })
      .where(and(atProperty, eq(a.isPrimary, true), ne(a.id, id))),
    ctx.db
      .update(a)
      .set({ isPrimary: true })
      .where(and(atProperty, eq(a.id, id))),
  ];
}

async function refusingSecond<Result>(write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if (!isDuplicate(error, "property_assignments.manager_id")) throw error;
    throw new AppError("DUPLICATE_RECORD", "This manager is already assigned to the property");
  }
}
