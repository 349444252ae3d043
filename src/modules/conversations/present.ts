import { iso } from "../../core/fields.ts";
import type { conversations } from "../../db/schema/conversations.ts";
import type { Payload } from "../../durable/chat-room/protocol.ts";
import type { StoredMessage } from "../../durable/chat-room/room-store.ts";

export type ConversationRow = typeof conversations.$inferSelect;
/** A conversation with its projected status; a conversation younger than its projection is active. */
export type ConversationWithStatus = { conversation: ConversationRow; status: string | null };

export function presentConversation({ conversation: row, status }: ConversationWithStatus) {
  return {
    id: row.id,
    company_id: row.companyId,
    property_id: row.propertyId,
    chatbot_id: row.chatbotId,
    user_id: row.userId,
    lead_id: row.leadId,
    start_time: iso(row.startTime),
    end_time: iso(row.endTime),
    status: status ?? "active",
    speaker: row.speaker,
    is_qualified: row.isQualified,
    is_book_tour: row.isBookTour,
    tour_type: row.tourType,
    tour_datetime: iso(row.tourDatetime),
    ai_intent_summary: row.aiIntentSummary,
    apartment_size_preference: row.apartmentSizePreference,
    bedrooms: row.bedrooms,
    bathrooms: row.bathrooms,
    furnished: row.furnished,
    lease_months: row.leaseMonths,
    move_in_date: row.moveInDate,
    price_range_min: row.priceRangeMin,
    price_range_max: row.priceRangeMax,
    occupants_count: row.occupantsCount,
    has_pets: row.hasPets,
    pet_details: row.petDetails ?? null,
    desired_features: row.desiredFeatures ?? null,
    work_location: row.workLocation,
    reason_for_moving: row.reasonForMoving,
    pre_qualified: row.preQualified,
    source: row.source,
    notification_status: row.notificationStatus ?? null,
    lead_score: row.leadScore,
    last_seq: row.lastSeq,
    message_count: row.messageCount,
    last_message_at: iso(row.lastMessageAt),
    last_message_text: row.lastMessageText,
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export function presentStoredMessage(conversationId: string) {
  return (row: StoredMessage) => ({
    id: row.id,
    conversation_id: conversationId,
    seq: row.seq,
    role: row.role,
    text: row.text,
    client_id: row.client_id,
    sender_name: row.role === "visitor" || row.role === "agent" ? row.sender_name : null,
    payload: row.payload === null ? null : (JSON.parse(row.payload) as Payload),
    created_at: new Date(row.created_at).toISOString(),
    edited_at: row.edited_at === null ? null : new Date(row.edited_at).toISOString(),
  });
}
