import { isLocal } from "../../core/config.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { hasMailRoad } from "../companies/vendor-access.ts";

/**
 * Why a mail that somebody means to arrive would only be kept; null where it can leave. In development, and for
 * sandbox companies, keeping it is what is wanted.
 */
export async function whyNoVendor(ctx: Context): Promise<string | null> {
  if (isLocal(ctx.config.ENVIRONMENT) || (await hasMailRoad(ctx))) return null;
  return "The company has no mail vendor yet: set its sendgrid_api_key";
}

export async function requireVendor(ctx: Context): Promise<void> {
  const why = await whyNoVendor(ctx);
  if (why !== null) throw new AppError("CONFLICT", why);
}
