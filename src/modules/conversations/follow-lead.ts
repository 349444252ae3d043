import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { machineOf } from "../status/adjust-status.ts";
import { changeStatus } from "../status/change-status.ts";

/** Statuses of a lead with which its conversation has come to an end. */
const ends = new Set(["leased", "lost"]);

/**
 * Closes the conversation of a lead that is leased or lost, and takes it up again with a lead that is back. A
 * visitor who waits for a person goes on waiting: that is for the person to end.
 */
export async function followLead(
  ctx: Context,
  leadId: string,
  status: string,
  former: string | null,
): Promise<void> {
  const isEnd = ends.has(status);
  const isReturn = !isEnd && former !== null && ends.has(former);
  const conversation = isEnd || isReturn ? await findConversation(ctx, leadId) : null;
  if (!conversation) return;
  const ref = { entityType: "conversation", entityId: conversation.id };
  const now = await machineOf(ctx, ref).current(ctx.now().getTime());
  const isDue = isEnd ? now?.status === "active" || now?.status === "with_agent" : now?.status === "closed";
  if (!now || !isDue) return;
  await changeStatus(ctx, {
    ...ref,
    toStatus: isEnd ? "closed" : "active",
    expectedFromStatus: now.status,
    reason: `The lead is ${isEnd ? status : "back"}`,
    component: "leads",
    propertyId: conversation.propertyId,
  }).catch((error: unknown) => {
    // Somebody moved it at the same moment; a company's own workflow may know other ways.
    if (!(error instanceof AppError)) throw error;
  });
  await ctx.db
    .update(conversations)
    .set({ endTime: isEnd ? ctx.now() : null, updatedAt: ctx.now() })
    .where(and(eq(conversations.companyId, ctx.companyId), eq(conversations.id, conversation.id)));
}

async function findConversation(ctx: Context, leadId: string) {
  const [found] = await ctx.db
    .select({ id: conversations.id, propertyId: conversations.propertyId })
    .from(leads)
    .innerJoin(
      conversations,
      and(eq(conversations.companyId, leads.companyId), eq(conversations.id, leads.conversationId)),
    )
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, leadId), isNull(conversations.deletedAt)));
  return found ?? null;
}
