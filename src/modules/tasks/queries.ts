import { and, count, eq, getTableColumns, gte, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { tasks } from "../../db/schema/knowledge.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { getManager } from "../property-managers/queries.ts";
import { byDeadline, overdueIs, statusOf } from "../status/status-join.ts";
import type { TaskRow, TaskWithStatus } from "./present.ts";
import type { TaskQuery } from "./schemas.ts";

/** Tasks of the properties the caller may see. */
export function visible(ctx: Context): SQL | undefined {
  return and(inCompany(ctx, tasks.companyId), inProperties(ctx, tasks.propertyId), isNull(tasks.deletedAt));
}

const itsStatus = statusOf("task", tasks);

const withStatus = { task: getTableColumns(tasks), slaDeadline: statusEntities.slaDeadline };

/** The row alone, as far as the caller may see it. */
export async function findTask(ctx: Context, id: string): Promise<TaskRow> {
  const rows = await ctx.db
    .select()
    .from(tasks)
    .where(and(visible(ctx), eq(tasks.id, id)));
  return only(rows, "Task");
}

export async function getTask(ctx: Context, id: string): Promise<TaskWithStatus> {
  const rows = await ctx.db
    .select(withStatus)
    .from(tasks)
    .leftJoin(statusEntities, itsStatus)
    .where(and(visible(ctx), eq(tasks.id, id)));
  return { ...only(rows, "Task"), now: ctx.now() };
}

export async function listTasks(ctx: Context, query: TaskQuery): Promise<Paged<TaskWithStatus>> {
  const [rows, counted] = await ctx.db.batch(taskPage(ctx, query));
  const now = ctx.now();
  return pageOf(query, [rows.map((row) => ({ ...row, now })), counted]);
}

export async function listAssignedTasks(
  ctx: Context,
  managerId: string,
  query: Omit<TaskQuery, "assigned_to">,
): Promise<Paged<TaskWithStatus>> {
  await getManager(ctx, managerId);
  return listTasks(ctx, { ...query, assigned_to: managerId });
}

/** The statements of the list: the page and the count of all that match. */
export function taskPage(ctx: Context, query: TaskQuery) {
  const where = and(
    visible(ctx),
    query.property_id ? eq(tasks.propertyId, query.property_id) : undefined,
    query.status ? eq(tasks.status, query.status) : undefined,
    query.assigned_to ? eq(tasks.assignedTo, query.assigned_to) : undefined,
    query.conversation_id ? eq(tasks.conversationId, query.conversation_id) : undefined,
    query.lead_id ? eq(tasks.leadId, query.lead_id) : undefined,
    query.faq_id ? eq(tasks.faqId, query.faq_id) : undefined,
    query.q ? contains(query.q, tasks.question, tasks.answer) : undefined,
    query.from ? gte(tasks.createdAt, query.from) : undefined,
    query.to ? lt(tasks.createdAt, query.to) : undefined,
    overdueIs(ctx, query.overdue),
  );
  const sorts = {
    created_at: tasks.createdAt,
    updated_at: tasks.updatedAt,
    // Those without a date are never the urgent ones.
    due_at: sql`coalesce(${tasks.dueAt}, 9e15)`,
    sla_deadline: byDeadline,
  };
  const page = ctx.db
    .select(withStatus)
    .from(tasks)
    .leftJoin(statusEntities, itsStatus)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", sorts, tasks.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  const counted = ctx.db
    .select({ total: count() })
    .from(tasks)
    .leftJoin(statusEntities, itsStatus)
    .where(where);
  return [page, counted] as const;
}
