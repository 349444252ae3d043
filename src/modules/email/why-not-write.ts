import emailAddresses from "email-addresses";
import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { emailAddress } from "../../core/fields.ts";
import { emailSuppressions } from "../../db/schema/email.ts";

/**
 * Why a letter to this address can come to nothing, in plain words; null when it may. Who unsubscribed from
 * campaigns may still be answered; who bounced or reported spam is not tried again.
 */
export async function whyNotWrite(ctx: Context, address: string | null): Promise<string | null> {
  if (address === null) return "The lead has no e-mail address";
  if (!isMailable(address)) return `${address} is no e-mail address`;
  const [suppressed] = await ctx.db
    .select({ reason: emailSuppressions.reason })
    .from(emailSuppressions)
    .where(
      and(
        eq(emailSuppressions.companyId, ctx.companyId),
        eq(emailSuppressions.address, address.toLowerCase()),
        inArray(emailSuppressions.reason, ["bounce", "dropped", "spam_report"]),
        isNull(emailSuppressions.deletedAt),
      ),
    );
  return suppressed ? `${address} takes no mail from us (${suppressed.reason})` : null;
}

/** One plain address that mail can be sent to: nothing around it, nothing that a header could be broken with. */
export function isMailable(address: string): boolean {
  const parsed = emailAddresses.parseOneAddress(address);
  return parsed?.type === "mailbox" && parsed.address === address && emailAddress.safeParse(address).success;
}
