import * as z from "zod";
import { longText, shortText } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";

export const TaskId = z.object({ id: z.string() });
export const AssigneeId = z.object({ managerId: z.string() });
export const TaskAssignment = z.object({ id: z.string(), managerId: z.string() });

export const taskStatuses = ["pending", "in_progress", "completed", "cancelled"] as const;
const TaskStatus = z.enum(taskStatuses);

const question = z.string().trim().min(1, "must not be empty").max(1000);
const dueAt = instant
  .optional()
  .describe("The deadline in place of the workflow's hours; it can be moved, not taken back");

export const TaskDraft = z
  .object({
    property_id: z.string().min(1),
    question: question.describe("What is to be answered or done"),
    conversation_id: z.string().min(1).nullable().optional(),
    lead_id: z.string().min(1).nullable().optional(),
    faq_id: z.string().min(1).nullable().optional().describe("The FAQ that answering it may publish"),
    assigned_to: z.string().min(1).nullable().optional().describe("A property manager of the property"),
    due_at: dueAt,
  })
  .meta({
    example: {
      property_id: "0195f3a0-0000-7000-8000-000000000001",
      question: "Can I paint the walls?",
      due_at: "2030-03-01T17:00:00-06:00",
    },
  });
export type TaskDraft = z.infer<typeof TaskDraft>;

export const TaskChanges = z
  .object({
    question: question.optional(),
    assigned_to: z.string().min(1).nullable().optional(),
    due_at: dueAt,
  })
  .meta({ example: { due_at: "2030-03-02T17:00:00-06:00" } });
export type TaskChanges = z.infer<typeof TaskChanges>;

export const StatusChange = z
  .object({ status: TaskStatus, reason: longText.optional() })
  .meta({ example: { status: "in_progress" } });
export type StatusChange = z.infer<typeof StatusChange>;

export const TaskAnswer = z
  .object({
    answer: longText,
    publish_faq: z
      .boolean()
      .default(false)
      .describe("Whether the bot may give this answer to everybody from now on"),
  })
  .meta({ example: { answer: "Yes, in light colours.", publish_faq: true } });
export type TaskAnswer = z.infer<typeof TaskAnswer>;

const filters = {
  property_id: z.string().optional(),
  status: TaskStatus.optional(),
  conversation_id: z.string().optional(),
  lead_id: z.string().optional(),
  faq_id: z.string().optional(),
  q: shortText.optional().describe("Part of the question or the answer"),
  from: instant.optional().describe("Created at or after"),
  to: instant.optional().describe("Created before"),
  overdue: z.stringbool().optional(),
};
const sorts = ["created_at", "updated_at", "due_at", "sla_deadline"] as const;

export const AssignedQuery = pageQuery(sorts, filters);
export const TaskQuery = pageQuery(sorts, { ...filters, assigned_to: z.string().optional() });
export type TaskQuery = z.infer<typeof TaskQuery>;

export const Task = z
  .object({
    id: z.string(),
    company_id: z.string(),
    property_id: z.string(),
    conversation_id: z.string().nullable(),
    lead_id: z.string().nullable(),
    faq_id: z.string().nullable(),
    assigned_to: z.string().nullable(),
    question: z.string(),
    answer: z.string().nullable(),
    answered_at: z.iso.datetime().nullable(),
    answered_by: z.string().nullable(),
    answered_by_name: z.string().nullable(),
    status: TaskStatus,
    due_at: z.iso.datetime().nullable(),
    sla_deadline: z.iso.datetime().nullable(),
    is_overdue: z.boolean(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Task" });
