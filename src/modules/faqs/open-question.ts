import { and, eq, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { faqs, tasks } from "../../db/schema/knowledge.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";

export type OpenQuestion = {
  propertyId: string;
  conversationId: string;
  leadId: string | null;
  question: string;
};

/**
 * Keeps a question nobody has approved an answer to: a pending FAQ, a task for staff, a notice. Asked again at
 * the same property it is the same question.
 */
export async function openQuestion(ctx: Context, asked: OpenQuestion): Promise<void> {
  const question = asked.question.trim().slice(0, 500);
  const [known] = await ctx.db
    .select({ id: faqs.id })
    .from(faqs)
    .where(
      and(
        eq(faqs.companyId, ctx.companyId),
        eq(faqs.propertyId, asked.propertyId),
        eq(faqs.status, "pending"),
        isNull(faqs.deletedAt),
        sql`lower(${faqs.question}) = lower(${question})`,
      ),
    )
    .limit(1);
  if (known) return;
  const now = ctx.now();
  const base = { companyId: ctx.companyId, propertyId: asked.propertyId, createdAt: now, updatedAt: now };
  const { conversationId, leadId } = asked;
  const faqId = ctx.newId();
  await commit(
    ctx,
    [
      ctx.db
        .insert(faqs)
        .values({ ...base, id: faqId, question, status: "pending", sourceType: "chat", conversationId }),
      ctx.db
        .insert(tasks)
        .values({ ...base, id: ctx.newId(), faqId, question, status: "pending", conversationId, leadId }),
    ],
    [
      staffNotice({
        dedupeKey: `question:${faqId}`,
        type: "question_open",
        propertyId: asked.propertyId,
        conversationId,
        leadId,
        title: "A visitor's question has no approved answer",
        body: question,
        payload: { faq_id: faqId },
      }),
    ],
  );
}
