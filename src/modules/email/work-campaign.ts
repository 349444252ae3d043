import { and, eq, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit, type Work } from "../../core/outbox.ts";
import { emailCampaigns } from "../../db/schema/email.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { countCampaigns, noCounts } from "./campaign-counts.ts";
import { type CampaignRow, findCampaign } from "./campaign-queries.ts";
import { type CampaignStep, campaignWork } from "./campaign-work.ts";
import { expandAudience } from "./expand-audience.ts";
import { mailRecipients } from "./mail-recipients.ts";
import { nextPending } from "./recipient-queries.ts";

/** How many recipients a page has at most; a page is over well before its row's lease is. */
const longestPage = 100;
/** Signs of letters a page may have: a long letter is held in memory for each of its recipients. */
const mostSigns = 2_000_000;
/** Each page is worked by a call of its own: one may ask the database only so often. */
const shortestPauseMs = 1000;

/**
 * Does one page of a campaign: lists recipients until the list is complete, then writes to them. Done again, or by
 * two at once, it lists and writes to nobody twice. `isRetry` says that the page failed before. Throws where the
 * page is to be done again.
 */
export async function workCampaign(ctx: Context, at: CampaignStep, isRetry: boolean): Promise<void> {
  const campaign = await findCampaign(ctx, at.campaign_id);
  if (!campaign || campaign.status !== "sending" || campaign.run !== at.run || campaign.step !== at.step)
    return;
  if (campaign.expandedAt === null) {
    const { statements, changed } = await expandAudience(ctx, campaign);
    return goOn(ctx, campaign, statements, changed);
  }
  const pending = await nextPending(ctx, campaign, pageSizeOf(campaign));
  if (pending.length === 0) return complete(ctx, campaign);
  const startedAt = Date.now();
  const { statements, trouble } = await mailRecipients(ctx, campaign, pending, isRetry);
  if (trouble === null) return goOn(ctx, campaign, statements, {}, nextPageAt(campaign, startedAt));
  const [first, ...others] = statements;
  if (first) await commit(ctx, [first, ...others]);
  if (trouble.kind === "stop") return stop(ctx, campaign, trouble.reason);
  throw trouble.error;
}

/** What is to be written in the batch that gives a page up: the campaign waits for somebody to set it going again. */
export async function campaignStopped(ctx: Context, at: CampaignStep, reason: string) {
  const campaign = await findCampaign(ctx, at.campaign_id);
  if (!campaign || campaign.status !== "sending" || campaign.run !== at.run)
    return { statements: [], work: [] };
  return stopping(ctx, campaign, reason);
}

function pageSizeOf({ templateContent }: CampaignRow): number {
  return Math.min(longestPage, Math.ceil(mostSigns / templateContent.length));
}

function nextPageAt(campaign: CampaignRow, startedAt: number): Date {
  const paced = startedAt + (pageSizeOf(campaign) * 60_000) / campaign.mailsPerMinute;
  return new Date(Math.max(paced, Date.now() + shortestPauseMs));
}

/** Writes what the page came to, and with it the work of the next one. */
async function goOn(
  ctx: Context,
  campaign: CampaignRow,
  statements: BatchItem<"sqlite">[],
  changed: Partial<CampaignRow>,
  notBefore?: Date,
): Promise<void> {
  const step = campaign.step + 1;
  await commit(
    ctx,
    [
      ctx.db
        .update(emailCampaigns)
        .set({ ...changed, step })
        .where(sameStep(ctx, campaign)),
      ...statements,
    ],
    [campaignWork(campaign.id, campaign.run, step, notBefore)],
  );
}

async function complete(ctx: Context, campaign: CampaignRow): Promise<void> {
  const now = ctx.now();
  const counts = (await countCampaigns(ctx, [campaign.id])).get(campaign.id) ?? noCounts();
  await commit(
    ctx,
    [
      ctx.db
        .update(emailCampaigns)
        .set({
          status: "sent",
          completedAt: now,
          step: campaign.step + 1,
          version: sql`${emailCampaigns.version} + 1`,
          updatedAt: now,
        })
        .where(and(sameStep(ctx, campaign), eq(emailCampaigns.status, "sending"))),
      audit(ctx, { action: "sent", recordType: "email_campaign", recordId: campaign.id, after: counts }),
    ],
    [
      notice(campaign, "email_campaign_sent", {
        title: `The campaign ${campaign.title} has been sent`,
        body: `${counts.sent} of ${counts.recipients} sent, ${counts.failed} failed, ${counts.suppressed} suppressed.`,
      }),
    ],
  );
}

async function stop(ctx: Context, campaign: CampaignRow, reason: string): Promise<void> {
  const { statements, work } = stopping(ctx, campaign, reason);
  await commit(ctx, statements, work);
}

function stopping(ctx: Context, campaign: CampaignRow, reason: string) {
  const statements: [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]] = [
    ctx.db
      .update(emailCampaigns)
      .set({
        status: "paused",
        error: reason,
        version: sql`${emailCampaigns.version} + 1`,
        updatedAt: ctx.now(),
      })
      .where(and(sameStep(ctx, campaign), eq(emailCampaigns.status, "sending"))),
    audit(ctx, { action: "pause", recordType: "email_campaign", recordId: campaign.id, after: { reason } }),
  ];
  const work: Work[] = [
    notice(campaign, "email_campaign_paused", {
      title: `The campaign ${campaign.title} has been paused`,
      body: `${reason}. Send it again to go on where it stopped.`,
    }),
  ];
  return { statements, work };
}

function notice(
  campaign: CampaignRow,
  type: "email_campaign_sent" | "email_campaign_paused",
  words: { title: string; body: string },
): Work {
  return staffNotice({
    dedupeKey: `${type}:${campaign.id}:${campaign.run}`,
    type,
    propertyId: campaign.propertyId,
    ...words,
    payload: { campaign_id: campaign.id },
  });
}

/** The campaign as long as nobody else has done this page. */
function sameStep(ctx: Context, { id, run, step }: CampaignRow): SQL | undefined {
  const k = emailCampaigns;
  return and(eq(k.companyId, ctx.companyId), eq(k.id, id), eq(k.run, run), eq(k.step, step));
}
