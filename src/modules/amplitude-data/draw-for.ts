import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { leads } from "../../db/schema/conversations.ts";
import { tours } from "../../db/schema/tours.ts";
import { drawConversation } from "./draw-conversation.ts";

/** Draws the figures of the conversation that a thing which has changed belongs to; other things have none. */
export async function drawFor(ctx: Context, entityType: string, entityId: string): Promise<void> {
  const conversationId = await conversationOf(ctx, entityType, entityId);
  if (conversationId !== null) await drawConversation(ctx, conversationId);
}

async function conversationOf(ctx: Context, type: string, id: string): Promise<string | null> {
  switch (type) {
    case "conversation":
      return id;
    case "lead":
      return ofLead(ctx, id);
    case "tour":
      return ofTour(ctx, id);
    default:
      return null;
  }
}

async function ofLead(ctx: Context, id: string): Promise<string | null> {
  const [lead] = await ctx.db
    .select({ conversationId: leads.conversationId })
    .from(leads)
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, id)));
  return lead?.conversationId ?? null;
}

/** A tour booked by other ways counts for the chat of its lead. */
async function ofTour(ctx: Context, id: string): Promise<string | null> {
  const [tour] = await ctx.db
    .select({ conversationId: tours.conversationId, leadId: tours.leadId })
    .from(tours)
    .where(and(eq(tours.companyId, ctx.companyId), eq(tours.id, id)));
  if (!tour) return null;
  return tour.conversationId ?? (tour.leadId === null ? null : ofLead(ctx, tour.leadId));
}
