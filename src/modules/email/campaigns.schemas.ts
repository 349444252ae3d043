import * as z from "zod";
import { longText, shortText } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";
import { recipientStatuses } from "../../db/schema/email.ts";
import { Audience } from "./audience.schemas.ts";
import { content, contentType, LetterPreview, subject, variableValues } from "./letter.schemas.ts";

export const campaignStatuses = ["draft", "scheduled", "sending", "paused", "sent"] as const;

const fields = {
  title: shortText,
  description: longText.nullable().optional(),
  subject: subject.optional(),
  template_content: content.optional(),
  content_type: contentType.optional(),
  variables: variableValues.optional(),
  audience: Audience.optional(),
  mails_per_minute: z.int().min(1).max(6000).optional().describe("At most so many; 1200 if absent"),
  scheduled_for: instant.nullable().optional().describe("Has it sent then; null takes it off the schedule"),
};

export const CampaignInput = z
  .object({
    property_id: z.string().min(1).describe("Whose leads get it, and in whose name"),
    template_id: z
      .string()
      .min(1)
      .optional()
      .describe("Where subject and content come from if absent here; later changes of it are not followed"),
    ...fields,
  })
  .superRefine((campaign, check) => {
    if (campaign.template_id !== undefined) return;
    for (const field of ["subject", "template_content"] as const) {
      if (campaign[field] === undefined)
        check.addIssue({ code: "invalid_type", expected: "string", input: undefined, path: [field] });
    }
  })
  .meta({
    example: {
      property_id: "0195f3a0-0000-7000-8000-000000000001",
      title: "Spring offer",
      subject: "{{ first_name }}, {{ offer }} at {{ property_name }}",
      template_content: "Hi {{ first_name }},\n\nthis month only: **{{ offer }}**.",
      variables: { offer: "one month free" },
      audience: { lead_status: ["new", "contacted"], move_in_from: "2027-03-01", move_in_to: "2027-05-31" },
    },
  });
export type CampaignInput = z.infer<typeof CampaignInput>;

export const CampaignChanges = z
  .object({ ...fields, title: fields.title.optional() })
  .meta({ example: { title: "Spring offer, second round", mails_per_minute: 600 } });
export type CampaignChanges = z.infer<typeof CampaignChanges>;

export const CampaignStart = z
  .object({ scheduled_for: instant.nullable().optional().describe("Absent or null: now") })
  .default({})
  .meta({ example: { scheduled_for: "2027-03-01T10:00:00-06:00" } });
export type CampaignStart = z.infer<typeof CampaignStart>;

export const CampaignQuery = pageQuery(["created_at", "title", "scheduled_for"], {
  property_id: z.string().optional(),
  status: z.enum(campaignStatuses).optional(),
  q: shortText.optional().describe("Part of the title"),
});
export type CampaignQuery = z.infer<typeof CampaignQuery>;

const count = z.int().min(0);

export const CampaignCounts = z
  .object({
    recipients: count.describe("pending + sent + failed + suppressed + cancelled"),
    pending: count,
    sent: count,
    failed: count,
    suppressed: count,
    cancelled: count,
    delivered: count,
    bounced: count,
    complained: count,
    unsubscribed: count,
    opened: count,
    clicked: count,
  })
  .describe("delivered to clicked are of those that were sent");
export type CampaignCounts = z.infer<typeof CampaignCounts>;

export const EmailCampaign = z
  .object({
    id: z.string(),
    property_id: z.string(),
    title: z.string(),
    description: z.string().nullable(),
    template_id: z.string().nullable(),
    subject: z.string(),
    template_content: z.string(),
    content_type: contentType,
    variables: z.record(z.string(), z.string()),
    audience: Audience,
    mails_per_minute: z.int(),
    status: z.enum(campaignStatuses),
    scheduled_for: z.iso.datetime().nullable(),
    started_at: z.iso.datetime().nullable(),
    completed_at: z.iso.datetime().nullable(),
    error: z.string().nullable().describe("Why it was paused, where nobody asked for it"),
    sent_count: count,
    counts: CampaignCounts,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "EmailCampaign" });

export const CampaignPreview = LetterPreview.extend({
  audience: z.object({
    matching: count.describe("Leads that match and have an e-mail address"),
    addresses: count.describe("Mails that would be sent, before suppressions"),
    suppressed: count,
  }),
}).meta({ id: "EmailCampaignPreview" });

export const RecipientQuery = pageQuery(["lead_id"], { status: z.enum(recipientStatuses).optional() });
export type RecipientQuery = z.infer<typeof RecipientQuery>;

export const EmailRecipient = z
  .object({
    lead_id: z.string(),
    address: z.string(),
    status: z.enum(recipientStatuses),
    reason: z.string().nullable(),
    mail_id: z.string().nullable(),
    settled_at: z.iso.datetime().nullable(),
    delivered_at: z.iso.datetime().nullable(),
    opened_at: z.iso.datetime().nullable(),
    clicked_at: z.iso.datetime().nullable(),
    bounced_at: z.iso.datetime().nullable(),
    complained_at: z.iso.datetime().nullable(),
    unsubscribed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "EmailRecipient" });
