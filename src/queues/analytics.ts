import * as z from "zod";
import type { Context } from "../core/context.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { drawProperty, PropertyPlaceShape } from "../modules/amplitude-data/calculate-engagement.ts";
import { drawConversation, forgetFigures } from "../modules/amplitude-data/draw-conversation.ts";
import { forwardEvents } from "../modules/amplitude-data/forward-events.ts";
import { showEvents } from "../modules/amplitude-data/show-events.ts";
import { UpstreamError } from "../integrations/vendor.ts";
import { Hopeless, NotNow } from "./drain.ts";
import { walk } from "./walk.ts";

/** What has to be done with figures. */
export const AnalyticsWork = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["analytics", "analytics_archived"]), conversation_id: z.string() }),
  z.object({
    kind: z.literal("analytics_events"),
    conversation_id: z.string(),
    insert_ids: z.array(z.string()),
  }),
  z.object({
    kind: z.literal("analytics_property"),
    property_id: z.string(),
    place: PropertyPlaceShape.optional(),
  }),
  z.object({ kind: z.literal("amplitude_forward") }),
]);
type AnalyticsWork = z.infer<typeof AnalyticsWork>;

export async function workAnalytics(ctx: Context, row: OutboxRow, told: AnalyticsWork): Promise<void> {
  switch (told.kind) {
    case "analytics":
      await drawConversation(ctx, told.conversation_id);
      return;
    case "analytics_archived":
      return forgetFigures(ctx, told.conversation_id);
    case "analytics_events":
      await showEvents(ctx, told.conversation_id, told.insert_ids);
      await drawConversation(ctx, told.conversation_id);
      return;
    case "analytics_property":
      return walk(ctx, row, told.place ?? null, (place) => drawProperty(ctx, told.property_id, place));
    case "amplitude_forward":
      return forwardOrWait(ctx, row);
  }
}

const patientAfter = 5;
const patientMs = 15 * 60_000;

/**
 * Being asked to slow down is no failure, and an outage is waited out, however long it takes; a key or a shape that
 * Amplitude refuses takes a person.
 */
async function forwardOrWait(ctx: Context, { attempts }: OutboxRow): Promise<void> {
  try {
    const { waitMs } = await forwardEvents(ctx);
    if (waitMs !== null) throw new NotNow(waitMs);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    ctx.log.warn(error.publicMessage, { status: error.status, detail: error.detail });
    if (!error.retryable) throw new Hopeless(error.message, { cause: error });
    throw attempts < patientAfter ? error : new NotNow(patientMs);
  }
}
