import * as z from "zod";
import { longText, shortText } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";

export const FaqId = z.object({ id: z.string() });
export const AssigneeId = z.object({ managerId: z.string() });
export const FaqAssignment = z.object({ id: z.string(), managerId: z.string() });

export const faqStatuses = ["pending", "answered", "needs_review"] as const;
const FaqStatus = z.enum(faqStatuses);

/** One question as a visitor would put it. */
const question = z.string().trim().min(1, "must not be empty").max(500);

const aProperty = "0195f3a0-0000-7000-8000-000000000001";

export const FaqDraft = z
  .object({
    property_id: z.string().min(1),
    question,
    answer: longText.optional(),
    category: shortText.nullable().optional(),
    source_type: shortText.optional().describe("`manual` unless said otherwise"),
    status: FaqStatus.optional().describe("`answered` when there is an answer, else `pending`"),
    assigned_to: z.string().min(1).nullable().optional().describe("A property manager of the property"),
    conversation_id: z.string().min(1).nullable().optional(),
  })
  .superRefine(({ status, answer }, check) => {
    if (status === "answered" && answer === undefined)
      check.addIssue({ code: "custom", path: ["answer"], message: "is needed for an answered question" });
  })
  .meta({
    example: {
      property_id: aProperty,
      question: "Is there a gym?",
      answer: "Yes, it is open from 5 am to 11 pm.",
      category: "amenities",
    },
  });
export type FaqDraft = z.infer<typeof FaqDraft>;

export const FaqChanges = z
  .object({
    question: question.optional(),
    answer: longText
      .optional()
      .describe("Another answer to an answered question is approved like the first; a draft stays one"),
    category: shortText.nullable().optional(),
    source_type: shortText.nullable().optional(),
    assigned_to: z.string().min(1).nullable().optional(),
  })
  .meta({ example: { category: "amenities" } });
export type FaqChanges = z.infer<typeof FaqChanges>;

export const Answer = z
  .object({ answer: longText })
  .meta({ example: { answer: "Yes, garage parking is 150 dollars a month." } });
export type Answer = z.infer<typeof Answer>;

export const Review = z
  .object({ reason: longText.optional() })
  .meta({ example: { reason: "The fee has gone up" } });
export type Review = z.infer<typeof Review>;

const filters = {
  property_id: z.string().optional(),
  category: shortText.optional(),
  source_type: shortText.optional(),
  conversation_id: z.string().optional(),
  q: shortText.optional().describe("Part of the question or the answer"),
  from: instant.optional().describe("Created at or after"),
  to: instant.optional().describe("Created before"),
  overdue: z.stringbool().optional(),
};
const sorts = ["created_at", "updated_at", "asked_count", "sla_deadline"] as const;

export const PendingQuery = pageQuery(sorts, {
  ...filters,
  assigned_to: z.string().optional(),
});
export const AssignedQuery = pageQuery(sorts, { ...filters, status: FaqStatus.optional() });
export const FaqQuery = pageQuery(sorts, {
  ...filters,
  status: FaqStatus.optional(),
  assigned_to: z.string().optional(),
});
export type FaqQuery = z.infer<typeof FaqQuery>;

const faq = {
  id: z.string(),
  company_id: z.string(),
  property_id: z.string(),
  question: z.string(),
  answer: z.string().nullable(),
  answer_version: z.int().describe("Number of the present answer, or of the first one to come"),
  category: z.string().nullable(),
  source_type: z.string().nullable(),
  status: FaqStatus,
  assigned_to: z.string().nullable(),
  conversation_id: z.string().nullable().describe("Where it was asked first"),
  asked_count: z.int().describe("Conversations in which the bot had no answer to it"),
  review_reason: z.string().nullable(),
  answered_at: z.iso.datetime().nullable(),
  answered_by: z.string().nullable(),
  answered_by_name: z.string().nullable(),
  sla_deadline: z.iso.datetime().nullable(),
  is_overdue: z.boolean(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};

export const Faq = z.object(faq).meta({ id: "Faq" });

export const Passage = z
  .object({ faq_id: z.string(), question: z.string(), answer: z.string(), score: z.number() })
  .meta({ id: "FaqPassage" });

export const FaqCreated = z
  .object({
    ...faq,
    similar: z.array(Passage).describe("Approved ones that may answer the same; nobody has to keep both"),
  })
  .meta({ id: "FaqCreated" });

export const ToldQuery = pageQuery(["told_at"], {
  version: z.coerce.number().int().min(1).optional().describe("Only who was told this answer"),
  outdated: z.stringbool().optional().describe("Only who was told another answer than the present one"),
});
export type ToldQuery = z.infer<typeof ToldQuery>;

export const Telling = z
  .object({
    faq_id: z.string(),
    version: z.int(),
    answer: z.string().describe("As it was told"),
    is_outdated: z.boolean(),
    told_by: z.enum(["bot", "person"]),
    conversation_id: z.string(),
    message_id: z.string(),
    user_id: z.string().nullable(),
    lead_id: z.string().nullable(),
    told_at: z.iso.datetime(),
  })
  .meta({ id: "FaqTelling" });

export const RagQuestion = z
  .object({
    property_id: z.string().min(1),
    query: question,
    limit: z.int().min(1).max(12).default(5).describe("Passages to answer with"),
  })
  .meta({ example: { property_id: aProperty, query: "Where can I park?" } });
export type RagQuestion = z.infer<typeof RagQuestion>;

export const RagAnswer = z
  .object({
    query: z.string(),
    property_id: z.string(),
    answer: z.string().nullable().describe("The best approved answer word for word; null where none fits"),
    abstained: z.boolean(),
    sources: z.array(z.object({ faq_id: z.string(), question: z.string(), version: z.int() })),
    passages: z.array(Passage).describe("Best first"),
    engine: z.string(),
  })
  .meta({ id: "RagAnswer" });

export const RagUpdate = z
  .object({ property_id: z.string().min(1).optional().describe("Without it: every property you see") })
  .meta({ example: {} });
export type RagUpdate = z.infer<typeof RagUpdate>;

export const RagUpdated = z
  .object({
    documents: z.int(),
    indexed: z.int().describe("Of them, those in the index now"),
    added: z.int().describe("Of them, those that were missing"),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "RagUpdated" });

export const RagStatusQuery = z.object({ property_id: z.string().optional() });
export type RagStatusQuery = z.infer<typeof RagStatusQuery>;

export const RagStatus = z
  .object({
    engine: z.string(),
    documents: z.int(),
    indexed: z.int(),
    missing: z.int().describe("Documents the index does not hold"),
    is_stale: z.boolean(),
    retrievable: z.int().describe("Answered, and so approved"),
    pending: z.int(),
    needs_review: z.int(),
    last_answered_at: z.iso.datetime().nullable(),
    last_changed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "RagStatus" });
