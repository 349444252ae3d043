import { lt } from "drizzle-orm";
import { databaseFor, openDb } from "../db/client.ts";
import { webhookAttempts, webhookDeliveries, webhookSecrets } from "../db/schema/webhooks.ts";

const keptMs = 90 * 24 * 60 * 60 * 1000;

/** Removes what webhooks were told so long ago that nobody asks for it, and secrets that sign no more. */
export async function sweepWebhooks(env: Env, at: number): Promise<void> {
  const db = openDb(databaseFor(env, ""));
  const before = new Date(at - keptMs);
  await db.batch([
    db.delete(webhookAttempts).where(lt(webhookAttempts.attemptedAt, before)),
    db.delete(webhookDeliveries).where(lt(webhookDeliveries.createdAt, before)),
    db.delete(webhookSecrets).where(lt(webhookSecrets.expiresAt, before)),
  ]);
}
