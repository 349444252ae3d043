import type { analyticsConversations } from "../../db/schema/analytics.ts";

export type DrawnRow = typeof analyticsConversations.$inferSelect;

/** Columns of `analytics_conversations` with the value each has in a drawn row; times in epoch ms. */
export function cellsOf(row: DrawnRow): Record<string, string | number | null> {
  return {
    company_id: row.companyId,
    conversation_id: row.conversationId,
    property_id: row.propertyId,
    source: row.source,
    day: row.day,
    started_at: row.startedAt.getTime(),
    lead_id: row.leadId,
    engagement_points: row.engagementPoints,
    engagement_score: row.engagementScore,
    visitor_messages: row.visitorMessages,
    duration_s: row.durationS,
    first_response_ms: row.firstResponseMs,
    first_human_response_ms: row.firstHumanResponseMs,
    is_chat: Number(row.isChat),
    is_qualified: Number(row.isQualified),
    is_toured: Number(row.isToured),
    is_shown: Number(row.isShown),
    is_applied: Number(row.isApplied),
    is_leased: Number(row.isLeased),
    is_contact_captured: Number(row.isContactCaptured),
    is_abandoned: Number(row.isAbandoned),
    is_handed_off: Number(row.isHandedOff),
    is_incentive_offered: Number(row.isIncentiveOffered),
    is_incentive_accepted: Number(row.isIncentiveAccepted),
    is_incentive_expired: Number(row.isIncentiveExpired),
    drawn_at: row.drawnAt.getTime(),
  };
}

const scored = (score: string) => `is_chat * (engagement_score = '${score}')`;

/** What one conversation is worth in each daily sum, in SQL over its row. */
export const worth: Record<string, string> = {
  conversations: "1",
  chats: "is_chat",
  qualified: "is_qualified",
  toured: "is_toured",
  shown: "is_shown",
  applied: "is_applied",
  leased: "is_leased",
  contacts_captured: "is_contact_captured",
  abandoned: "is_abandoned",
  handed_off: "is_chat * is_handed_off",
  incentives_offered: "is_incentive_offered",
  incentives_accepted: "is_incentive_accepted",
  incentives_expired: "is_incentive_expired",
  visitor_messages: "visitor_messages",
  duration_s: "is_chat * duration_s",
  engagement_points: "is_chat * engagement_points",
  scored_low: scored("low"),
  scored_medium: scored("medium"),
  scored_high: scored("high"),
  scored_very_high: scored("very_high"),
  answered: "first_response_ms is not null",
  first_response_ms: "coalesce(first_response_ms, 0)",
  answered_by_person: "first_human_response_ms is not null",
  first_human_response_ms: "coalesce(first_human_response_ms, 0)",
};

const place = "company_id, day, property_id, source";

/** The sums, as the columns are called. */
export const sumNames = Object.keys(worth);

/** The daily sums counted from the conversations' rows; what they must always equal. */
export const recount = `select ${place}, ${sumNames.map((name) => `sum(${worth[name]}) as ${name}`).join(", ")}
  from analytics_conversations`;

/**
 * Moves the sums from what a conversation was worth to what it is worth now. Goes into the batch before the row itself
 * is replaced; the same row again moves nothing, an older look than the one drawn from is left alone. `?1` is the row as
 * JSON in an array (empty: it counts no more), `?2` company, `?3` conversation, `?4` the time of the look.
 */
export const moveSums = `insert into analytics_daily (${place}, ${sumNames.join(", ")})
  select ${place}, ${sumNames.map((name) => `sum(${name})`).join(", ")} from (
    select ${place}, ${sumNames.map((name) => `${worth[name]} as ${name}`).join(", ")} from (
      select ${columns()
        .map((name) => `value->>'${name}' as ${name}`)
        .join(", ")} from json_each(?1))
    union all
    select ${place}, ${sumNames.map((name) => `-(${worth[name]})`).join(", ")} from analytics_conversations
      where company_id = ?2 and conversation_id = ?3)
  where not exists (select 1 from analytics_conversations
    where company_id = ?2 and conversation_id = ?3 and drawn_at > ?4)
  group by ${place}
  having ${sumNames.map((name) => `sum(${name}) <> 0`).join(" or ")}
  on conflict (${place}) do update set ${sumNames.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`;

export const replaceRow = `insert into analytics_conversations (${columns().join(", ")})
  select ${columns()
    .map((name) => `value->>'${name}'`)
    .join(", ")} from json_each(?1) where true
  on conflict (company_id, conversation_id) do update set
    ${columns()
      .map((name) => `${name} = excluded.${name}`)
      .join(", ")}
  where excluded.drawn_at >= analytics_conversations.drawn_at`;

export const forgetRow = `delete from analytics_conversations
  where company_id = ?1 and conversation_id = ?2 and drawn_at <= ?3`;

function columns(): string[] {
  const blank = new Date(0);
  return Object.keys(cellsOf({ startedAt: blank, drawnAt: blank } as DrawnRow));
}
