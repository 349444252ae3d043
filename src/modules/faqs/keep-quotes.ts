import { sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../../core/context.ts";
import { faqs, faqTellings, faqVersions } from "../../db/schema/knowledge.ts";
import type { FaqMatch } from "./search-faqs.ts";

export type Quoted = { conversationId: string; askedSeq: number; quotes: FaqMatch[] };

/** Keeps which wording of which FAQs the bot's answer to a visitor's message is made of. Kept again it changes nothing. */
export async function keepQuotes(ctx: Context, { conversationId, askedSeq, quotes }: Quoted): Promise<void> {
  const at = ctx.now().getTime();
  const statements: BatchItem<"sqlite">[] = quotes.flatMap(({ faq_id, answer }) => [
    // A FAQ that came in otherwise than by an answer gets its wording kept the first time it is told.
    ctx.db
      .insert(faqVersions)
      .select(
        sql`select company_id, id, answer_version, question, answer, answered_by, answered_by_name,
            coalesce(answered_at, created_at)
          from ${faqs} where company_id = ${ctx.companyId} and id = ${faq_id} and answer = ${answer}`,
      )
      .onConflictDoNothing(),
    ctx.db
      .insert(faqTellings)
      .select(
        sql`select company_id, faq_id, max(version), ${conversationId}, ${askedSeq}, 'bot', null, ${at}
          from ${faqVersions} where company_id = ${ctx.companyId} and faq_id = ${faq_id} and answer = ${answer}
          group by company_id, faq_id`,
      )
      .onConflictDoNothing(),
  ]);
  const [first, ...others] = statements;
  if (first) await ctx.db.batch([first, ...others]);
}
