import { iso } from "../../core/fields.ts";
import type { CampaignWithCounts } from "./campaign-queries.ts";
import { excerptOf } from "./compose-letter.ts";
import type { DraftWithMail } from "./draft-queries.ts";
import { readTemplate } from "./letter-template.ts";
import { nameOf } from "./merge-fields.ts";
import type { MailRow } from "./queue-mail.ts";
import type { RecipientRow } from "./recipient-queries.ts";
import type { SenderRow } from "./senders.ts";
import type { SuppressionRow } from "./suppressions.ts";
import type { TemplateRow } from "./template-queries.ts";

export function presentDraft({ draft, lead, mail }: DraftWithMail) {
  return {
    id: draft.id,
    property_id: draft.propertyId,
    lead_id: draft.leadId,
    conversation_id: draft.conversationId,
    template_id: draft.templateId,
    to: mail?.toAddress ?? lead?.email ?? null,
    to_name: lead && nameOf(lead),
    subject: draft.subject,
    content: draft.content,
    content_type: draft.contentType,
    variables: draft.variables,
    preview: draft.preview ?? excerptOf(draft),
    status: draft.status,
    priority: draft.priority,
    tags: draft.tags ?? null,
    scheduled_for: iso(draft.scheduledFor),
    sent_at: iso(draft.sentAt),
    error: draft.error,
    delivery: mail && presentFate(mail),
    created_by: draft.createdBy,
    created_at: iso(draft.createdAt),
    updated_at: iso(draft.updatedAt),
  };
}

function presentFate(mail: NonNullable<DraftWithMail["mail"]>) {
  return {
    mail_id: mail.id,
    status: mail.status,
    delivered_at: iso(mail.deliveredAt),
    opened_at: iso(mail.openedAt),
    clicked_at: iso(mail.clickedAt),
    bounced_at: iso(mail.bouncedAt),
    bounce_reason: mail.bounceReason,
    complained_at: iso(mail.complainedAt),
  };
}

export function presentTestMail({ id, toAddress, subject, status, error }: MailRow) {
  return { mail_id: id, to: toAddress, subject, status, error };
}

export function presentTemplate(template: TemplateRow) {
  return {
    id: template.id,
    property_id: template.propertyId,
    name: template.name,
    description: template.description,
    subject: template.subject,
    content: template.content,
    content_type: template.contentType,
    variables: template.variables,
    used_variables: usedIn(template.subject, template.content),
    created_at: iso(template.createdAt),
    updated_at: iso(template.updatedAt),
  };
}

function usedIn(...texts: string[]): string[] {
  const reports = texts.map(readTemplate);
  return [...new Set(reports.flatMap((report) => ("variables" in report ? report.variables : [])))];
}

export function presentCampaign({ campaign, counts }: CampaignWithCounts) {
  return {
    id: campaign.id,
    property_id: campaign.propertyId,
    title: campaign.title,
    description: campaign.description,
    template_id: campaign.templateId,
    subject: campaign.subject,
    template_content: campaign.templateContent,
    content_type: campaign.contentType,
    variables: campaign.variables,
    audience: campaign.audience,
    mails_per_minute: campaign.mailsPerMinute,
    status: campaign.status,
    scheduled_for: iso(campaign.scheduledFor),
    started_at: iso(campaign.startedAt),
    completed_at: iso(campaign.completedAt),
    error: campaign.error,
    sent_count: counts.sent,
    counts,
    created_at: iso(campaign.createdAt),
    updated_at: iso(campaign.updatedAt),
  };
}

export function presentRecipient({ recipient, mail }: RecipientRow) {
  return {
    lead_id: recipient.leadId,
    address: recipient.address,
    status: recipient.status,
    reason: recipient.reason,
    mail_id: recipient.mailId,
    settled_at: iso(recipient.settledAt),
    delivered_at: iso(mail?.deliveredAt ?? null),
    opened_at: iso(mail?.openedAt ?? null),
    clicked_at: iso(mail?.clickedAt ?? null),
    bounced_at: iso(mail?.bouncedAt ?? null),
    complained_at: iso(mail?.complainedAt ?? null),
    unsubscribed_at: iso(mail?.unsubscribedAt ?? null),
  };
}

export function presentSuppression(row: SuppressionRow) {
  return {
    id: row.id,
    email: row.address,
    reason: row.reason,
    note: row.note,
    mail_id: row.mailId,
    created_at: iso(row.createdAt),
  };
}

export function presentSender(sender: SenderRow) {
  return {
    property_id: sender.propertyId,
    from_address: sender.fromAddress,
    from_name: sender.fromName,
    reply_to: sender.replyTo,
    updated_at: iso(sender.updatedAt),
  };
}
