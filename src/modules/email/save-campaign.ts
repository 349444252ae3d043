import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { changes, requireWritable, staleVersion } from "../../core/scope.ts";
import { emailCampaignRecipients, emailCampaigns } from "../../db/schema/email.ts";
import { getProperty } from "../properties/queries.ts";
import { type CampaignRow, type CampaignWithCounts, getCampaign, visible } from "./campaign-queries.ts";
import type { CampaignChanges, CampaignInput } from "./campaigns.schemas.ts";
import { requireFuture } from "./future-time.ts";
import { requireLetter, takeTemplate } from "./take-template.ts";

const usualPace = 1200;

export async function createCampaign(ctx: Context, input: CampaignInput): Promise<CampaignWithCounts> {
  const property = await getProperty(ctx, input.property_id);
  requireWritable(ctx, property.id);
  if (input.scheduled_for) requireFuture(ctx, input.scheduled_for);
  const { content, ...letter } = await takeTemplate(
    ctx,
    property.id,
    { ...input, content: input.template_content },
    "template_content",
  );
  const now = ctx.now();
  const id = ctx.newId();
  await commit(ctx, [
    ctx.db.insert(emailCampaigns).values({
      id,
      companyId: property.companyId,
      propertyId: property.id,
      title: input.title,
      description: input.description ?? null,
      ...letter,
      templateContent: content,
      audience: input.audience ?? {},
      status: input.scheduled_for ? "scheduled" : "draft",
      mailsPerMinute: input.mails_per_minute ?? usualPace,
      scheduledFor: input.scheduled_for ?? null,
      createdAt: now,
      updatedAt: now,
    }),
    audit(ctx, { action: "create", recordType: "email_campaign", recordId: id, after: input }),
  ]);
  return getCampaign(ctx, id);
}

/** Once it has been set going, only what nobody has read yet can be changed: its title, its words about itself, its pace. */
export async function updateCampaign(
  ctx: Context,
  id: string,
  input: CampaignChanges,
  seenVersion?: number,
): Promise<CampaignWithCounts> {
  const { campaign: before } = await getCampaign(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  requireOpenFor(before, input);
  if (input.scheduled_for) requireFuture(ctx, input.scheduled_for);
  const letter = {
    subject: input.subject ?? before.subject,
    content: input.template_content ?? before.templateContent,
    contentType: input.content_type ?? before.contentType,
    variables: input.variables ?? before.variables,
  };
  requireLetter(letter, "template_content");
  const { content: templateContent, ...words } = letter;
  const changed = {
    ...words,
    templateContent,
    ...changes({
      title: input.title,
      description: input.description,
      audience: input.audience,
      mailsPerMinute: input.mails_per_minute,
    }),
    ...timing(input),
  };
  await commitChange(ctx, [
    ctx.db
      .update(emailCampaigns)
      .set({ ...changed, version: before.version + 1, updatedAt: ctx.now() })
      .where(unchanged(ctx, before)),
    audit(ctx, { action: "update", recordType: "email_campaign", recordId: id, before, after: input }),
  ]);
  return getCampaign(ctx, id);
}

/** Archives a campaign that is not at work; whoever has not got it will not. */
export async function archiveCampaign(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const { campaign: before, counts } = await getCampaign(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (before.status === "sending")
    throw new AppError("CONFLICT", "The campaign is being sent; pause it first", { pending: counts.pending });
  const deletedAt = ctx.now();
  const r = emailCampaignRecipients;
  await commitChange(ctx, [
    ctx.db
      .update(emailCampaigns)
      .set({ deletedAt, updatedAt: deletedAt, version: before.version + 1 })
      .where(unchanged(ctx, before)),
    ctx.db
      .update(r)
      .set({ status: "cancelled", reason: "The campaign was archived", settledAt: deletedAt })
      .where(and(eq(r.companyId, before.companyId), eq(r.campaignId, id), eq(r.status, "pending"))),
    audit(ctx, { action: "archive", recordType: "email_campaign", recordId: id, before }),
  ]);
  return { id, deletedAt };
}

function requireOpenFor({ status }: CampaignRow, input: CampaignChanges): void {
  if (status === "draft" || status === "scheduled") return;
  const { title: _title, description: _description, mails_per_minute: _pace, ...rest } = input;
  const named = Object.keys(changes(rest));
  if (named.length === 0) return;
  throw new AppError(
    "CONFLICT",
    `The campaign is ${status}; ${named.join(", ")} cannot be changed any more`,
    {
      status,
      fields: named,
    },
  );
}

function timing({ scheduled_for: at }: CampaignChanges): Partial<CampaignRow> {
  if (at === undefined) return {};
  return { scheduledFor: at, status: at ? "scheduled" : "draft" };
}

function unchanged(ctx: Context, before: CampaignRow) {
  return and(visible(ctx), eq(emailCampaigns.id, before.id), eq(emailCampaigns.version, before.version));
}
