import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { chatRoom } from "../../durable/stubs.ts";
import { followTurnNow } from "./follow-turn.ts";
import type { ConversationWithStatus } from "./present.ts";
import { aboutOf, getConversation } from "./queries.ts";

/** A visitor who asks, or staff who sees the need, calls a person; a person of staff who calls takes over. */
export async function handOff(ctx: Context, id: string, reason?: string): Promise<ConversationWithStatus> {
  const { conversation } = await getConversation(ctx, id);
  requireWritable(ctx, conversation.propertyId);
  const { companyId } = conversation;
  await commit(ctx, [
    audit(ctx, {
      action: "hand_off",
      recordType: "conversation",
      recordId: id,
      companyId,
      after: { reason },
    }),
  ]);
  const takesOver = ctx.actor.kind === "staff";
  const note = takesOver
    ? `${ctx.actor.name} has joined the conversation.`
    : "You asked for a person. We have told the team; somebody will answer you here.";
  await chatRoom(ctx.env, companyId, id).passTurn(
    aboutOf(ctx, conversation),
    { speaker: "human", name: takesOver ? ctx.actor.name : null },
    { note, reason: reason ?? (takesOver ? null : "The visitor asked for a person") },
  );
  await followTurnNow(ctx, id);
  return getConversation(ctx, id);
}

export async function returnToBot(ctx: Context, id: string, note?: string): Promise<ConversationWithStatus> {
  const { conversation } = await getConversation(ctx, id);
  requireWritable(ctx, conversation.propertyId);
  const { companyId } = conversation;
  await commit(ctx, [
    audit(ctx, {
      action: "return_to_bot",
      recordType: "conversation",
      recordId: id,
      companyId,
      after: { note },
    }),
  ]);
  await chatRoom(ctx.env, companyId, id).passTurn(
    aboutOf(ctx, conversation),
    { speaker: "bot", name: null },
    { note: note ?? "The leasing assistant is back.", reason: note ?? null },
  );
  await followTurnNow(ctx, id);
  return getConversation(ctx, id);
}
