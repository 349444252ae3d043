import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commitChange, commitWhile } from "../../core/guarded-commit.ts";
import { requireWritable, staleVersion } from "../../core/scope.ts";
import { emailCampaigns } from "../../db/schema/email.ts";
import { type CampaignRow, type CampaignWithCounts, getCampaign } from "./campaign-queries.ts";
import { campaignWork } from "./campaign-work.ts";
import { requireFuture } from "./future-time.ts";
import { requireVendor } from "./require-vendor.ts";

/** Sends a campaign now or puts it on the schedule; a paused one goes on. One that is being sent stays as it is. */
export async function sendCampaign(
  ctx: Context,
  id: string,
  scheduledFor: Date | null,
): Promise<CampaignWithCounts> {
  const found = await getCampaign(ctx, id);
  const { campaign } = found;
  requireWritable(ctx, campaign.propertyId);
  if (campaign.status === "sending") return found;
  if (campaign.status === "sent") throw noWay(campaign, "sending", []);
  await requireVendor(ctx);
  if (scheduledFor) {
    requireFuture(ctx, scheduledFor);
    if (campaign.status === "paused") throw noWay(campaign, "scheduled", ["sending"]);
    await move(ctx, campaign, { status: "scheduled", scheduledFor }, "schedule");
  } else if (!(await launchCampaign(ctx, campaign))) {
    const now = await getCampaign(ctx, id);
    if (now.campaign.status !== "sending") throw staleVersion();
  }
  return getCampaign(ctx, id);
}

/** Stops a campaign after the page it is at, or takes it off the schedule. */
export async function pauseCampaign(ctx: Context, id: string): Promise<CampaignWithCounts> {
  const found = await getCampaign(ctx, id);
  const { campaign } = found;
  requireWritable(ctx, campaign.propertyId);
  if (campaign.status === "paused" || campaign.status === "draft") return found;
  if (campaign.status === "sent") throw noWay(campaign, "paused", []);
  await move(
    ctx,
    campaign,
    campaign.status === "sending" ? { status: "paused" } : { status: "draft", scheduledFor: null },
    "pause",
  );
  return getCampaign(ctx, id);
}

/** Sets a campaign going, from its beginning or from where it stopped. False when somebody else has changed it. */
export async function launchCampaign(ctx: Context, campaign: CampaignRow): Promise<boolean> {
  const now = ctx.now();
  const run = campaign.run + 1;
  const k = emailCampaigns;
  const itself = and(
    eq(k.companyId, ctx.companyId),
    eq(k.id, campaign.id),
    eq(k.version, campaign.version),
    inArray(k.status, ["draft", "scheduled", "paused"]),
    isNull(k.deletedAt),
  );
  const written = await commitWhile(
    ctx,
    sql`${ctx.db.$count(k, itself)} = 1`,
    [
      ctx.db
        .update(k)
        .set({
          status: "sending",
          run,
          step: 0,
          error: null,
          startedAt: sql`coalesce(${k.startedAt}, ${now.getTime()})`,
          version: campaign.version + 1,
          updatedAt: now,
        })
        .where(itself),
      audit(ctx, { action: "send", recordType: "email_campaign", recordId: campaign.id, after: { run } }),
    ],
    [campaignWork(campaign.id, run, 0)],
  );
  return written !== null;
}

async function move(
  ctx: Context,
  before: CampaignRow,
  changed: Partial<CampaignRow>,
  action: string,
): Promise<void> {
  const k = emailCampaigns;
  await commitChange(ctx, [
    ctx.db
      .update(k)
      .set({ ...changed, version: before.version + 1, updatedAt: ctx.now() })
      .where(and(eq(k.companyId, ctx.companyId), eq(k.id, before.id), eq(k.version, before.version))),
    audit(ctx, { action, recordType: "email_campaign", recordId: before.id, before, after: changed }),
  ]);
}

function noWay({ status }: CampaignRow, wanted: string, allowed: string[]): AppError {
  return new AppError("INVALID_STATUS_TRANSITION", `The campaign is ${status}`, {
    current_status: status,
    requested_status: wanted,
    allowed_transitions: allowed,
  });
}
