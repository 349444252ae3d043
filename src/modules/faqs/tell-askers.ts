import { and, asc, eq, isNotNull, isNull } from "drizzle-orm";
import { v5 as uuidv5 } from "uuid";
import type { Context } from "../../core/context.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { faqAskers, faqTellings } from "../../db/schema/knowledge.ts";
import { chatRoom } from "../../durable/stubs.ts";
import type { ConversationRow } from "../conversations/present.ts";
import { aboutOf } from "../conversations/queries.ts";
import type { FaqRow } from "./present.ts";

type Asker = typeof faqAskers.$inferSelect;

const pageSize = 50;

/**
 * Says the answer in every conversation that was promised one, as the person who gave it and without taking the
 * turn. The message's id is made from the question, so that a repeated run says nothing twice.
 */
export async function tellAskers(ctx: Context, faq: FaqRow): Promise<void> {
  for (;;) {
    const waiting = await listWaiting(ctx, faq.id);
    for (const { asker, conversation } of waiting) await tell(ctx, asker, conversation);
    if (waiting.length < pageSize) return;
  }
}

function listWaiting(ctx: Context, faqId: string) {
  return ctx.db
    .select({ asker: faqAskers, conversation: conversations })
    .from(faqAskers)
    .leftJoin(
      conversations,
      and(
        eq(conversations.companyId, faqAskers.companyId),
        eq(conversations.id, faqAskers.conversationId),
        isNull(conversations.deletedAt),
      ),
    )
    .where(
      and(
        eq(faqAskers.companyId, ctx.companyId),
        eq(faqAskers.faqId, faqId),
        isNull(faqAskers.toldAt),
        isNotNull(faqAskers.words),
      ),
    )
    .orderBy(asc(faqAskers.conversationId))
    .limit(pageSize);
}

async function tell(ctx: Context, asker: Asker, conversation: ConversationRow | null): Promise<void> {
  const { companyId, faqId, conversationId, askedSeq, words, version } = asker;
  const messageId = uuidv5(`faqs/${faqId}/askers/${conversationId}/${askedSeq}`, uuidv5.URL);
  if (conversation && words !== null)
    await chatRoom(ctx.env, companyId, conversationId).announce(aboutOf(ctx, conversation), {
      id: messageId,
      role: "agent",
      text: words,
      senderId: asker.spokenBy,
      senderName: asker.spokenByName,
    });
  const toldAt = ctx.now();
  const told = ctx.db
    .update(faqAskers)
    .set({ toldAt })
    .where(
      and(
        eq(faqAskers.companyId, companyId),
        eq(faqAskers.faqId, faqId),
        eq(faqAskers.conversationId, conversationId),
        eq(faqAskers.askedSeq, askedSeq),
      ),
    );
  if (!conversation || version === null) {
    await told;
    return;
  }
  const telling = { companyId, faqId, version, conversationId, askedSeq, messageId, toldAt };
  await ctx.db.batch([
    told,
    ctx.db
      .insert(faqTellings)
      .values({ ...telling, toldBy: "person" })
      .onConflictDoNothing(),
  ]);
}
