import { iso } from "../../core/fields.ts";
import type { tasks } from "../../db/schema/knowledge.ts";

export type TaskRow = typeof tasks.$inferSelect;

/** A task with its projected deadline. `now` tells what is overdue. */
export type TaskWithStatus = { task: TaskRow; slaDeadline: Date | null; now: Date };

export function presentTask({ task, slaDeadline, now }: TaskWithStatus) {
  return {
    id: task.id,
    company_id: task.companyId,
    property_id: task.propertyId,
    conversation_id: task.conversationId,
    lead_id: task.leadId,
    faq_id: task.faqId,
    assigned_to: task.assignedTo,
    question: task.question,
    answer: task.answer,
    answered_at: iso(task.answeredAt),
    answered_by: task.answeredBy,
    answered_by_name: task.answeredByName,
    status: task.status,
    due_at: iso(task.dueAt),
    sla_deadline: iso(slaDeadline),
    is_overdue: slaDeadline !== null && slaDeadline <= now,
    created_at: iso(task.createdAt),
    updated_at: iso(task.updatedAt),
  };
}
