import { and, asc, count, eq, getTableColumns } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { emailCampaignRecipients } from "../../db/schema/email.ts";
import { mails } from "../../db/schema/outgoing.ts";
import { getCampaign } from "./campaign-queries.ts";
import type { RecipientQuery } from "./campaigns.schemas.ts";

export type Recipient = typeof emailCampaignRecipients.$inferSelect;
export type RecipientRow = { recipient: Recipient; mail: typeof mails.$inferSelect | null };

/** Who gets a campaign, and what became of it. */
export async function listRecipients(
  ctx: Context,
  campaignId: string,
  query: RecipientQuery,
): Promise<Paged<RecipientRow>> {
  const { campaign } = await getCampaign(ctx, campaignId);
  const r = emailCampaignRecipients;
  const where = and(
    eq(r.companyId, campaign.companyId),
    eq(r.campaignId, campaignId),
    query.status ? eq(r.status, query.status) : undefined,
  );
  // Not a batch: there the recipients' and the mails' columns of one name would be one.
  const [rows, counted] = await Promise.all([
    ctx.db
      .select({ recipient: getTableColumns(r), mail: getTableColumns(mails) })
      .from(r)
      .leftJoin(mails, and(eq(mails.companyId, r.companyId), eq(mails.id, r.mailId)))
      .where(where)
      .orderBy(...orderBy(query.sort, "lead_id", { lead_id: r.leadId }, r.leadId))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(r).where(where),
  ]);
  return pageOf(query, [rows, counted]);
}

/** The next recipients who have not been written to. */
export function nextPending(
  ctx: Context,
  campaign: { id: string },
  limit: number,
): Promise<Pick<Recipient, "leadId" | "address">[]> {
  const r = emailCampaignRecipients;
  return ctx.db
    .select({ leadId: r.leadId, address: r.address })
    .from(r)
    .where(and(eq(r.companyId, ctx.companyId), eq(r.campaignId, campaign.id), eq(r.status, "pending")))
    .orderBy(asc(r.leadId))
    .limit(limit);
}
