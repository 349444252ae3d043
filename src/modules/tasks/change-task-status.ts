import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { only, requireWritable, staleVersion } from "../../core/scope.ts";
import { tasks } from "../../db/schema/knowledge.ts";
import type { TaskWithStatus } from "./present.ts";
import { findTask, getTask, visible } from "./queries.ts";
import type { StatusChange } from "./schemas.ts";
import { moved, moveTask } from "./task-status.ts";

/** Moves a task: its status machine decides, the row follows. Throws what the machine refuses. */
export async function changeTaskStatus(
  ctx: Context,
  id: string,
  { status, reason }: StatusChange,
  seenVersion?: number,
): Promise<TaskWithStatus> {
  const before = await findTask(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  const seq = await moveTask(ctx, before, status, reason ?? null);
  const [rows] = await commit(ctx, [
    ctx.db
      .update(tasks)
      .set({ ...moved(status, seq), version: sql`${tasks.version} + 1`, updatedAt: ctx.now() })
      .where(and(visible(ctx), eq(tasks.id, id)))
      .returning({ id: tasks.id }),
    audit(ctx, {
      action: "change_status",
      recordType: "task",
      recordId: id,
      before: { status: before.status },
      after: { status, reason },
    }),
  ]);
  only(rows, "Task");
  return getTask(ctx, id);
}
