import { iso } from "../../core/fields.ts";
import type { analyticsConversations } from "../../db/schema/analytics.ts";
import { scoreEngagement } from "./engagement.ts";
import type { Judged } from "./judge-conversation.ts";
import { type EventSums, mergeSessions } from "./merge-sessions.ts";
import type { SessionRow, StoredFacts } from "./read-facts.ts";
import type { AmplitudeAnalytics, ConversationAnalytics } from "./schemas.ts";

/** One session as its events tell it. */
export function presentSession(row: SessionRow, propertyId: string): AmplitudeAnalytics {
  const told = mergeSessions([row]);
  return {
    id: row.id,
    conversation_id: row.conversationId,
    property_id: propertyId,
    user_id: row.userId,
    ...told.counters,
    ...told.flags,
    contact_method: row.contactMethod,
    tour_type: row.tourType,
    session_duration: row.sessionDuration,
    ...presentEngagement(engagementOf(told)),
    device_id: row.deviceId,
    session_id: row.sessionId || null,
    page_url: row.pageUrl,
  };
}

function engagementOf({ counters, flags, sessionDuration }: EventSums) {
  return scoreEngagement({
    userMessages: counters.user_messages_sent,
    answerButtonClicks: counters.answer_button_clicks,
    sessionDuration,
    officeClicks: counters.email_office_clicked + counters.phone_call_clicked,
    contactCaptured: flags.contact_captured,
    tourIntent: flags.tour_intent,
    tourBooked: flags.tour_booked,
    incentiveAccepted: flags.incentive_accepted,
    abandoned: flags.conversation_abandoned,
    widgetMinimized: counters.widget_minimized,
  });
}

function presentEngagement({ points, score, reasons }: Judged["engagement"]) {
  return { engagement_score: score, engagement_points: points, engagement_reasons: reasons };
}

const stages = ["lease", "application", "show", "tour", "qualified", "chat"] as const;

/** A whole conversation: what is stored of it together with what its page told. */
export function presentAnalytics(facts: StoredFacts, judged: Judged): ConversationAnalytics {
  const { conversation, toured, sessions } = facts;
  const { latest } = judged.told;
  const { id, propertyId, userId } = conversation;
  const reachedBy = conversation.leadEmail ? "email" : conversation.leadPhone ? "phone" : null;
  return {
    id,
    conversation_id: id,
    property_id: propertyId,
    user_id: userId ?? latest.userId,
    ...judged.counters,
    ...judged.flags,
    contact_method: latest.contactMethod ?? reachedBy,
    tour_type: toured.type ?? latest.tourType,
    session_duration: judged.sessionDuration,
    ...presentEngagement(judged.engagement),
    device_id: latest.deviceId,
    session_id: latest.sessionId,
    page_url: latest.pageUrl,
    lead_id: conversation.leadId,
    source: judged.source,
    first_response_seconds: inSeconds(judged.firstResponseMs),
    first_human_response_seconds: inSeconds(judged.firstHumanResponseMs),
    stage: stages.find((stage) => judged.reach[stage]) ?? "opened",
    sessions: sessions.map((session) => presentSession(session, propertyId)),
  };
}

function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

/** A conversation's score as last drawn. */
export function presentScore(row: typeof analyticsConversations.$inferSelect) {
  return {
    conversation_id: row.conversationId,
    property_id: row.propertyId,
    lead_id: row.leadId,
    source: row.source,
    started_at: iso(row.startedAt),
    engagement_score: row.engagementScore,
    engagement_points: row.engagementPoints,
    visitor_messages: row.visitorMessages,
    contact_captured: row.isContactCaptured,
    tour_booked: row.isToured,
    conversation_abandoned: row.isAbandoned,
    calculated_at: iso(row.drawnAt),
  };
}
