import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { chatRoom } from "../../durable/stubs.ts";
import { moveStatus } from "./conversation-status.ts";
import type { ConversationWithStatus } from "./present.ts";
import { aboutOf, getConversation } from "./queries.ts";
import type { StatusChange } from "./schemas.ts";

/** Moves the status and with it the turn: with an agent or waiting for one, the bot is silent. */
export async function changeConversationStatus(
  ctx: Context,
  id: string,
  { status, reason }: StatusChange,
): Promise<ConversationWithStatus> {
  const { conversation } = await getConversation(ctx, id);
  requireWritable(ctx, conversation.propertyId);
  await moveStatus(ctx, conversation, status, reason);
  const endTime = status === "closed" ? ctx.now() : null;
  await commit(ctx, [
    ctx.db
      .update(conversations)
      .set({ endTime, updatedAt: ctx.now() })
      .where(and(eq(conversations.companyId, conversation.companyId), eq(conversations.id, id))),
    audit(ctx, {
      action: "change_status",
      recordType: "conversation",
      recordId: id,
      after: { status, reason },
    }),
  ]);
  if (status !== "closed") {
    const name = status === "with_agent" ? ctx.actor.name : null;
    await chatRoom(ctx.env, conversation.companyId, id).passTurn(
      aboutOf(ctx, conversation),
      { speaker: status === "active" ? "bot" : "human", name },
      { note: noteOf(status, ctx.actor.name), reason: reason ?? null },
    );
  }
  return getConversation(ctx, id);
}

function noteOf(status: StatusChange["status"], name: string): string {
  if (status === "active") return "The leasing assistant is back.";
  return status === "with_agent"
    ? `${name} has joined the conversation.`
    : "Somebody of the team will answer you here.";
}
