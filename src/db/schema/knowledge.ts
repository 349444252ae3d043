import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, stamps } from "./columns.ts";

/** The full-text index `faqs_fts` over these rows lives in a migration of its own, kept by triggers. */
export const faqs = sqliteTable(
  "faqs",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    question: text("question").notNull(),
    /** The question without case and punctuation: what makes two of them the same one. */
    questionKey: text("question_key"),
    answer: text("answer"),
    /** Number of the present answer, or of the first one to come. */
    answerVersion: integer("answer_version").notNull().default(1),
    category: text("category"),
    sourceType: text("source_type"),
    status: text("status", { enum: ["pending", "answered", "needs_review"] }).notNull(),
    /** Last move of the status machine that the row has followed. */
    statusSeq: integer("status_seq").notNull().default(0),
    reviewReason: text("review_reason"),
    assignedTo: text("assigned_to"),
    conversationId: text("conversation_id"),
    answeredAt: at("answered_at"),
    answeredBy: text("answered_by"),
    answeredByName: text("answered_by_name"),
    ...stamps(),
  },
  (table) => [
    index("faqs_by_created").on(table.companyId, table.createdAt, table.id),
    index("faqs_by_property").on(table.companyId, table.propertyId, table.createdAt, table.id),
    index("faqs_by_status").on(table.companyId, table.status, table.createdAt, table.id),
    index("faqs_by_assignee").on(table.companyId, table.assignedTo, table.createdAt, table.id),
    index("faqs_by_conversation").on(table.companyId, table.conversationId, table.createdAt, table.id),
    uniqueIndex("faqs_by_question")
      .on(table.companyId, table.propertyId, table.questionKey)
      .where(sql`${table.deletedAt} is null`),
  ],
);

/** Every answer that was ever approved, word for word. */
export const faqVersions = sqliteTable(
  "faq_versions",
  {
    companyId: text("company_id").notNull(),
    faqId: text("faq_id").notNull(),
    version: integer("version").notNull(),
    question: text("question").notNull(),
    answer: text("answer").notNull(),
    answeredBy: text("answered_by"),
    answeredByName: text("answered_by_name"),
    createdAt: at("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.faqId, table.version] })],
);

/** Conversations that were promised an answer by a person. */
export const faqAskers = sqliteTable(
  "faq_askers",
  {
    companyId: text("company_id").notNull(),
    faqId: text("faq_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    leadId: text("lead_id"),
    /** The visitor's message that asked. */
    askedSeq: integer("asked_seq").notNull(),
    askedAt: at("asked_at").notNull(),
    /** What a person has answered; written with the answer, said in the conversation after it. */
    words: text("words"),
    /** The approved answer the words are made of; null for one that was meant for these visitors only. */
    version: integer("version"),
    spokenBy: text("spoken_by"),
    spokenByName: text("spoken_by_name"),
    toldAt: at("told_at"),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.faqId, table.conversationId] }),
    index("faq_askers_waiting")
      .on(table.companyId, table.faqId)
      .where(sql`${table.toldAt} is null`),
  ],
);

/** Which approved answer was told in which conversation. */
export const faqTellings = sqliteTable(
  "faq_tellings",
  {
    companyId: text("company_id").notNull(),
    faqId: text("faq_id").notNull(),
    version: integer("version").notNull(),
    conversationId: text("conversation_id").notNull(),
    /** The visitor's message it answers. */
    askedSeq: integer("asked_seq").notNull(),
    toldBy: text("told_by", { enum: ["bot", "person"] }).notNull(),
    /** Of a person's message; the bot's is the next one after the question. */
    messageId: text("message_id"),
    toldAt: at("told_at").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.companyId, table.faqId, table.conversationId, table.askedSeq, table.version],
    }),
    index("faq_tellings_by_time").on(table.companyId, table.faqId, table.toldAt),
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
    answeredAt: at("answered_at"),
    answeredBy: text("answered_by"),
    answeredByName: text("answered_by_name"),
    status: text("status", { enum: ["pending", "in_progress", "completed", "cancelled"] }).notNull(),
    /** Last move of the status machine that the row has followed. */
    statusSeq: integer("status_seq").notNull().default(0),
    dueAt: at("due_at"),
    ...stamps(),
  },
  (table) => [
    index("tasks_by_created").on(table.companyId, table.createdAt, table.id),
    index("tasks_by_due").on(table.companyId, table.dueAt, table.id),
    index("tasks_by_property").on(table.companyId, table.propertyId, table.createdAt, table.id),
    index("tasks_by_status").on(table.companyId, table.status, table.createdAt, table.id),
    index("tasks_by_assignee").on(table.companyId, table.assignedTo, table.createdAt, table.id),
    index("tasks_by_conversation").on(table.companyId, table.conversationId, table.createdAt, table.id),
    index("tasks_by_faq").on(table.companyId, table.faqId, table.createdAt, table.id),
  ],
);
