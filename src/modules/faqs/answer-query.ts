import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import { CONFIDENT_SCORE } from "../conversations/brain/rank-faqs.ts";
import { getProperty } from "../properties/queries.ts";
import type { RagQuestion } from "./schemas.ts";
import { type FaqMatch, searchFaqs } from "./search-faqs.ts";

export type RagAnswered = {
  question: RagQuestion;
  passages: FaqMatch[];
  /** The passage that answers, with the number of its wording; null when none is good enough. */
  best: { match: FaqMatch; version: number } | null;
};

/** Looks a question up as the bot would: the best approved answer word for word, or none. */
export async function answerQuery(ctx: Context, question: RagQuestion): Promise<RagAnswered> {
  const { companyId, id } = await getProperty(ctx, question.property_id);
  const found = await searchFaqs({ ...ctx, companyId }, id, question.query);
  const passages = found.slice(0, question.limit);
  const [match] = passages;
  if (!match || match.score < CONFIDENT_SCORE) return { question, passages, best: null };
  const [faq] = await ctx.db
    .select({ version: faqs.answerVersion })
    .from(faqs)
    .where(and(eq(faqs.companyId, companyId), eq(faqs.id, match.faq_id)));
  return { question, passages, best: { match, version: faq?.version ?? 1 } };
}
