import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { at, flag, json, stamps } from "./columns.ts";

export type ScoreReason = { reason: string; points: number };

/** What the visitor looks for; said in chat, kept on the conversation and on the lead. */
const wishes = () => ({
  bedrooms: integer("bedrooms"),
  bathrooms: real("bathrooms"),
  furnished: flag("furnished"),
  leaseMonths: integer("lease_months"),
  /** Local date, YYYY-MM-DD. */
  moveInDate: text("move_in_date"),
  /** Whole dollars a month. */
  priceRangeMin: integer("price_range_min"),
  priceRangeMax: integer("price_range_max"),
  occupantsCount: integer("occupants_count"),
  hasPets: flag("has_pets"),
  petDetails: json<unknown>("pet_details"),
  leadScore: integer("lead_score"),
  scoreExplanation: json<ScoreReason[]>("score_explanation"),
});

export const conversations = sqliteTable(
  "conversations",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    chatbotId: text("chatbot_id").notNull(),
    userId: text("user_id"),
    leadId: text("lead_id"),
    startTime: at("start_time").notNull(),
    endTime: at("end_time"),
    isQualified: flag("is_qualified").notNull().default(false),
    isBookTour: flag("is_book_tour").notNull().default(false),
    tourType: text("tour_type", { enum: ["in_person", "virtual", "self_guided"] }),
    tourDatetime: at("tour_datetime"),
    aiIntentSummary: text("ai_intent_summary"),
    apartmentSizePreference: text("apartment_size_preference"),
    ...wishes(),
    desiredFeatures: json<unknown>("desired_features"),
    workLocation: text("work_location"),
    reasonForMoving: text("reason_for_moving"),
    preQualified: flag("pre_qualified").notNull().default(false),
    source: text("source"),
    notificationStatus: json<unknown>("notification_status"),
    /** Projected from the chat room. */
    speaker: text("speaker", { enum: ["bot", "human"] })
      .notNull()
      .default("bot"),
    lastSeq: integer("last_seq").notNull().default(0),
    messageCount: integer("message_count").notNull().default(0),
    visitorMessageCount: integer("visitor_message_count").notNull().default(0),
    lastMessageAt: at("last_message_at"),
    lastMessageText: text("last_message_text"),
    firstHumanReplyAt: at("first_human_reply_at"),
    ...stamps(),
  },
  (table) => [
    index("conversations_by_start").on(table.companyId, table.startTime, table.id),
    index("conversations_by_property").on(table.companyId, table.propertyId, table.startTime, table.id),
    index("conversations_by_user").on(table.companyId, table.userId, table.startTime),
    index("conversations_by_lead").on(table.companyId, table.leadId),
  ],
);

/** Projection of the chat rooms' messages. */
export const messages = sqliteTable(
  "messages",
  {
    companyId: text("company_id").notNull(),
    conversationId: text("conversation_id").notNull(),
    seq: integer("seq").notNull(),
    id: text("id").notNull(),
    role: text("role", { enum: ["visitor", "bot", "agent", "system"] }).notNull(),
    text: text("text").notNull(),
    clientId: text("client_id"),
    senderId: text("sender_id"),
    senderName: text("sender_name"),
    payload: json<unknown>("payload"),
    createdAt: at("created_at").notNull(),
    editedAt: at("edited_at"),
    deletedAt: at("deleted_at"),
    /** Room revision that wrote this row; an older page never overwrites a newer one. */
    revision: integer("revision").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.conversationId, table.seq] }),
    uniqueIndex("messages_by_id").on(table.companyId, table.id),
  ],
);

export const leads = sqliteTable(
  "leads",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    userId: text("user_id"),
    contactId: text("contact_id"),
    conversationId: text("conversation_id"),
    assignedTo: text("assigned_to"),
    firstName: text("first_name"),
    lastName: text("last_name"),
    email: text("email"),
    phone: text("phone"),
    source: text("source"),
    notes: text("notes"),
    ...wishes(),
    hasApplication: flag("has_application").notNull().default(false),
    resmanProspectId: text("resman_prospect_id"),
    resmanPersonId: text("resman_person_id"),
    resmanSyncStatus: text("resman_sync_status", { enum: ["waiting", "pending", "synced", "failed"] })
      .notNull()
      .default("waiting"),
    resmanSyncedAt: at("resman_synced_at"),
    resmanSyncError: text("resman_sync_error"),
    /** Digest of what ResMan was last told, so that an unchanged lead is not sent again. */
    resmanFingerprint: text("resman_fingerprint"),
    lastActivityAt: at("last_activity_at").notNull(),
    ...stamps(),
  },
  (table) => [
    index("leads_by_activity").on(table.companyId, table.lastActivityAt, table.id),
    index("leads_by_property").on(table.companyId, table.propertyId, table.lastActivityAt, table.id),
    index("leads_by_contact").on(table.companyId, table.contactId),
    index("leads_by_user").on(table.companyId, table.userId, table.propertyId),
    index("leads_by_assignee").on(table.companyId, table.assignedTo, table.lastActivityAt, table.id),
    index("leads_by_created").on(table.companyId, table.createdAt, table.id),
    index("leads_by_sync").on(table.companyId, table.resmanSyncStatus, table.lastActivityAt, table.id),
    index("leads_by_resman").on(table.companyId, table.resmanProspectId),
    uniqueIndex("leads_by_conversation").on(table.companyId, table.conversationId),
  ],
);
