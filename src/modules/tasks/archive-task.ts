import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { requireWritable } from "../../core/scope.ts";
import { tasks } from "../../db/schema/knowledge.ts";
import { findTask, visible } from "./queries.ts";
import { alignTaskNow, taskStatusWork } from "./task-status.ts";

/** Archives a task; its clock stops. A question that is asked again later opens another one. */
export async function archiveTask(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await findTask(ctx, id);
  requireWritable(ctx, before.propertyId);
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(tasks)
        .set({ deletedAt, updatedAt: deletedAt, version: sql`${tasks.version} + 1` })
        .where(and(visible(ctx), eq(tasks.id, id))),
      audit(ctx, { action: "archive", recordType: "task", recordId: id, before }),
    ],
    [taskStatusWork(id, "archived")],
    () => notFound("Task"),
  );
  await alignTaskNow(ctx, id);
  return { id, deletedAt };
}
