import type { Context } from "../../core/context.ts";
import { figuresOf } from "../amplitude-data/figures.ts";
import { isHandedOff } from "../amplitude-data/judge-conversation.ts";
import { analyzeNow, type Keyed, summarize } from "../amplitude-data/queries.ts";
import type { SummaryQuery } from "./schemas.ts";

/** Figures of one conversation, from its stored messages. Bot greetings do not count as a response. */
export async function analyzeConversation(ctx: Context, id: string) {
  const { conversation, facts, judged } = await analyzeNow(ctx, id);
  const { visitor, bot, agent, system, firstAt, lastAt } = facts.talk;
  return {
    conversation_id: id,
    messages: { visitor, bot, agent, system },
    duration_seconds: firstAt && lastAt ? (lastAt.getTime() - firstAt.getTime()) / 1000 : 0,
    first_response_seconds: inSeconds(judged.firstResponseMs),
    first_human_response_seconds: inSeconds(judged.firstHumanResponseMs),
    handed_off: isHandedOff(facts),
    is_qualified: conversation.isQualified,
    is_book_tour: conversation.isBookTour,
    lead_score: conversation.leadScore,
  };
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

/**
 * Figures over the conversations the caller may see, by the day they began, from the daily sums (see `figuresOf`). The
 * rates are shares of all conversations, also of those in which the visitor said nothing.
 */
export async function summarizeConversations(ctx: Context, query: SummaryQuery) {
  const { period, all, bySource, byProperty } = await summarize(ctx, query);
  const rate = (part: number) => (all.conversations === 0 ? 0 : part / all.conversations);
  const { average_first_response_seconds, average_first_human_response_seconds } = figuresOf(all);
  return {
    ...period,
    conversations: all.conversations,
    visitor_messages: all.visitorMessages,
    qualified: all.qualified,
    tours_booked: all.toured,
    qualification_rate: rate(all.qualified),
    booking_rate: rate(all.toured),
    with_human_reply: all.answeredByPerson,
    average_first_response_seconds,
    average_first_human_response_seconds,
    by_source: bySource.map(tallyOf),
    by_property: byProperty.map(tallyOf),
  };
}

function tallyOf({ key, conversations }: Keyed) {
  return { key, conversations };
}
