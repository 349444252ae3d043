import type { Context } from "../../core/context.ts";
import { requireWritable } from "../../core/scope.ts";
import { tourBook } from "../../durable/stubs.ts";
import { openSlotAt } from "./open-slots.ts";
import { forgetTakenTimes } from "./taken-times.ts";
import { openDiary } from "./tour-diary.ts";
import type { TourType } from "./tour-rules.ts";
import { tourUnavailable } from "./tour-unavailable.ts";

type HoldWish = {
  propertyId: string;
  startsAt: Date;
  tourType: TourType;
  managerId?: string | undefined;
};

export type SlotHold = {
  holdId: string;
  propertyId: string;
  startsAt: Date;
  tourType: TourType;
  durationMinutes: number;
  expiresAt: Date;
};

/** Keeps a free time for five minutes. Everybody holds one time of a property at most; a new hold replaces it. */
export async function holdSlot(
  ctx: Context,
  { propertyId, startsAt, tourType, managerId }: HoldWish,
): Promise<SlotHold> {
  requireWritable(ctx, propertyId);
  const open = await openDiary(ctx, { propertyId, tourType, managerId });
  const { diary, rules } = open;
  const startMs = startsAt.getTime();
  const slot = openSlotAt(diary, startMs);
  if (!slot) throw await tourUnavailable(ctx, open, startMs);
  const { beforeMs, afterMs, capacity, needsManager: staffed } = rules;
  const answer = await tourBook(ctx.env, ctx.companyId, propertyId).hold(
    {
      claimId: ctx.newId(),
      slot: { startMs, endMs: slot.endMs, beforeMs, afterMs, capacity, staffed },
      guideIds: slot.guideIds,
      holder: holderOf(ctx, null),
    },
    diary.nowMs,
  );
  await forgetTakenTimes(ctx, propertyId);
  if (answer.outcome === "taken") throw await tourUnavailable(ctx, open, startMs);
  const { holdId, expiresAtMs } = answer;
  const durationMinutes = rules.durationMs / 60_000;
  return { holdId, propertyId, startsAt, tourType, durationMinutes, expiresAt: new Date(expiresAtMs) };
}

/** Whose hold: the visitor's, also when the bot books for them; else the caller's own. */
export function holderOf({ actor }: Context, visitorId: string | null): string {
  if (actor.kind === "visitor") return `visitor:${actor.id}`;
  return actor.kind === "system" && visitorId !== null ? `visitor:${visitorId}` : `${actor.kind}:${actor.id}`;
}
