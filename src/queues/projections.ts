import { z } from "zod";
import type { Context } from "../core/context.ts";
import { AppError } from "../core/errors.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { beginStatus } from "../modules/conversations/hand-off.ts";
import { qualifyLead } from "../modules/leads/qualify-lead.ts";
import { settleTour } from "../modules/tours/settle-tour.ts";
import { Hopeless, NotNow } from "./drain.ts";

const Payload = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["tour_booked", "tour_changed"]), tour_id: z.string() }),
  z.object({ kind: z.literal("lead_facts"), lead_id: z.string() }),
  z.object({ kind: z.literal("conversation_opened"), conversation_id: z.string() }),
]);

/** Brings what hangs on a changed record in line with it. */
export async function project(ctx: Context, row: OutboxRow): Promise<void> {
  const payload = Payload.safeParse(row.payload);
  if (!payload.success) throw new Hopeless(`projection of unknown shape: ${payload.error.message}`);
  switch (payload.data.kind) {
    case "tour_booked":
    case "tour_changed":
      return settleTour(ctx, payload.data.tour_id);
    case "lead_facts":
      return drawLead(ctx, payload.data.lead_id);
    case "conversation_opened":
      return beginStatus(ctx, payload.data.conversation_id);
  }
}

const replyPatienceMs = 60_000;
const lookAgainMs = 2000;

/** The bot's answer is written after the news it was made from: a lead that has just written is looked at again. */
async function drawLead(ctx: Context, leadId: string): Promise<void> {
  const lead = await qualifyLead(ctx, leadId).catch((error: unknown) => {
    // A tour or a person moved it between the look and the step.
    if (error instanceof AppError && error.code === "CONFLICT") throw new NotNow(lookAgainMs);
    throw error;
  });
  if (!lead?.awaitsReply) return;
  const ageMs = ctx.now().getTime() - lead.lastActivityAt.getTime();
  if (ageMs < replyPatienceMs) throw new NotNow(lookAgainMs);
}
