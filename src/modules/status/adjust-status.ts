import type { Context } from "../../core/context.ts";
import type { AdjustRequest, StatusView } from "../../durable/status-machine/protocol.ts";
import { statusMachine } from "../../durable/stubs.ts";
import { calendarFor } from "./calendars-in-force.ts";
import { momentOf, refusalError } from "./machine-request.ts";

export type StatusRef = { entityType: string; entityId: string | number; companyId?: string };

export type Adjustment = Pick<AdjustRequest, "priority" | "propertyId" | "ownerId" | "entityDetails"> & {
  /** Another promised date for the running clock. */
  dueAt?: Date;
};

/**
 * Changes what surrounds a status without moving it: priority (time already used stays used), promised date,
 * owner, property (whose hours count from then on), details. Throws ENTITY_NOT_FOUND.
 */
export async function adjustStatus(
  ctx: Context,
  ref: StatusRef,
  { dueAt, ...rest }: Adjustment,
  { isAudited = false } = {},
): Promise<StatusView> {
  const due = dueAt === undefined ? {} : { dueAt: dueAt.getTime() };
  const calendar = await calendarFor(ctx, ref.companyId ?? ctx.companyId, ref, rest.propertyId);
  const result = await machineOf(ctx, ref).adjust({
    ...momentOf(ctx),
    ...(isAudited ? { requestId: ctx.requestId } : {}),
    ...rest,
    ...due,
    calendar,
  });
  if ("outcome" in result) throw refusalError(result);
  return result;
}

/** Stops an entity's clocks and takes it out of the lists; for records that are archived. Unknown ones are fine. */
export async function archiveStatus(ctx: Context, ref: StatusRef): Promise<void> {
  await machineOf(ctx, ref).archive(momentOf(ctx));
}

/** Takes up again what was archived; an entity that is live, or unknown, is left as it is. */
export async function restoreStatus(ctx: Context, ref: StatusRef): Promise<void> {
  await machineOf(ctx, ref).restore(momentOf(ctx));
}

export function machineOf(ctx: Context, { entityType, entityId, companyId }: StatusRef) {
  return statusMachine(ctx.env, companyId ?? ctx.companyId, entityType, String(entityId));
}
