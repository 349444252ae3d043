import { index, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, stamps } from "./columns.ts";

/** The full-text index `faqs_fts` over these rows lives in a migration of its own, kept by triggers. */
export const faqs = sqliteTable(
  "faqs",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    question: text("question").notNull(),
    answer: text("answer"),
    category: text("category"),
    sourceType: text("source_type"),
    status: text("status", { enum: ["pending", "answered", "needs_review"] }).notNull(),
    assignedTo: text("assigned_to"),
    conversationId: text("conversation_id"),
    answeredAt: at("answered_at"),
    answeredBy: text("answered_by"),
    ...stamps(),
  },
  (table) => [
    index("faqs_by_property").on(table.companyId, table.propertyId, table.status, table.id),
    index("faqs_by_assignee").on(table.companyId, table.assignedTo, table.status, table.id),
    index("faqs_by_conversation").on(table.companyId, table.conversationId),
  ],
);

export const tasks = sqliteTable(
  "tasks",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    conversationId: text("conversation_id"),
    leadId: text("lead_id"),
    faqId: text("faq_id"),
    assignedTo: text("assigned_to"),
    question: text("question").notNull(),
    answer: text("answer"),
    status: text("status", { enum: ["pending", "in_progress", "completed", "cancelled"] }).notNull(),
    dueAt: at("due_at"),
    ...stamps(),
  },
  (table) => [
    index("tasks_by_property").on(table.companyId, table.propertyId, table.status, table.id),
    index("tasks_by_assignee").on(table.companyId, table.assignedTo, table.status, table.id),
    index("tasks_by_conversation").on(table.companyId, table.conversationId),
  ],
);
