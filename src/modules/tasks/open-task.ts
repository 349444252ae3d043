import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import { tasks } from "../../db/schema/knowledge.ts";

export type TaskDraft = {
  /** The same id again is the same task. */
  id: string;
  propertyId: string;
  /** What is to be done. */
  question: string;
  leadId?: string | null;
  conversationId?: string | null;
  faqId?: string | null;
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
  return { insert, work: taskOpenedWork(draft.id) };
}

/** Has the status of a new task begun. */
export function taskOpenedWork(taskId: string): Work {
  return {
    topic: "projections",
    key: `task:${taskId}`,
    payload: { kind: "task_opened", task_id: taskId },
    dedupeKey: `task_opened:${taskId}`,
  };
}
