import { and, eq } from "drizzle-orm";
import { audit } from "../../../core/audit.ts";
import type { Context } from "../../../core/context.ts";
import { notFound } from "../../../core/errors.ts";
import { commitChange } from "../../../core/guarded-commit.ts";
import { statusWebhooks, webhookSecrets } from "../../../db/schema/webhooks.ts";
import { cancelPending } from "./pending.ts";
import { getWebhook, mine } from "./queries.ts";

/** Nothing more is sent, not even what waits for its next attempt; its secrets are destroyed. */
export async function archiveWebhook(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const { webhook } = await getWebhook(ctx, id);
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(statusWebhooks)
        .set({
          deletedAt,
          isActive: false,
          headerHints: {},
          headersKeyId: null,
          headersCiphertext: null,
          version: webhook.version + 1,
        })
        .where(mine(ctx, id)),
      ctx.db
        .delete(webhookSecrets)
        .where(and(eq(webhookSecrets.companyId, ctx.companyId), eq(webhookSecrets.webhookId, id))),
      ...cancelPending(ctx, id),
      audit(ctx, {
        action: "delete",
        recordType: "webhook",
        recordId: id,
        before: { url: webhook.url, events: webhook.events },
      }),
    ],
    [],
    () => notFound("Webhook"),
  );
  return { id, deletedAt };
}
