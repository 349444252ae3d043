import * as z from "zod";
import type { Work } from "../../core/outbox.ts";

export const CampaignStep = z.object({
  kind: z.literal("email_campaign"),
  campaign_id: z.string(),
  run: z.int(),
  step: z.int(),
});
export type CampaignStep = z.infer<typeof CampaignStep>;

/** The next page of a campaign. All of a campaign's pages share a key: they are worked one after another. */
export function campaignWork(campaignId: string, run: number, step: number, notBefore?: Date): Work {
  const payload: CampaignStep = { kind: "email_campaign", campaign_id: campaignId, run, step };
  return {
    topic: "notifications",
    key: `email_campaign:${campaignId}`,
    payload,
    dedupeKey: `email_campaign:${campaignId}:${run}:${step}`,
    ...(notBefore ? { notBefore } : {}),
  };
}
