import type { Context } from "../../core/context.ts";
import { getProperty } from "../properties/queries.ts";
import { type AudienceSize, measureAudience } from "./audience.ts";
import { sampleFooter } from "./campaign-letter.ts";
import { getCampaign } from "./campaign-queries.ts";
import type { Composed } from "./compose-letter.ts";
import { fillSample } from "./preview-letter.ts";

/** A campaign's mail as somebody would get it, and how many leads match at this moment. */
export async function previewCampaign(
  ctx: Context,
  id: string,
): Promise<Composed & { audience: AudienceSize }> {
  const { campaign } = await getCampaign(ctx, id);
  const property = await getProperty(ctx, campaign.propertyId);
  const letter = { ...campaign, content: campaign.templateContent };
  const footer = sampleFooter(ctx, property);
  const composed = await fillSample(ctx, letter, campaign.propertyId, undefined, footer);
  return { ...composed, audience: await measureAudience(ctx, campaign) };
}
