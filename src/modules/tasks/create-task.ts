import { and, eq, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { inCompany, inProperties, only, requireWritable } from "../../core/scope.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { getProperty } from "../properties/queries.ts";
import { requireAssignee } from "../property-managers/require-assignee.ts";
import { openTask } from "./open-task.ts";
import type { TaskWithStatus } from "./present.ts";
import { getTask } from "./queries.ts";
import type { TaskDraft } from "./schemas.ts";
import { alignTaskNow } from "./task-status.ts";

/** Enters a task by hand; whoever is to do it hears of it, and its clock begins. */
export async function createTask(ctx: Context, draft: TaskDraft): Promise<TaskWithStatus> {
  const { id: propertyId, companyId } = await getProperty(ctx, draft.property_id);
  requireWritable(ctx, propertyId);
  await requireAssignee(ctx, { companyId, propertyId }, null, draft.assigned_to ?? null);
  await requireSameProperty(ctx, propertyId, draft);
  const id = ctx.newId();
  const assignedTo = draft.assigned_to ?? null;
  const task = openTask(ctx, {
    id,
    propertyId,
    question: draft.question,
    conversationId: draft.conversation_id ?? null,
    leadId: draft.lead_id ?? null,
    faqId: draft.faq_id ?? null,
    assignedTo,
    dueAt: draft.due_at ?? null,
  });
  const isOwn = ctx.actor.kind === "staff" && ctx.actor.managerId === assignedTo;
  const notice = staffNotice({
    dedupeKey: `task:${id}`,
    type: "task_created",
    propertyId,
    leadId: draft.lead_id,
    conversationId: draft.conversation_id,
    managerId: assignedTo,
    title: "New task",
    body: draft.question,
    payload: { task_id: id },
  });
  await commit(
    ctx,
    [
      task.insert,
      audit(ctx, { action: "create", recordType: "task", recordId: id, companyId, after: draft }),
    ],
    [task.work, ...(assignedTo !== null && !isOwn ? [notice] : [])],
  );
  await alignTaskNow(ctx, id);
  return getTask(ctx, id);
}

const links = {
  conversation_id: { table: conversations, what: "Conversation" },
  lead_id: { table: leads, what: "Lead" },
  faq_id: { table: faqs, what: "FAQ" },
} as const;

/** Whatever a task is about belongs to its property, and is there for the caller to see. */
async function requireSameProperty(ctx: Context, propertyId: string, draft: TaskDraft): Promise<void> {
  for (const field of ["conversation_id", "lead_id", "faq_id"] as const) {
    const id = draft[field];
    if (!id) continue;
    const { table, what } = links[field];
    const rows = await ctx.db
      .select({ propertyId: table.propertyId })
      .from(table)
      .where(
        and(
          inCompany(ctx, table.companyId),
          inProperties(ctx, table.propertyId),
          eq(table.id, id),
          isNull(table.deletedAt),
        ),
      );
    if (only(rows, what).propertyId !== propertyId)
      throw invalidFields([{ field, message: "belongs to another property" }]);
  }
}
