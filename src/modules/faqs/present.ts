import { iso } from "../../core/fields.ts";
import type { faqs } from "../../db/schema/knowledge.ts";
import type { RagAnswered } from "./answer-query.ts";
import type { FaqMatch } from "./search-faqs.ts";
import { engine } from "./search-engine.ts";
import type { IndexCounts, Reindexed } from "./search-index.ts";

export type FaqRow = typeof faqs.$inferSelect;

/** A FAQ with its projected deadline and how often it was asked in vain. `now` tells what is overdue. */
export type FaqWithStatus = { faq: FaqRow; slaDeadline: Date | null; askedCount: number; now: Date };

export function presentFaq({ faq, slaDeadline, askedCount, now }: FaqWithStatus) {
  return {
    id: faq.id,
    company_id: faq.companyId,
    property_id: faq.propertyId,
    question: faq.question,
    answer: faq.answer,
    answer_version: faq.answerVersion,
    category: faq.category,
    source_type: faq.sourceType,
    status: faq.status,
    assigned_to: faq.assignedTo,
    conversation_id: faq.conversationId,
    asked_count: askedCount,
    review_reason: faq.reviewReason,
    answered_at: iso(faq.answeredAt),
    answered_by: faq.answeredBy,
    answered_by_name: faq.answeredByName,
    sla_deadline: iso(slaDeadline),
    is_overdue: slaDeadline !== null && slaDeadline <= now,
    created_at: iso(faq.createdAt),
    updated_at: iso(faq.updatedAt),
  };
}

export function presentCreatedFaq({ similar, ...found }: FaqWithStatus & { similar: FaqMatch[] }) {
  return { ...presentFaq(found), similar };
}

export type TellingRow = {
  faqId: string;
  version: number;
  answer: string;
  present: number;
  toldBy: "bot" | "person";
  conversationId: string;
  messageId: string;
  userId: string | null;
  leadId: string | null;
  toldAt: Date;
};

export function presentTelling(row: TellingRow) {
  return {
    faq_id: row.faqId,
    version: row.version,
    answer: row.answer,
    is_outdated: row.version !== row.present,
    told_by: row.toldBy,
    conversation_id: row.conversationId,
    message_id: row.messageId,
    user_id: row.userId,
    lead_id: row.leadId,
    told_at: iso(row.toldAt),
  };
}

export function presentRagAnswer({ question, passages, best }: RagAnswered) {
  const source = best && {
    faq_id: best.match.faq_id,
    question: best.match.question,
    version: best.version,
  };
  return {
    query: question.query,
    property_id: question.property_id,
    answer: best?.match.answer ?? null,
    abstained: best === null,
    sources: source ? [source] : [],
    passages,
    engine,
  };
}

export function presentIndexStatus(counts: IndexCounts) {
  const missing = counts.documents - counts.indexed;
  const at = (ms: number | null) => iso(ms === null ? null : new Date(ms));
  return {
    engine,
    documents: counts.documents,
    indexed: counts.indexed,
    missing,
    is_stale: missing > 0,
    retrievable: counts.retrievable,
    pending: counts.pending,
    needs_review: counts.needsReview,
    last_answered_at: at(counts.lastAnsweredAt),
    last_changed_at: at(counts.lastChangedAt),
  };
}

export function presentReindexed({ documents, indexed, added, updatedAt }: Reindexed) {
  return { documents, indexed, added, updated_at: iso(updatedAt) };
}
