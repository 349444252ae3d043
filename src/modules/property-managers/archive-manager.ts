import { and, eq, inArray, isNull } from "drizzle-orm";
import { commitArchive } from "../../core/archive.ts";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { leads } from "../../db/schema/conversations.ts";
import { tasks } from "../../db/schema/knowledge.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import { tours } from "../../db/schema/tours.ts";
import { liveStatuses } from "../tours/tour-places.ts";
import { visible } from "./queries.ts";
import { requireOver } from "./require-over.ts";
import { auditOf } from "./save-manager.ts";

/** Archives a manager who has no tours to come, no leads and no open tasks; the assignments end. */
export async function archiveManager(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const { manager } = await requireOver(ctx, id, { ownDetails: false });
  if (ctx.actor.kind === "staff" && ctx.actor.managerId === id)
    throw new AppError("CONFLICT", "You cannot archive your own record");
  const { companyId } = manager;
  const itself = and(visible(ctx), eq(propertyManagers.id, id));
  const deletedAt = ctx.now();
  await commitArchive(
    ctx,
    {
      what: "Property manager",
      live: ctx.db.$count(propertyManagers, itself),
      children: workOf(ctx, companyId, id),
    },
    [
      ctx.db.update(propertyManagers).set({ deletedAt, updatedAt: deletedAt }).where(itself),
      ctx.db
        .delete(propertyAssignments)
        .where(and(eq(propertyAssignments.companyId, companyId), eq(propertyAssignments.managerId, id))),
      audit(ctx, { ...auditOf(manager), action: "archive" }),
    ],
  );
  return { id, deletedAt };
}

/** What has to be given to somebody else first. */
function workOf({ db }: Context, companyId: string, id: string) {
  const guided = [eq(tours.companyId, companyId), eq(tours.propertyManagerId, id)];
  const owned = [eq(leads.companyId, companyId), eq(leads.assignedTo, id)];
  const assigned = [eq(tasks.companyId, companyId), eq(tasks.assignedTo, id)];
  const open = inArray(tasks.status, ["pending", "in_progress"]);
  return {
    tours: db.$count(
      tours,
      and(...guided, inArray(tours.status, [...liveStatuses]), isNull(tours.deletedAt)),
    ),
    leads: db.$count(leads, and(...owned, isNull(leads.deletedAt))),
    tasks: db.$count(tasks, and(...assigned, open, isNull(tasks.deletedAt))),
  };
}
