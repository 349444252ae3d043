import type { Context } from "../../core/context.ts";
import { machineOf } from "../status/adjust-status.ts";
import { type StatusStep, stepsOf } from "./contact-history.ts";
import type { Sliced } from "./present.ts";
import { getContact } from "./queries.ts";
import type { Slice } from "./schemas.ts";

/** Newest first. The step before the oldest one shown tells the stage that one began at. */
export async function listStatusChanges(
  ctx: Context,
  contactId: string,
  { skip, limit }: Slice,
): Promise<Sliced<StatusStep>> {
  const { companyId } = await getContact(ctx, contactId);
  const machine = machineOf(ctx, { entityType: "contact", entityId: contactId, companyId });
  const history = await machine.history({ now: ctx.now().getTime(), limit: limit + 1, offset: skip });
  const steps = stepsOf((history?.transitions ?? []).toReversed(), null).toReversed();
  return { rows: steps.slice(0, limit), total: history?.total ?? 0, skip, limit };
}
