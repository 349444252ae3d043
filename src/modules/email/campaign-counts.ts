import { and, count, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { inCompany } from "../../core/scope.ts";
import { emailCampaignRecipients } from "../../db/schema/email.ts";
import { mails } from "../../db/schema/outgoing.ts";
import type { CampaignCounts } from "./campaigns.schemas.ts";

export function noCounts(): CampaignCounts {
  return {
    recipients: 0,
    pending: 0,
    sent: 0,
    failed: 0,
    suppressed: 0,
    cancelled: 0,
    delivered: 0,
    bounced: 0,
    complained: 0,
    unsubscribed: 0,
    opened: 0,
    clicked: 0,
  };
}

/** Counted from the recipients and their mails whenever they are asked for, so that they always add up. */
export async function countCampaigns(ctx: Context, ids: string[]): Promise<Map<string, CampaignCounts>> {
  if (ids.length === 0) return new Map();
  const chosen = sql`(select value from json_each(${JSON.stringify(ids)}))`;
  const r = emailCampaignRecipients;
  const [settled, fates] = await ctx.db.batch([
    ctx.db
      .select({ id: r.campaignId, status: r.status, total: count() })
      .from(r)
      .where(and(inCompany(ctx, r.companyId), sql`${r.campaignId} in ${chosen}`))
      .groupBy(r.campaignId, r.status),
    ctx.db
      .select({
        id: mails.campaignId,
        delivered: count(mails.deliveredAt),
        bounced: count(mails.bouncedAt),
        complained: count(mails.complainedAt),
        unsubscribed: count(mails.unsubscribedAt),
        opened: count(mails.openedAt),
        clicked: count(mails.clickedAt),
      })
      .from(mails)
      .where(and(inCompany(ctx, mails.companyId), sql`${mails.campaignId} in ${chosen}`))
      .groupBy(mails.campaignId),
  ]);
  return new Map(
    ids.map((wanted) => {
      const counts = noCounts();
      for (const { id, status, total } of settled) {
        if (id !== wanted) continue;
        counts[status] = total;
        counts.recipients += total;
      }
      const { id: _id, ...told } = fates.find(({ id }) => id === wanted) ?? { id: wanted };
      return [wanted, { ...counts, ...told }];
    }),
  );
}
