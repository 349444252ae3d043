import { and, avg, count, eq, gte, isNull, lt, sql, sum } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { inCompany, inProperties } from "../../core/scope.ts";
import { conversations, messages } from "../../db/schema/conversations.ts";
import { getConversation } from "./queries.ts";
import type { SummaryQuery } from "./schemas.ts";

/** Figures of one conversation, from its stored messages. Bot greetings do not count as a response. */
export async function analyzeConversation(ctx: Context, id: string) {
  const { conversation } = await getConversation(ctx, id);
  const rows = await ctx.db
    .select({ role: messages.role, createdAt: messages.createdAt, payload: messages.payload })
    .from(messages)
    .where(
      and(
        eq(messages.companyId, conversation.companyId),
        eq(messages.conversationId, id),
        isNull(messages.deletedAt),
      ),
    )
    .orderBy(messages.seq);
  const firstVisitor = rows.findIndex((row) => row.role === "visitor");
  const after = firstVisitor < 0 ? [] : rows.slice(firstVisitor);
  const secondsTo = (roles: string[]) => {
    const reply = after.find((row) => roles.includes(row.role));
    return reply && after[0] ? (reply.createdAt.getTime() - after[0].createdAt.getTime()) / 1000 : null;
  };
  const counted = (role: string) => rows.filter((row) => row.role === role).length;
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    conversation_id: id,
    messages: {
      visitor: counted("visitor"),
      bot: counted("bot"),
      agent: counted("agent"),
      system: counted("system"),
    },
    duration_seconds: first && last ? (last.createdAt.getTime() - first.createdAt.getTime()) / 1000 : 0,
    first_response_seconds: secondsTo(["bot", "agent"]),
    first_human_response_seconds: secondsTo(["agent"]),
    handed_off: rows.some(
      (row) => (row.payload as { kind?: string } | null)?.kind === "handoff" || row.role === "agent",
    ),
    is_qualified: conversation.isQualified,
    is_book_tour: conversation.isBookTour,
    lead_score: conversation.leadScore,
  };
}

/** Figures over the conversations the caller may see, by when they began. Four statements, whatever their number. */
export async function summarizeConversations(ctx: Context, query: SummaryQuery) {
  const where = and(
    inCompany(ctx, conversations.companyId),
    inProperties(ctx, conversations.propertyId),
    isNull(conversations.deletedAt),
    query.property_id ? eq(conversations.propertyId, query.property_id) : undefined,
    query.from ? gte(conversations.startTime, query.from) : undefined,
    query.to ? lt(conversations.startTime, query.to) : undefined,
  );
  const tally = (key: typeof conversations.source | typeof conversations.propertyId) =>
    ctx.db.select({ key, conversations: count() }).from(conversations).where(where).groupBy(key);
  const [[totals], bySource, byProperty] = await ctx.db.batch([
    ctx.db
      .select({
        conversations: count(),
        visitorMessages: sum(conversations.visitorMessageCount).mapWith(Number),
        qualified: sum(conversations.isQualified).mapWith(Number),
        toursBooked: sum(conversations.isBookTour).mapWith(Number),
        withHumanReply: count(conversations.firstHumanReplyAt),
        humanResponseMs: avg(sql`${conversations.firstHumanReplyAt} - ${conversations.startTime}`).mapWith(
          Number,
        ),
      })
      .from(conversations)
      .where(where),
    tally(conversations.source),
    tally(conversations.propertyId),
  ]);
  const all = totals?.conversations ?? 0;
  const rate = (part: number | null | undefined) => (all === 0 ? 0 : (part ?? 0) / all);
  return {
    conversations: all,
    visitor_messages: totals?.visitorMessages ?? 0,
    qualified: totals?.qualified ?? 0,
    tours_booked: totals?.toursBooked ?? 0,
    qualification_rate: rate(totals?.qualified),
    booking_rate: rate(totals?.toursBooked),
    with_human_reply: totals?.withHumanReply ?? 0,
    average_first_human_response_seconds: totals?.withHumanReply
      ? (totals.humanResponseMs ?? 0) / 1000
      : null,
    by_source: bySource,
    by_property: byProperty,
  };
}
