import { and, count, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { emailCampaigns } from "../../db/schema/email.ts";
import { countCampaigns, noCounts } from "./campaign-counts.ts";
import type { CampaignCounts, CampaignQuery } from "./campaigns.schemas.ts";

export type CampaignRow = typeof emailCampaigns.$inferSelect;
export type CampaignWithCounts = { campaign: CampaignRow; counts: CampaignCounts };

export function visible(ctx: Context) {
  return and(
    inCompany(ctx, emailCampaigns.companyId),
    inProperties(ctx, emailCampaigns.propertyId),
    isNull(emailCampaigns.deletedAt),
  );
}

export async function getCampaign(ctx: Context, id: string): Promise<CampaignWithCounts> {
  const rows = await ctx.db
    .select()
    .from(emailCampaigns)
    .where(and(visible(ctx), eq(emailCampaigns.id, id)));
  const campaign = only(rows, "E-mail campaign");
  const counts = await countCampaigns(ctx, [id]);
  return { campaign, counts: counts.get(id) ?? noCounts() };
}

/** The row as it is; for work behind the scenes. */
export async function findCampaign(ctx: Context, id: string): Promise<CampaignRow | null> {
  const [campaign] = await ctx.db
    .select()
    .from(emailCampaigns)
    .where(
      and(
        eq(emailCampaigns.companyId, ctx.companyId),
        eq(emailCampaigns.id, id),
        isNull(emailCampaigns.deletedAt),
      ),
    );
  return campaign ?? null;
}

export async function listCampaigns(ctx: Context, query: CampaignQuery): Promise<Paged<CampaignWithCounts>> {
  const [rows, counted] = await ctx.db.batch(campaignPage(ctx, query));
  const counts = await countCampaigns(
    ctx,
    rows.map(({ id }) => id),
  );
  return pageOf(query, [
    rows.map((campaign) => ({ campaign, counts: counts.get(campaign.id) ?? noCounts() })),
    counted,
  ]);
}

/** The statements of the list: the page and the count of all that match. */
export function campaignPage(ctx: Context, query: CampaignQuery) {
  const k = emailCampaigns;
  const where = and(
    visible(ctx),
    query.property_id ? eq(k.propertyId, query.property_id) : undefined,
    query.status ? eq(k.status, query.status) : undefined,
    query.q ? contains(query.q, k.title) : undefined,
  );
  const sorts = { created_at: k.createdAt, title: k.title, scheduled_for: k.scheduledFor };
  const page = ctx.db
    .select()
    .from(k)
    .where(where)
    .orderBy(...orderBy(query.sort, "-created_at", sorts, k.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(k).where(where)] as const;
}
