import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";

/** Throws 422 for a time that is not ahead of the company's clock. */
export function requireFuture(ctx: Context, at: Date): void {
  if (at <= ctx.now()) throw invalidFields([{ field: "scheduled_for", message: "must lie in the future" }]);
}
