import type { Context } from "../../../core/context.ts";
import { seal, unseal } from "../../../core/secrets.ts";
import type { WebhookRow } from "./queries.ts";

type SealedHeaders = Pick<WebhookRow, "headerHints" | "headersKeyId" | "headersCiphertext">;

/** The receiver's own headers as columns: they often carry a credential. */
export async function sealHeaders(
  ctx: Context,
  webhookId: string,
  headers: Record<string, string>,
): Promise<SealedHeaders> {
  if (Object.keys(headers).length === 0)
    return { headerHints: {}, headersKeyId: null, headersCiphertext: null };
  const hints = Object.entries(headers).map(([name, value]) => [name, hintOf(value)]);
  const sealed = await seal(ctx.config, ownerOf(ctx.companyId, webhookId), JSON.stringify(headers));
  return {
    headerHints: Object.fromEntries(hints) as Record<string, string>,
    headersKeyId: sealed.keyId,
    headersCiphertext: sealed.ciphertext,
  };
}

export async function openHeaders(ctx: Context, webhook: WebhookRow): Promise<Record<string, string>> {
  const { id, companyId, headersKeyId, headersCiphertext } = webhook;
  if (headersKeyId === null || headersCiphertext === null) return {};
  const sealed = { keyId: headersKeyId, ciphertext: headersCiphertext };
  return JSON.parse(await unseal(ctx.config, ownerOf(companyId, id), sealed)) as Record<string, string>;
}

/** A short value would be told by its end. */
function hintOf(value: string): string {
  return value.length >= 12 ? value.slice(-4) : "";
}

function ownerOf(companyId: string, webhookId: string): string {
  return `${companyId}:webhook:${webhookId}:headers`;
}
