import { sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../../core/context.ts";
import { emailCampaignRecipients } from "../../db/schema/email.ts";
import { audiencePage } from "./audience.ts";
import type { CampaignRow } from "./campaign-queries.ts";
import { isMailable } from "./why-not-write.ts";

const pageSize = 1000;

/** The next page of the list of recipients, as statements; a lead or an address that is listed already stays as it is. */
export async function expandAudience(
  ctx: Context,
  campaign: CampaignRow,
): Promise<{ statements: BatchItem<"sqlite">[]; changed: Partial<CampaignRow> }> {
  const page = await audiencePage(ctx, campaign, campaign.audienceCursor, pageSize);
  const recipients = page.map(({ id, email }) => [id, email?.toLowerCase() ?? "", isMailable(email ?? "")]);
  const status = sql`case when value->>2 then 'pending' else 'failed' end`;
  const reason = sql`case when value->>2 then null else 'This is no e-mail address' end`;
  // A lead's own row and another lead with the same address are both reasons to leave it.
  const insert = ctx.db
    .insert(emailCampaignRecipients)
    .select(
      sql`select ${ctx.companyId}, ${campaign.id}, value->>0, value->>1, ${status}, ${reason}, null, null
        from json_each(${JSON.stringify(recipients)}) where true`,
    )
    .onConflictDoNothing();
  const isLast = page.length < pageSize;
  return {
    statements: page.length > 0 ? [insert] : [],
    changed: {
      audienceCursor: page.at(-1)?.id ?? campaign.audienceCursor,
      ...(isLast ? { expandedAt: ctx.now() } : {}),
    },
  };
}
