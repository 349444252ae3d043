import type { Context } from "../../core/context.ts";
import type { properties } from "../../db/schema/properties.ts";
import type { Footer } from "./compose-letter.ts";
import { addressOf } from "./merge-fields.ts";
import { unsubscribeUrl } from "./unsubscribe-token.ts";

type Property = typeof properties.$inferSelect;

/** What stands below a campaign's mail, and the headers of one-click unsubscribing (RFC 8058). */
export async function unsubscribeParts(
  ctx: Context,
  property: Property,
  mailId: string,
): Promise<{ footer: Footer; headers: Record<string, string> }> {
  const url = await unsubscribeUrl(ctx.config, { companyId: ctx.companyId, mailId });
  return {
    footer: footerOf(property, url),
    headers: { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
  };
}

/** The same for a mail that is only shown: its link leads to a page that says so. */
export function sampleFooter(ctx: Context, property: Property): Footer {
  return footerOf(property, `${new URL(ctx.config.APP_ORIGIN).origin}/api/email/unsubscribe/sample`);
}

function footerOf(property: Property, url: string): Footer {
  return {
    reason: `You get this because you asked ${property.name} about a home.`,
    postalAddress: `${property.name}, ${addressOf(property)}`,
    unsubscribeUrl: url,
  };
}
