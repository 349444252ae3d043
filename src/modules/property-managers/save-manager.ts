import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { changes, only, staleVersion } from "../../core/scope.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import type { ManagerRow, ManagerWithAssignments } from "./present.ts";
import { assignmentsWith, visible } from "./queries.ts";
import { requireOver } from "./require-over.ts";
import type { ManagerChanges, ManagerDraft } from "./schemas.ts";

export async function createManager(ctx: Context, draft: ManagerDraft): Promise<ManagerWithAssignments> {
  const id = ctx.newId();
  const now = ctx.now();
  const row = {
    id,
    companyId: ctx.companyId,
    firstName: draft.first_name,
    lastName: draft.last_name,
    email: draft.email,
    phone: draft.phone,
    role: draft.role ?? null,
    accessLevel: draft.access_level,
    hours: draft.hours ?? null,
    createdAt: now,
    updatedAt: now,
  };
  const [rows] = await refusingTakenEmail(
    commit(ctx, [
      ctx.db.insert(propertyManagers).values(row).returning(),
      audit(ctx, { action: "create", recordType: "property_manager", recordId: id, after: draft }),
    ]),
  );
  return { manager: only(rows, "Property manager"), assignments: [] };
}

export async function updateManager(
  ctx: Context,
  id: string,
  draft: ManagerChanges,
  seenVersion?: number,
): Promise<ManagerWithAssignments> {
  const { manager: before } = await requireOver(ctx, id, { ownDetails: draft.access_level === undefined });
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  const unchanged = seenVersion === undefined ? undefined : eq(propertyManagers.version, seenVersion);
  const [rows, , assignments] = await refusingTakenEmail(
    commitChange(
      ctx,
      [
        ctx.db
          .update(propertyManagers)
          .set({ ...columnsOf(draft), version: sql`${propertyManagers.version} + 1`, updatedAt: ctx.now() })
          .where(and(visible(ctx), eq(propertyManagers.id, id), unchanged))
          .returning(),
        audit(ctx, { ...auditOf(before), action: "update", after: draft }),
        assignmentsWith(ctx, eq(propertyAssignments.managerId, id)),
      ],
      [],
      () => (seenVersion === undefined ? notFound("Property manager") : staleVersion()),
    ),
  );
  return { manager: only(rows, "Property manager"), assignments };
}

export function auditOf(before: ManagerRow) {
  return { recordType: "property_manager", recordId: before.id, companyId: before.companyId, before };
}

function columnsOf(draft: ManagerChanges) {
  return changes({
    firstName: draft.first_name,
    lastName: draft.last_name,
    email: draft.email,
    phone: draft.phone,
    role: draft.role,
    accessLevel: draft.access_level,
    hours: draft.hours,
  }) as Partial<ManagerRow>;
}

async function refusingTakenEmail<Result>(write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if (!isDuplicate(error, "property_managers.email")) throw error;
    throw new AppError("DUPLICATE_RECORD", "Another property manager of the company has this e-mail address");
  }
}
