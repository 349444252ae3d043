import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { changes, requireWritable, staleVersion } from "../../core/scope.ts";
import { tasks } from "../../db/schema/knowledge.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { requireAssignee, requireWorksAt } from "../property-managers/require-assignee.ts";
import type { TaskWithStatus } from "./present.ts";
import { findTask, getTask, visible } from "./queries.ts";
import type { TaskChanges } from "./schemas.ts";
import { alignTaskNow, taskStatusWork } from "./task-status.ts";

/** Changes a task; whoever gets it hears of it, and its clock follows the time it is due. */
export async function updateTask(
  ctx: Context,
  id: string,
  draft: TaskChanges,
  seenVersion?: number,
): Promise<TaskWithStatus> {
  const before = await findTask(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  const { assigned_to: assignedTo } = draft;
  if (assignedTo !== undefined) await requireAssignee(ctx, before, before.assignedTo, assignedTo);
  const because = ctx.newId();
  const isOwn = ctx.actor.kind === "staff" && ctx.actor.managerId === assignedTo;
  const isGiven = assignedTo != null && assignedTo !== before.assignedTo && !isOwn;
  const notice = staffNotice({
    dedupeKey: `task_assigned:${id}:${because}`,
    type: "task_assigned",
    propertyId: before.propertyId,
    leadId: before.leadId,
    conversationId: before.conversationId,
    managerId: assignedTo,
    title: "A task is yours",
    body: draft.question ?? before.question,
    payload: { task_id: id },
  });
  const written = changes({ question: draft.question, assignedTo, dueAt: draft.due_at });
  await commitChange(
    ctx,
    [
      ctx.db
        .update(tasks)
        .set({ ...written, version: sql`${tasks.version} + 1`, updatedAt: ctx.now() })
        .where(
          and(
            visible(ctx),
            eq(tasks.id, id),
            seenVersion === undefined ? undefined : eq(tasks.version, seenVersion),
          ),
        ),
      audit(ctx, { action: "update", recordType: "task", recordId: id, before, after: draft }),
    ],
    [taskStatusWork(id, because), ...(isGiven ? [notice] : [])],
  );
  await alignTaskNow(ctx, id);
  return getTask(ctx, id);
}

/** Gives a task to a manager of its property. */
export async function assignTask(
  ctx: Context,
  id: string,
  managerId: string,
  seenVersion?: number,
): Promise<TaskWithStatus> {
  await requireWorksAt(ctx, await findTask(ctx, id), managerId);
  return updateTask(ctx, id, { assigned_to: managerId }, seenVersion);
}
