import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import type { Work } from "../../core/outbox.ts";
import { tasks } from "../../db/schema/knowledge.ts";
import { changeStatus } from "../status/change-status.ts";

export type TaskDraft = {
  /** The same id again is the same task. */
  id: string;
  propertyId: string;
  /** What is to be done. */
  question: string;
  leadId?: string | null;
  conversationId?: string | null;
  assignedTo?: string | null;
  dueAt?: Date | null;
};

/** The task's row and the work that starts its clock; both belong into the batch of what the task is about. */
export function openTask(ctx: Context, draft: TaskDraft) {
  const now = ctx.now();
  const insert = ctx.db
    .insert(tasks)
    .values({ companyId: ctx.companyId, status: "pending", createdAt: now, updatedAt: now, ...draft })
    .onConflictDoNothing();
  const work: Work = {
    topic: "projections",
    key: `task:${draft.id}`,
    payload: { kind: "task_opened", task_id: draft.id },
    dedupeKey: `task_opened:${draft.id}`,
  };
  return { insert, work };
}

/** Gives a task that has none its first status; its deadline is the time it is due, where one was set. */
export async function beginTask(ctx: Context, taskId: string): Promise<void> {
  const [task] = await ctx.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.companyId, ctx.companyId), eq(tasks.id, taskId)));
  if (!task || task.status !== "pending" || task.deletedAt !== null) return;
  const { propertyId, assignedTo, question, leadId, dueAt } = task;
  await changeStatus(ctx, {
    entityType: "task",
    entityId: taskId,
    toStatus: "pending",
    changeId: `task:${taskId}:opened`,
    expectedFromStatus: null,
    propertyId,
    ownerId: assignedTo,
    entityDetails: { question, ...(leadId ? { lead_id: leadId } : {}) },
    ...(dueAt ? { businessContext: { estimated_completion: dueAt.toISOString() } } : {}),
  }).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === "CONFLICT")) throw error;
  });
}
