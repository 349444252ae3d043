import * as z from "zod";
import { shortText, webUrl } from "../../core/fields.ts";
import { instant, localDate, pageQuery } from "../../core/page.ts";
import { engagementScores } from "./engagement.ts";
import { counters, flags } from "./event-fields.ts";

export const ConversationId = z.object({ conversationId: z.string() });
export const PropertyId = z.object({ propertyId: z.string() });

const mostEvents = 500;

function each<Name extends string, Schema extends z.ZodType>(names: readonly Name[], schema: Schema) {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;
}

const eventFields = {
  conversation_id: z.string().min(1).max(64),
  insert_id: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
    .optional()
    .describe("The event's own id: the same one again counts nothing"),
  event_type: shortText.default("chat_activity"),
  occurred_at: instant.optional(),
  ...each(counters, z.int().min(0).max(100_000).optional().describe("Since the last event")),
  ...each(flags, z.boolean().optional()),
  contact_method: shortText.optional(),
  tour_type: shortText.optional(),
  session_duration: z.number().min(0).max(604_800).optional().describe("Seconds so far"),
  user_id: z.string().min(1).max(64).optional().describe("Staff may name the visitor; a visitor is known"),
  device_id: shortText.optional(),
  session_id: shortText.optional(),
  page_url: webUrl.optional(),
};

export const AnalyticsEvent = z.object(eventFields);
export type AnalyticsEvent = z.infer<typeof AnalyticsEvent>;

/** One event, or several under `events`. */
export const AnalyticsIngest = z
  .object({
    ...eventFields,
    conversation_id: eventFields.conversation_id.optional().describe("Required unless there are `events`"),
    events: z.array(AnalyticsEvent).min(1).max(mostEvents).optional(),
  })
  .superRefine((body, issues) => {
    if (body.events === undefined && body.conversation_id === undefined)
      issues.addIssue({
        code: "invalid_type",
        expected: "string",
        path: ["conversation_id"],
        input: undefined,
      });
  })
  .meta({
    example: {
      conversation_id: "0195f3a0-0000-7000-8000-000000000001",
      insert_id: "page-7f3a:1",
      event_type: "answer_button_clicked",
      answer_button_clicks: 1,
      session_id: "page-7f3a",
    },
  });
export type AnalyticsIngest = z.infer<typeof AnalyticsIngest>;

export function eventsOf({ events, ...one }: AnalyticsIngest): AnalyticsEvent[] {
  return events ?? [{ ...one, conversation_id: one.conversation_id ?? "" }];
}

const Reasons = z.array(z.object({ reason: z.string(), points: z.number() }));
const Label = z.enum(engagementScores);

const analytics = {
  id: z.string(),
  conversation_id: z.string(),
  property_id: z.string(),
  user_id: z.string().nullable(),
  ...each(counters, z.int()),
  ...each(flags, z.boolean()),
  contact_method: z.string().nullable(),
  tour_type: z.string().nullable(),
  session_duration: z.number().nullable().describe("Seconds"),
  engagement_score: Label,
  engagement_points: z.int().describe("0 to 100"),
  engagement_reasons: Reasons,
  device_id: z.string().nullable(),
  session_id: z.string().nullable(),
  page_url: z.string().nullable(),
};

/** Of one session, from its events, or of a whole conversation, from its events and from what is stored of it. */
export const AmplitudeAnalytics = z.object(analytics).meta({ id: "AmplitudeAnalytics" });
export type AmplitudeAnalytics = z.infer<typeof AmplitudeAnalytics>;

export const ConversationAnalytics = z
  .object({
    ...analytics,
    lead_id: z.string().nullable(),
    source: z.string(),
    first_response_seconds: z.number().nullable().describe("To the first answer, be it the bot's"),
    first_human_response_seconds: z.number().nullable(),
    stage: z.enum(["opened", "chat", "qualified", "tour", "show", "application", "lease"]),
    sessions: z.array(AmplitudeAnalytics),
  })
  .meta({ id: "ConversationAmplitudeAnalytics" });
export type ConversationAnalytics = z.infer<typeof ConversationAnalytics>;

/** Events of one session are answered with its figures, too. */
export const Ingested = z
  .object({
    accepted: z.int(),
    duplicates: z.int().describe("Events that were known already"),
    sessions: z.array(AmplitudeAnalytics).describe("The sessions they belong to, as they stand now"),
    ...AmplitudeAnalytics.partial().shape,
  })
  .meta({ id: "AmplitudeIngested" });

export const PeriodQuery = z.object({
  from: localDate.optional().describe("First day of conversations that count, UTC; 29 days before `to`"),
  to: localDate.optional().describe("Last day, UTC; today"),
});
export type PeriodQuery = z.infer<typeof PeriodQuery>;

export const SummaryQuery = PeriodQuery.extend({
  property_id: z.string().optional(),
  source: z.string().optional(),
});
export type SummaryQuery = z.infer<typeof SummaryQuery>;

const rate = z.number().nullable().describe("0 to 1; null where nothing could happen");
const Step = z.object({
  step: z.enum(["chat", "qualified", "tour", "show", "application", "lease"]),
  conversations: z.int().describe("Those that came as far or further"),
  of_previous: rate,
  of_chats: rate,
});

const figures = {
  conversations: z.int(),
  chats: z.int().describe("Conversations in which the visitor said something"),
  visitor_messages: z.int(),
  contacts_captured: z.int(),
  qualification_rate: rate.describe("Qualified of chats"),
  contact_rate: rate,
  tour_rate: rate,
  lease_rate: rate,
  abandonment_rate: rate,
  handoff_rate: rate,
  bot_containment_rate: rate.describe("Chats that no person had to enter"),
  incentives: z.object({
    offered: z.int(),
    accepted: z.int(),
    expired: z.int(),
    acceptance_rate: rate,
    expiry_rate: rate,
  }),
  average_first_response_seconds: z.number().nullable(),
  average_first_human_response_seconds: z.number().nullable().describe("Answers by people alone"),
  average_session_duration_seconds: z.number().nullable(),
  average_engagement_points: z.number().nullable(),
  engagement_scores: z.object(each(engagementScores, z.int())),
  funnel: z.array(Step),
};

const period = { from: z.iso.date(), to: z.iso.date() };
const BySource = z.array(z.object({ source: z.string(), ...figures }));
const ByProperty = z.array(z.object({ property_id: z.string(), ...figures }));

export const PropertyAnalytics = z
  .object({
    property_id: z.string(),
    ...period,
    ...figures,
    by_source: BySource,
    by_day: z.array(z.object({ day: z.iso.date(), ...figures })),
  })
  .meta({ id: "PropertyAmplitudeAnalytics" });

export const AnalyticsSummary = z
  .object({ ...period, ...figures, by_property: ByProperty, by_source: BySource })
  .meta({ id: "AmplitudeSummary" });

const rates = { chats: z.int(), qualified: z.int(), qualification_rate: rate, funnel: z.array(Step) };

export const QualificationRates = z
  .object({
    ...period,
    ...rates,
    by_source: z.array(z.object({ source: z.string(), ...rates })),
    by_property: z.array(z.object({ property_id: z.string(), ...rates })),
  })
  .meta({ id: "LeadQualificationRates" });

export const EngagementWish = z
  .object({
    conversation_id: z.string().min(1).optional().describe("Calculated at once"),
    property_id: z.string().min(1).optional().describe("All its conversations, in the background"),
  })
  .refine((wish) => (wish.conversation_id === undefined) !== (wish.property_id === undefined), {
    error: "name either a conversation_id or a property_id",
    path: ["conversation_id"],
  })
  .meta({ example: { conversation_id: "0195f3a0-0000-7000-8000-000000000001" } });
export type EngagementWish = z.infer<typeof EngagementWish>;

const scored = {
  conversation_id: z.string(),
  property_id: z.string(),
  lead_id: z.string().nullable(),
  source: z.string(),
  started_at: z.iso.datetime(),
  engagement_score: Label,
  engagement_points: z.int(),
  visitor_messages: z.int(),
  contact_captured: z.boolean(),
  tour_booked: z.boolean(),
  conversation_abandoned: z.boolean(),
  calculated_at: z.iso.datetime(),
};

export const EngagementOf = z.object(scored).meta({ id: "EngagementOf" });

export const EngagementCalculation = z
  .object({
    calculated: z.array(z.object({ ...scored, engagement_reasons: Reasons })),
    scheduled: z.int().describe("Conversations that follow in the background"),
  })
  .meta({ id: "EngagementCalculation" });

export const EngagementQuery = pageQuery(["started_at", "engagement_points"], {
  property_id: z.string().optional(),
  engagement_score: Label.optional(),
  from: instant.optional(),
  to: instant.optional(),
});
export type EngagementQuery = z.infer<typeof EngagementQuery>;
