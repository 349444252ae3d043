import * as z from "zod";
import { emailAddress, freeJson, longText, phoneNumber, shortText } from "../../core/fields.ts";
import { instant, localDate, pageQuery } from "../../core/page.ts";
import { maxTextLength, MessageRole, Payload } from "../../durable/chat-room/protocol.ts";

export const ConversationId = z.object({ id: z.string() });
export const MessageId = z.object({ id: z.string(), messageId: z.string() });

export const tourTypes = ["in_person", "virtual", "self_guided"] as const;
export const conversationStatuses = ["active", "waiting_for_agent", "with_agent", "closed"] as const;

const count = z.int().min(0).max(50);
const money = z.int().min(0).max(1_000_000);

/** What a visitor looks for, as 001 names it. */
const wishes = {
  apartment_size_preference: shortText.nullable().optional(),
  bedrooms: count.nullable().optional(),
  bathrooms: z.number().min(0).max(50).nullable().optional(),
  move_in_date: localDate.nullable().optional(),
  price_range_min: money.nullable().optional(),
  price_range_max: money.nullable().optional(),
  occupants_count: count.nullable().optional(),
  lease_months: z.int().min(1).max(60).nullable().optional(),
  furnished: z.boolean().nullable().optional(),
  has_pets: z.boolean().nullable().optional(),
  pet_details: freeJson.nullable().optional(),
  desired_features: freeJson.nullable().optional(),
  work_location: shortText.nullable().optional(),
  reason_for_moving: shortText.nullable().optional(),
};

export const ConversationDraft = z
  .object({
    property_id: z.string().min(1),
    user_id: z.string().min(1).optional().describe("Staff name the visitor; a visitor opens his own"),
    source: shortText.optional(),
  })
  .meta({ example: { property_id: "0195f3a0-0000-7000-8000-000000000001" } });
export type ConversationDraft = z.infer<typeof ConversationDraft>;

export const ConversationChanges = z
  .object({
    ...wishes,
    ai_intent_summary: longText.nullable().optional(),
    source: shortText.nullable().optional(),
    pre_qualified: z.boolean().optional(),
    notification_status: freeJson.nullable().optional(),
    end_time: instant.nullable().optional(),
  })
  .meta({ example: { bedrooms: 2, price_range_max: 1900 } });
export type ConversationChanges = z.infer<typeof ConversationChanges>;

export const Qualification = z
  .object({
    first_name: shortText.optional(),
    last_name: shortText.optional(),
    email: emailAddress.optional(),
    phone: phoneNumber.optional(),
    ...wishes,
    pre_qualified: z.boolean().optional(),
  })
  .meta({ example: { first_name: "Nora", last_name: "Field", email: "nora@example.test" } });
export type Qualification = z.infer<typeof Qualification>;

export const ConversationQuery = pageQuery(["start_time", "last_message_at", "lead_score"], {
  property_id: z.string().optional(),
  user_id: z.string().optional(),
  status: z.enum(conversationStatuses).optional(),
  is_qualified: z.stringbool().optional(),
  is_book_tour: z.stringbool().optional(),
  q: shortText.optional(),
  from: instant.optional(),
  to: instant.optional(),
});
export type ConversationQuery = z.infer<typeof ConversationQuery>;

export const Conversation = z
  .object({
    id: z.string(),
    company_id: z.string(),
    property_id: z.string(),
    chatbot_id: z.string(),
    user_id: z.string().nullable(),
    lead_id: z.string().nullable(),
    start_time: z.iso.datetime(),
    end_time: z.iso.datetime().nullable(),
    status: z.string(),
    speaker: z.enum(["bot", "human"]),
    is_qualified: z.boolean(),
    is_book_tour: z.boolean(),
    tour_type: z.enum(tourTypes).nullable(),
    tour_datetime: z.iso.datetime().nullable(),
    ai_intent_summary: z.string().nullable(),
    apartment_size_preference: z.string().nullable(),
    bedrooms: z.int().nullable(),
    bathrooms: z.number().nullable(),
    furnished: z.boolean().nullable(),
    lease_months: z.int().nullable(),
    move_in_date: z.string().nullable(),
    price_range_min: z.int().nullable(),
    price_range_max: z.int().nullable(),
    occupants_count: z.int().nullable(),
    has_pets: z.boolean().nullable(),
    pet_details: z.json(),
    desired_features: z.json(),
    work_location: z.string().nullable(),
    reason_for_moving: z.string().nullable(),
    pre_qualified: z.boolean(),
    source: z.string().nullable(),
    notification_status: z.json(),
    lead_score: z.int().nullable(),
    last_seq: z.int(),
    message_count: z.int(),
    last_message_at: z.iso.datetime().nullable(),
    last_message_text: z.string().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Conversation" });

export const Message = z
  .object({
    id: z.string(),
    conversation_id: z.string(),
    seq: z.int(),
    role: MessageRole,
    text: z.string(),
    client_id: z.string().nullable(),
    sender_name: z.string().nullable(),
    payload: Payload.nullable(),
    created_at: z.iso.datetime(),
    edited_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "Message" });

export const MessageQuery = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(10),
});

const messageText = z.string().trim().min(1, "must not be empty").max(maxTextLength);

export const MessageDraft = z
  .object({ text: messageText, client_id: z.string().min(1).max(64).optional() })
  .meta({ example: { text: "Do you allow dogs?" } });
export type MessageDraft = z.infer<typeof MessageDraft>;

export const MessageChanges = z
  .object({ text: messageText })
  .meta({ example: { text: "Dogs are welcome." } });

export const StatusChange = z
  .object({ status: z.enum(conversationStatuses), reason: longText.optional() })
  .meta({ example: { status: "closed", reason: "Answered" } });
export type StatusChange = z.infer<typeof StatusChange>;

export const Handoff = z
  .object({ reason: longText.optional() })
  .meta({ example: { reason: "asked for a person" } });

export const ReturnToBot = z.object({ note: longText.optional() }).meta({ example: {} });

export const TourWish = z
  .object({
    starts_at: instant,
    tour_type: z.enum(tourTypes).default("in_person"),
    unit_interest: shortText.optional(),
    special_requests: longText.optional(),
    prospect_name: shortText.optional(),
    prospect_email: emailAddress.optional(),
    prospect_phone: phoneNumber.optional(),
  })
  .meta({ example: { starts_at: "2026-12-01T16:00:00Z", tour_type: "in_person" } });
export type TourWish = z.infer<typeof TourWish>;

export const ConversationAnalytics = z
  .object({
    conversation_id: z.string(),
    messages: z.object({ visitor: z.int(), bot: z.int(), agent: z.int(), system: z.int() }),
    duration_seconds: z.number().describe("From the first to the last message"),
    first_response_seconds: z
      .number()
      .nullable()
      .describe("From the first visitor message to the next bot or human one"),
    first_human_response_seconds: z.number().nullable(),
    handed_off: z.boolean(),
    is_qualified: z.boolean(),
    is_book_tour: z.boolean(),
    lead_score: z.int().nullable(),
  })
  .meta({ id: "ConversationAnalytics" });

/** A day, or a moment of it. */
const since = z.union([localDate, instant.transform((moment) => dayOf(moment.getTime()))]);
const until = z.union([localDate, instant.transform((moment) => dayOf(moment.getTime() - 1))]);

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export const SummaryQuery = z.object({
  property_id: z.string().optional(),
  from: since.optional().describe("First day of conversations that count, UTC; 29 days before `to`"),
  to: until.optional().describe("Last day, UTC; today. A time is the day that ends with it"),
});
export type SummaryQuery = z.infer<typeof SummaryQuery>;

const Tally = z.object({ key: z.string(), conversations: z.int() });

export const ConversationSummary = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    conversations: z.int(),
    visitor_messages: z.int(),
    qualified: z.int(),
    tours_booked: z.int(),
    qualification_rate: z.number().describe("Of all conversations, 0 to 1"),
    booking_rate: z.number().describe("Of all conversations, 0 to 1"),
    with_human_reply: z.int(),
    average_first_response_seconds: z.number().nullable().describe("To the first answer, be it the bot's"),
    average_first_human_response_seconds: z.number().nullable(),
    by_source: z.array(Tally),
    by_property: z.array(Tally),
  })
  .meta({ id: "ConversationSummary" });

export const TestMessage = z
  .object({
    message: messageText,
    previous_bot_message: z.string().max(maxTextLength).nullable().optional(),
    now: instant.optional(),
    slots: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ example: { message: "Can I see a 2 bedroom on Saturday at 10?" } });
export type TestMessage = z.infer<typeof TestMessage>;

export const TestAnswer = z
  .object({
    reply: z.string(),
    intent: z.string(),
    slots: z.record(z.string(), z.unknown()),
    faq_matches: z.array(
      z.object({ faq_id: z.string(), question: z.string(), answer: z.string(), score: z.number() }),
    ),
    actions: z.array(z.record(z.string(), z.unknown())),
    abstained: z.boolean(),
  })
  .meta({ id: "ChatbotTestAnswer" });
