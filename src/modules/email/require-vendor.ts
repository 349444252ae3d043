import { isLocal } from "../../core/config.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { hasMailRoad } from "../companies/vendor-access.ts";

/** Throws where a mail would only be kept though somebody means it to arrive. In development keeping it is the wish. */
export async function requireVendor(ctx: Context): Promise<void> {
  if (isLocal(ctx.config.ENVIRONMENT) || (await hasMailRoad(ctx))) return;
  throw new AppError("CONFLICT", "The company has no mail vendor yet: set its sendgrid_api_key");
}
