import { and, eq, lt, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import type { Work } from "../../core/outbox.ts";
import { tasks } from "../../db/schema/knowledge.ts";
import type { StatusView } from "../../durable/status-machine/protocol.ts";
import { adjustStatus, archiveStatus, machineOf } from "../status/adjust-status.ts";
import { changeStatus } from "../status/change-status.ts";
import type { TaskRow } from "./present.ts";
import { taskStatuses } from "./schemas.ts";

export type TaskStatus = TaskRow["status"];

/** Has the status machine of a task brought in line with its row, and the row with the machine. */
export function taskStatusWork(taskId: string, because: string): Work {
  return {
    topic: "projections",
    key: `task:${taskId}`,
    payload: { kind: "task_status", task_id: taskId },
    dedupeKey: `task_status:${taskId}:${because}`,
  };
}

/** Moves the machine, which decides; answers the number of the move. Throws what the machine refuses. */
export async function moveTask(
  ctx: Context,
  task: TaskRow,
  to: TaskStatus,
  reason: string | null = null,
): Promise<number> {
  if (task.statusSeq === 0) await beginTask(ctx, task);
  const { transition } = await changeStatus(ctx, {
    ...aboutOf(task),
    ...promiseOf(task),
    toStatus: to,
    reason,
    keepIfThere: true,
  });
  return transition.seq;
}

/** The columns of a row that follows its machine's move; a row that has followed a later one stays there. */
export function moved(to: TaskStatus, seq: number) {
  return {
    status: sql`case when ${tasks.statusSeq} > ${seq} then ${tasks.status} else ${to} end`,
    statusSeq: sql`max(${tasks.statusSeq}, ${seq})`,
  };
}

/**
 * Brings the machine of a task in line with its row (begun, archived, owned and due as the row says) and the row's
 * status in line with the machine. Run again it changes nothing.
 */
export async function alignTask(ctx: Context, taskId: string): Promise<void> {
  const task = await findRow(ctx, taskId);
  if (!task) return;
  const ref = refOf(task);
  if (task.deletedAt) return archiveStatus(ctx, ref);
  const known = await machineOf(ctx, ref).current(ctx.now().getTime());
  if (!known) return beginTask(ctx, task);
  const { ownerId, entityDetails } = aboutOf(task);
  const dueAt = task.dueAt?.getTime() ?? known.slaDeadline;
  const isDue = known.isFinal || dueAt === known.slaDeadline;
  if (known.ownerId !== ownerId || known.entityDetails["question"] !== task.question || !isDue)
    await adjustStatus(ctx, ref, {
      ownerId,
      entityDetails,
      ...(isDue || task.dueAt === null ? {} : { dueAt: task.dueAt }),
    });
  await follow(ctx, task, known);
}

/** The same right after a commit, where the outbox row will do it again if this fails. */
export async function alignTaskNow(ctx: Context, taskId: string): Promise<void> {
  await alignTask(ctx, taskId).catch((error: unknown) =>
    ctx.log.error("task left for its queue to settle", error, { taskId }),
  );
}

/** Makes the machine of a task that has none yet: it begins pending and goes where its row is. */
async function beginTask(ctx: Context, task: TaskRow): Promise<void> {
  const begun = await changeStatus(ctx, {
    ...aboutOf(task),
    ...promiseOf(task),
    toStatus: "pending",
    changeId: `task:${task.id}:opened`,
    expectedFromStatus: null,
  }).catch((error: unknown) => {
    // Somebody else was first.
    if (!(error instanceof AppError && error.code === "CONFLICT")) throw error;
    return null;
  });
  if (!begun) return;
  const seq = task.status === "pending" ? begun.status.seq : await moveBegun(ctx, task);
  await follow(ctx, task, { ...begun.status, status: task.status, seq });
}

async function moveBegun(ctx: Context, task: TaskRow): Promise<number> {
  const { transition } = await changeStatus(ctx, {
    ...aboutOf(task),
    toStatus: task.status,
    changeId: `task:${task.id}:begun`,
  });
  return transition.seq;
}

/** The row goes where its machine is, if the machine has moved since. */
async function follow(ctx: Context, task: TaskRow, { status, seq }: StatusView): Promise<void> {
  const to = taskStatuses.find((known) => known === status);
  if (to === undefined || seq <= task.statusSeq) return;
  const isNews = to !== task.status;
  await ctx.db
    .update(tasks)
    .set({
      status: to,
      statusSeq: seq,
      ...(isNews ? { version: sql`${tasks.version} + 1`, updatedAt: ctx.now() } : {}),
    })
    .where(and(eq(tasks.companyId, task.companyId), eq(tasks.id, task.id), lt(tasks.statusSeq, seq)));
}

function refOf({ id, companyId }: TaskRow) {
  return { entityType: "task", entityId: id, companyId };
}

function aboutOf(task: TaskRow) {
  const { propertyId, assignedTo, question, leadId, conversationId } = task;
  return {
    ...refOf(task),
    propertyId,
    ownerId: assignedTo,
    entityDetails: {
      question,
      ...(leadId ? { lead_id: leadId } : {}),
      ...(conversationId ? { conversation_id: conversationId } : {}),
    },
  };
}

/** The time a task is due is its deadline, at whatever step it is. */
function promiseOf({ dueAt }: TaskRow) {
  return dueAt ? { businessContext: { estimated_completion: dueAt.toISOString() } } : {};
}

async function findRow(ctx: Context, id: string): Promise<TaskRow | null> {
  const [row] = await ctx.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.companyId, ctx.companyId), eq(tasks.id, id)));
  return row ?? null;
}
