import { and, eq, isNull } from "drizzle-orm";
import { audit } from "../../../core/audit.ts";
import type { Context } from "../../../core/context.ts";
import { AppError } from "../../../core/errors.ts";
import { commit } from "../../../core/outbox.ts";
import { statusWebhooks, webhookSecrets } from "../../../db/schema/webhooks.ts";
import { getWebhook, mine, type WebhookWithSecrets } from "./queries.ts";
import { newSecret, overlapMs, secretRow } from "./webhook-secret.ts";

/** Each secret that still signs costs a signature on every message. */
const mostPrevious = 10;

/**
 * Puts a new secret in the current one's place. The old one goes on signing beside it for a day, so that a receiver
 * may change over at any time of it. CONFLICT while ten old ones still do.
 */
export async function rotateSecret(
  ctx: Context,
  id: string,
  given: string | undefined,
): Promise<{ rotated: WebhookWithSecrets; secret: string }> {
  const { webhook, secrets } = await getWebhook(ctx, id);
  if (secrets.length > mostPrevious)
    throw new AppError(
      "CONFLICT",
      `At most ${mostPrevious} earlier secrets may still sign; wait for one to expire`,
      {
        previous_secrets: secrets.length - 1,
      },
    );
  const secret = given ?? newSecret();
  const expiresAt = new Date(ctx.now().getTime() + overlapMs);
  const isCurrent = and(eq(webhookSecrets.webhookId, id), isNull(webhookSecrets.expiresAt));
  await commit(ctx, [
    ctx.db
      .update(webhookSecrets)
      .set({ expiresAt })
      .where(and(eq(webhookSecrets.companyId, ctx.companyId), isCurrent)),
    ctx.db.insert(webhookSecrets).values(await secretRow(ctx, id, secret)),
    ctx.db
      .update(statusWebhooks)
      .set({ version: webhook.version + 1, updatedAt: ctx.now() })
      .where(mine(ctx, id)),
    audit(ctx, { action: "rotate_secret", recordType: "webhook", recordId: id }),
  ]);
  return { rotated: await getWebhook(ctx, id), secret };
}
