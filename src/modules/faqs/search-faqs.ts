import { sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { ftsQuery, rankFaqs } from "../conversations/brain/rank-faqs.ts";

export type FaqMatch = { faq_id: string; question: string; answer: string; score: number };

/** How many candidates the index hands over to the ranking. */
const candidates = 12;

/**
 * Approved FAQs of a property that fit the words, best first. One statement; the index is kept by triggers, so
 * an answer is found from the moment its write was answered.
 */
export async function searchFaqs(ctx: Context, propertyId: string, text: string): Promise<FaqMatch[]> {
  const match = ftsQuery(text);
  if (match === null) return [];
  const rows = await ctx.db.all<{ faq_id: string; question: string; answer: string; bm25: number }>(sql`
    select f.id as faq_id, f.question, f.answer, bm25(faqs_fts, 3.0, 1.0) as bm25
    from faqs_fts join faqs f on f.rowid = faqs_fts.rowid
    where faqs_fts match ${match} and f.company_id = ${ctx.companyId} and f.property_id = ${propertyId}
      and f.status = 'answered' and f.deleted_at is null
    order by bm25 limit ${candidates}`);
  return rankFaqs(text, rows);
}
