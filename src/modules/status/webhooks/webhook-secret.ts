import { and, desc, eq, gt, inArray, isNull, or } from "drizzle-orm";
import type { Context } from "../../../core/context.ts";
import { seal, unseal } from "../../../core/secrets.ts";
import { webhookSecrets } from "../../../db/schema/webhooks.ts";

export type SecretRow = typeof webhookSecrets.$inferSelect;

/** How long a secret goes on signing after another has taken its place. */
export const overlapMs = 24 * 60 * 60 * 1000;

const prefix = "whsec_";
const newBytes = 32;

export function newSecret(): string {
  return prefix + base64(crypto.getRandomValues(new Uint8Array(newBytes)));
}

/**
 * A secret that somebody chose, as `whsec_` and base64; null when it cannot be one. What does not begin with
 * `whsec_` is a plain text of 16 to 64 characters whose bytes are the key.
 */
export function secretFrom(given: string): string | null {
  if (!given.startsWith(prefix)) return /^[\x20-\x7e]{16,64}$/.test(given) ? prefix + btoa(given) : null;
  const key = given.slice(prefix.length);
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key)) return null;
  const { length } = atob(key);
  return length >= 16 && length <= 64 ? given : null;
}

/** The row of a secret, sealed. */
export async function secretRow(
  ctx: Context,
  webhookId: string,
  secret: string,
): Promise<typeof webhookSecrets.$inferInsert> {
  const id = ctx.newId();
  const sealed = await seal(ctx.config, ownerOf(ctx.companyId, webhookId, id), secret);
  return {
    id,
    companyId: ctx.companyId,
    webhookId,
    ...sealed,
    lastFour: secret.slice(-4),
    createdAt: ctx.now(),
  };
}

/** The statement for all that still sign, the current one first. */
export function liveSecrets(ctx: Context, webhookIds: string[]) {
  const s = webhookSecrets;
  return ctx.db
    .select()
    .from(s)
    .where(
      and(
        eq(s.companyId, ctx.companyId),
        inArray(s.webhookId, webhookIds),
        or(isNull(s.expiresAt), gt(s.expiresAt, ctx.now())),
      ),
    )
    .orderBy(desc(s.id));
}

export function openSecret(ctx: Context, row: SecretRow): Promise<string> {
  return unseal(ctx.config, ownerOf(row.companyId, row.webhookId, row.id), row);
}

function ownerOf(companyId: string, webhookId: string, id: string): string {
  return `${companyId}:webhook:${webhookId}:${id}`;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
