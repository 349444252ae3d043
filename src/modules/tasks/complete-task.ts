import { and, eq, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { tasks } from "../../db/schema/knowledge.ts";
import type { TaskRow } from "./present.ts";
import { moved, moveTask } from "./task-status.ts";

export type TaskAnswer = { answer: string; by: { id: string | null; name: string | null } };

/** Completes a task whose question was answered elsewhere. One that cannot be completed any more stays as it is. */
export async function completeTask(ctx: Context, task: TaskRow, answer: TaskAnswer): Promise<void> {
  const seq = await moveTask(ctx, task, "completed", "The question was answered").catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn("task left as it is", { taskId: task.id, why: error.message });
    return null;
  });
  if (seq !== null) await answered(ctx, task, answer, seq);
}

/** The statement that writes an answer and the completion that came with it. */
export function answered(ctx: Context, task: TaskRow, { answer, by }: TaskAnswer, seq: number) {
  const now = ctx.now();
  return ctx.db
    .update(tasks)
    .set({
      ...moved("completed", seq),
      answer,
      answeredAt: now,
      answeredBy: by.id,
      answeredByName: by.name,
      version: sql`${tasks.version} + 1`,
      updatedAt: now,
    })
    .where(and(eq(tasks.companyId, task.companyId), eq(tasks.id, task.id), isNull(tasks.deletedAt)));
}
