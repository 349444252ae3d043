import { isLocal } from "../../../core/config.ts";
import type { Context } from "../../../core/context.ts";
import { addressIn, isPublicAddress, refusalOfUrl } from "../../../core/public-url.ts";
import { lookUpAddresses } from "../../../integrations/cloudflare-dns/client.ts";

/**
 * Why a receiver's URL must not be called, in words that follow "the URL"; null when it may be. Names are looked up each
 * time: one that was public when it was registered may lead inside by now. Throws UpstreamError when names cannot be
 * looked up at all.
 */
export async function refusalOfTarget(
  ctx: Pick<Context, "config" | "fetch">,
  url: string,
): Promise<string | null> {
  const { ENVIRONMENT, SANDBOX_ORIGIN } = ctx.config;
  const allowedOrigin = isLocal(ENVIRONMENT) ? SANDBOX_ORIGIN : undefined;
  const refusal = refusalOfUrl(url, allowedOrigin);
  if (refusal !== null) return refusal;
  const { origin, hostname } = new URL(url);
  if (allowedOrigin !== undefined && origin === new URL(allowedOrigin).origin) return null;
  if (addressIn(hostname) !== null) return null;
  const addresses = await lookUpAddresses(ctx.fetch, hostname);
  if (addresses.length === 0) return "must name a host that resolves to an address";
  return addresses.every(isPublicAddress) ? null : "must not resolve to a private address";
}
