import { and, eq, isNotNull, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { machineOf } from "../status/adjust-status.ts";
import { changeStatus } from "../status/change-status.ts";

/** Statuses of a lead with which its conversation has come to an end. */
const ends = new Set(["leased", "lost"]);

/**
 * Closes the conversation of a lead that is leased or lost, and takes it up again with a lead that is back. A
 * visitor who waits for a person goes on waiting: that is for the person to end. Told again it finishes what is left.
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
  const reason = `The lead is ${isEnd ? status : "back"}`;
  const way = isEnd
    ? { from: ["active", "with_agent"], to: "closed", reason }
    : { from: ["closed"], to: "active", reason };
  if (!(await move(ctx, conversation, way))) return;
  const c = conversations;
  await ctx.db
    .update(c)
    .set({ endTime: isEnd ? ctx.now() : null, updatedAt: ctx.now() })
    .where(
      and(
        eq(c.companyId, ctx.companyId),
        eq(c.id, conversation.id),
        isEnd ? isNull(c.endTime) : isNotNull(c.endTime),
      ),
    );
}

type Way = { from: string[]; to: string; reason: string };

/** False where the conversation is not to go there, or somebody moved it at the same moment. */
async function move(
  ctx: Context,
  { id, propertyId }: { id: string; propertyId: string },
  { from, to, reason }: Way,
): Promise<boolean> {
  const ref = { entityType: "conversation", entityId: id };
  const now = await machineOf(ctx, ref).current(ctx.now().getTime());
  if (!now || !from.includes(now.status)) return now?.status === to;
  const change = { toStatus: to, expectedFromStatus: now.status, reason, component: "leads", propertyId };
  try {
    await changeStatus(ctx, { ...ref, ...change });
    return true;
  } catch (error) {
    // A company's own workflow may know other ways.
    if (error instanceof AppError) return false;
    throw error;
  }
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
