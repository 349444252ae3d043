import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, flag, json } from "./columns.ts";

/** What a page told of a chat: counters since its last event, flags that have become true. */
export type EventFacts = Record<string, number | boolean | string>;

/** Events as they came in; the same `insert_id` is one event. */
export const analyticsEvents = sqliteTable(
  "analytics_events",
  {
    companyId: text("company_id").notNull(),
    insertId: text("insert_id").notNull(),
    id: text("id").notNull(),
    propertyId: text("property_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    sessionId: text("session_id").notNull(),
    userId: text("user_id"),
    deviceId: text("device_id"),
    eventType: text("event_type").notNull(),
    facts: json<EventFacts>("facts").notNull(),
    occurredAt: at("occurred_at").notNull(),
    receivedAt: at("received_at").notNull(),
    /** `none`: the company had no Amplitude key then. */
    forwarding: text("forwarding", { enum: ["none", "pending", "sent", "refused"] }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.insertId] }),
    index("analytics_events_by_conversation").on(table.companyId, table.conversationId, table.id),
    index("analytics_events_to_forward")
      .on(table.companyId, table.id)
      .where(sql`${table.forwarding} = 'pending'`),
    index("analytics_events_by_age").on(table.receivedAt),
  ],
);

const count = (name: string) => integer(name).notNull().default(0);

/** What the events of one session of a conversation come to. */
export const analyticsSessions = sqliteTable(
  "analytics_sessions",
  {
    companyId: text("company_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    /** Empty where the page named none. */
    sessionId: text("session_id").notNull(),
    id: text("id").notNull(),
    userId: text("user_id"),
    deviceId: text("device_id"),
    pageUrl: text("page_url"),
    contactMethod: text("contact_method"),
    tourType: text("tour_type"),
    events: count("events"),
    userMessagesSent: count("user_messages_sent"),
    botMessagesReceived: count("bot_messages_received"),
    answerButtonClicks: count("answer_button_clicks"),
    emailOfficeClicked: count("email_office_clicked"),
    phoneCallClicked: count("phone_call_clicked"),
    widgetMinimized: count("widget_minimized"),
    /** Seconds; the longest that was told. */
    sessionDuration: count("session_duration"),
    chatSessionStarted: count("chat_session_started"),
    contactCaptured: count("contact_captured"),
    tourBooked: count("tour_booked"),
    incentiveOffered: count("incentive_offered"),
    incentiveAccepted: count("incentive_accepted"),
    incentiveExpired: count("incentive_expired"),
    adminHandoffTriggered: count("admin_handoff_triggered"),
    customerServiceEscalated: count("customer_service_escalated"),
    conversationAbandoned: count("conversation_abandoned"),
    widgetSessionEnded: count("widget_session_ended"),
    qualified: count("qualified"),
    preLease: count("pre_lease"),
    tourIntent: count("tour_intent"),
    hot: count("hot"),
    signed: count("signed"),
    lastEventAt: at("last_event_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.conversationId, table.sessionId] })],
);

/** Figures of one conversation, as last drawn from what is stored; what the daily sums are made of. */
export const analyticsConversations = sqliteTable(
  "analytics_conversations",
  {
    companyId: text("company_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    propertyId: text("property_id").notNull(),
    source: text("source").notNull(),
    /** UTC day of company time on which it began. */
    day: text("day").notNull(),
    startedAt: at("started_at").notNull(),
    leadId: text("lead_id"),
    engagementPoints: integer("engagement_points").notNull(),
    engagementScore: text("engagement_score", { enum: ["low", "medium", "high", "very_high"] }).notNull(),
    visitorMessages: integer("visitor_messages").notNull(),
    durationS: integer("duration_s").notNull(),
    /** Null while nobody has answered. */
    firstResponseMs: integer("first_response_ms"),
    firstHumanResponseMs: integer("first_human_response_ms"),
    /** The visitor has said something; each of the next four includes those who got further. */
    isChat: flag("is_chat").notNull(),
    isQualified: flag("is_qualified").notNull(),
    isToured: flag("is_toured").notNull(),
    isShown: flag("is_shown").notNull(),
    isApplied: flag("is_applied").notNull(),
    isLeased: flag("is_leased").notNull(),
    isContactCaptured: flag("is_contact_captured").notNull(),
    isAbandoned: flag("is_abandoned").notNull(),
    isHandedOff: flag("is_handed_off").notNull(),
    isIncentiveOffered: flag("is_incentive_offered").notNull(),
    isIncentiveAccepted: flag("is_incentive_accepted").notNull(),
    isIncentiveExpired: flag("is_incentive_expired").notNull(),
    /** Real time of the look it was drawn from: an older look never replaces a newer one. */
    drawnAt: at("drawn_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.conversationId] }),
    index("analytics_conversations_by_start").on(table.companyId, table.startedAt, table.conversationId),
    index("analytics_conversations_by_points").on(
      table.companyId,
      table.engagementPoints,
      table.conversationId,
    ),
    index("analytics_conversations_by_property").on(
      table.companyId,
      table.propertyId,
      table.startedAt,
      table.conversationId,
    ),
    index("analytics_conversations_by_score").on(
      table.companyId,
      table.engagementScore,
      table.startedAt,
      table.conversationId,
    ),
  ],
);

/** Sums over conversations by the day they began, their property and their source. */
export const analyticsDaily = sqliteTable(
  "analytics_daily",
  {
    companyId: text("company_id").notNull(),
    day: text("day").notNull(),
    propertyId: text("property_id").notNull(),
    source: text("source").notNull(),
    conversations: count("conversations"),
    chats: count("chats"),
    qualified: count("qualified"),
    toured: count("toured"),
    shown: count("shown"),
    applied: count("applied"),
    leased: count("leased"),
    contactsCaptured: count("contacts_captured"),
    abandoned: count("abandoned"),
    handedOff: count("handed_off"),
    incentivesOffered: count("incentives_offered"),
    incentivesAccepted: count("incentives_accepted"),
    incentivesExpired: count("incentives_expired"),
    visitorMessages: count("visitor_messages"),
    durationS: count("duration_s"),
    engagementPoints: count("engagement_points"),
    scoredLow: count("scored_low"),
    scoredMedium: count("scored_medium"),
    scoredHigh: count("scored_high"),
    scoredVeryHigh: count("scored_very_high"),
    answered: count("answered"),
    firstResponseMs: count("first_response_ms"),
    answeredByPerson: count("answered_by_person"),
    firstHumanResponseMs: count("first_human_response_ms"),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.day, table.propertyId, table.source] })],
);
