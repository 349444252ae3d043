import { and, asc, count, desc, eq, ne, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, type Paged, pageOf } from "../../core/page.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { faqs, faqTellings, faqVersions } from "../../db/schema/knowledge.ts";
import type { TellingRow } from "./present.ts";
import { findFaq } from "./queries.ts";
import type { ToldQuery } from "./schemas.ts";

const t = faqTellings;

/** Who was told which approved answer of a FAQ. A bot's answer that was withdrawn before it was said does not count. */
export async function listTold(ctx: Context, id: string, query: ToldQuery): Promise<Paged<TellingRow>> {
  const faq = await findFaq(ctx, id);
  return pageOf(query, await ctx.db.batch(toldPage(ctx, { ...faq, faqId: id }, query)));
}

/** The statements of the list. */
export function toldPage(
  ctx: Context,
  { companyId, faqId }: { companyId: string; faqId: string },
  query: ToldQuery,
) {
  const itsVersion = and(
    eq(faqVersions.companyId, t.companyId),
    eq(faqVersions.faqId, t.faqId),
    eq(faqVersions.version, t.version),
  );
  const itsFaq = eq(faqs.id, t.faqId);
  const itsConversation = and(
    eq(conversations.companyId, t.companyId),
    eq(conversations.id, t.conversationId),
  );
  // The bot's words are in the next message of its that holds the answer, as long as nobody has reworded it.
  const messageId = sql<string>`coalesce(${t.messageId}, (select m.id from messages m
    where m.company_id = ${t.companyId} and m.conversation_id = ${t.conversationId} and m.seq > ${t.askedSeq}
      and m.role = 'bot' and m.deleted_at is null
      and (m.edited_at is not null or instr(m.text, ${faqVersions.answer}) > 0)
    order by m.seq limit 1))`;
  const wasVersion = query.outdated ? ne(t.version, faqs.answerVersion) : eq(t.version, faqs.answerVersion);
  const where = and(
    eq(t.companyId, companyId),
    eq(t.faqId, faqId),
    query.version === undefined ? undefined : eq(t.version, query.version),
    query.outdated === undefined ? undefined : wasVersion,
    sql`${messageId} is not null`,
  );
  const page = ctx.db
    .select({
      faqId: t.faqId,
      version: t.version,
      answer: faqVersions.answer,
      present: faqs.answerVersion,
      toldBy: t.toldBy,
      conversationId: t.conversationId,
      messageId: messageId.as("told_message_id"),
      userId: conversations.userId,
      leadId: conversations.leadId,
      toldAt: t.toldAt,
    })
    .from(t)
    .innerJoin(faqVersions, itsVersion)
    .innerJoin(faqs, itsFaq)
    .leftJoin(conversations, itsConversation)
    .where(where)
    .orderBy(
      query.sort === "told_at" ? asc(t.toldAt) : desc(t.toldAt),
      asc(t.conversationId),
      asc(t.askedSeq),
      asc(t.version),
    )
    .limit(query.limit)
    .offset(offsetOf(query));
  const counted = ctx.db
    .select({ total: count() })
    .from(t)
    .innerJoin(faqVersions, itsVersion)
    .innerJoin(faqs, itsFaq)
    .where(where);
  return [page, counted] as const;
}
