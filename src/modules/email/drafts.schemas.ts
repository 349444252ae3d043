import * as z from "zod";
import { freeJson, shortText } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";
import { content, contentType, subject, variableValues } from "./letter.schemas.ts";

export const draftStatuses = ["draft", "scheduled", "sent", "failed"] as const;
export const priorities = ["low", "medium", "high"] as const;

const fields = {
  conversation_id: z.string().min(1).nullable().optional(),
  subject: subject.optional(),
  content: content.optional(),
  content_type: contentType.optional(),
  preview: z
    .string()
    .trim()
    .max(300)
    .nullable()
    .optional()
    .describe("What lists show of it; without one the letter's beginning"),
  priority: z.enum(priorities).optional(),
  tags: freeJson
    .nullable()
    .optional()
    .meta({ example: ["follow-up"] }),
  variables: variableValues.optional(),
  scheduled_for: instant.nullable().optional().describe("Has it sent then; null keeps it a draft"),
};

export const DraftInput = z
  .object({
    lead_id: z.string().min(1),
    template_id: z.string().min(1).optional().describe("Where subject and content come from if absent here"),
    ...fields,
  })
  .superRefine((draft, check) => {
    if (draft.template_id !== undefined) return;
    for (const field of ["subject", "content"] as const) {
      if (draft[field] === undefined)
        check.addIssue({ code: "invalid_type", expected: "string", input: undefined, path: [field] });
    }
  })
  .meta({
    example: {
      lead_id: "0195f3a0-0000-7000-8000-000000000001",
      subject: "A home for you at {{ property_name }}",
      content: "Hi {{ first_name }},\n\nunit 204 is free from March.\n\nBest,\nAnna",
      priority: "medium",
      tags: ["follow-up"],
    },
  });
export type DraftInput = z.infer<typeof DraftInput>;

export const DraftChanges = z
  .object({
    ...fields,
    status: z.literal("draft").optional().describe("Takes it off the schedule, or a failed one up again"),
  })
  .refine(({ status, scheduled_for: at }) => status === undefined || !at, {
    path: ["scheduled_for"],
    error: "goes not with status draft",
  })
  .meta({ example: { subject: "A home for you", scheduled_for: "2027-03-01T10:00:00-06:00" } });
export type DraftChanges = z.infer<typeof DraftChanges>;

export const DraftSchedule = z
  .object({ scheduled_for: instant.nullable().describe("null takes it off the schedule") })
  .meta({ example: { scheduled_for: "2027-03-01T10:00:00-06:00" } });
export type DraftSchedule = z.infer<typeof DraftSchedule>;

export const DraftQuery = pageQuery(["created_at", "scheduled_for", "sent_at"], {
  property_id: z.string().optional(),
  lead_id: z.string().optional(),
  conversation_id: z.string().optional(),
  status: z.enum(draftStatuses).optional(),
  priority: z.enum(priorities).optional(),
  q: shortText.optional().describe("Part of the subject"),
  from: instant.optional().describe("Written at or after"),
  to: instant.optional().describe("Written before"),
});
export type DraftQuery = z.infer<typeof DraftQuery>;

export const MailFate = z.object({
  mail_id: z.string(),
  status: z.enum(["queued", "sending", "sent", "kept", "failed"]),
  delivered_at: z.iso.datetime().nullable(),
  opened_at: z.iso.datetime().nullable(),
  clicked_at: z.iso.datetime().nullable(),
  bounced_at: z.iso.datetime().nullable(),
  bounce_reason: z.string().nullable(),
  complained_at: z.iso.datetime().nullable(),
});

export const EmailDraft = z
  .object({
    id: z.string(),
    property_id: z.string(),
    lead_id: z.string(),
    conversation_id: z.string().nullable(),
    template_id: z.string().nullable(),
    to: z.string().nullable().describe("The lead's address, or the one it was sent to"),
    to_name: z.string().nullable(),
    subject: z.string(),
    content: z.string(),
    content_type: contentType,
    variables: z.record(z.string(), z.string()),
    preview: z.string(),
    status: z.enum(draftStatuses),
    priority: z.enum(priorities),
    tags: z.json().nullable(),
    scheduled_for: z.iso.datetime().nullable(),
    sent_at: z.iso.datetime().nullable(),
    error: z.string().nullable(),
    delivery: MailFate.nullable().describe("The mail that carries it, from the moment it is on its way"),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "EmailDraft" });
