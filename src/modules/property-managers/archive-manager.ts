import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
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
  await refuseWithWork(ctx, manager.companyId, id);
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(propertyManagers)
        .set({ deletedAt, updatedAt: deletedAt })
        .where(and(visible(ctx), eq(propertyManagers.id, id))),
      ctx.db
        .delete(propertyAssignments)
        .where(
          and(eq(propertyAssignments.companyId, manager.companyId), eq(propertyAssignments.managerId, id)),
        ),
      audit(ctx, { ...auditOf(manager), action: "archive" }),
    ],
    [],
    () => notFound("Property manager"),
  );
  return { id, deletedAt };
}

async function refuseWithWork(ctx: Context, companyId: string, id: string): Promise<void> {
  const [[coming], [assigned], [open]] = await ctx.db.batch([
    ctx.db
      .select({ tours: count() })
      .from(tours)
      .where(
        and(
          eq(tours.companyId, companyId),
          eq(tours.propertyManagerId, id),
          inArray(tours.status, [...liveStatuses]),
          isNull(tours.deletedAt),
        ),
      ),
    ctx.db
      .select({ leads: count() })
      .from(leads)
      .where(and(eq(leads.companyId, companyId), eq(leads.assignedTo, id), isNull(leads.deletedAt))),
    ctx.db
      .select({ tasks: count() })
      .from(tasks)
      .where(
        and(
          eq(tasks.companyId, companyId),
          eq(tasks.assignedTo, id),
          inArray(tasks.status, ["pending", "in_progress"]),
          isNull(tasks.deletedAt),
        ),
      ),
  ]);
  const left = { tours: 0, leads: 0, tasks: 0, ...coming, ...assigned, ...open };
  if (left.tours + left.leads + left.tasks > 0)
    throw new AppError(
      "CONFLICT",
      "The manager still has tours to come, leads or open tasks; reassign them first",
      left,
    );
}
