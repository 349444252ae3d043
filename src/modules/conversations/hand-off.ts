import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit, type Work } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { chatRoom } from "../../durable/stubs.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { changeStatus } from "../status/change-status.ts";
import type { ConversationRow, ConversationWithStatus } from "./present.ts";
import { aboutOf, getConversation } from "./queries.ts";

/** A visitor who asks, or staff who sees the need, calls a person; a person of staff who calls takes over. */
export async function handOff(ctx: Context, id: string, reason?: string): Promise<ConversationWithStatus> {
  const { conversation } = await getConversation(ctx, id);
  requireWritable(ctx, conversation.propertyId);
  const takesOver = ctx.actor.kind === "staff";
  const note = takesOver
    ? `${ctx.actor.name} has joined the conversation.`
    : "You asked for a person. We have told the team; somebody will answer you here.";
  await commit(
    ctx,
    [audit(ctx, { action: "hand_off", recordType: "conversation", recordId: id, after: { reason } })],
    takesOver ? [] : [handoffNotice(conversation, reason ?? "The visitor asked for a person", ctx.newId())],
  );
  const name = takesOver ? ctx.actor.name : null;
  await chatRoom(ctx.env, conversation.companyId, id).passTurn(
    aboutOf(ctx, conversation),
    "human",
    name,
    note,
  );
  await moveStatus(ctx, conversation, takesOver ? "with_agent" : "waiting_for_agent", reason);
  return getConversation(ctx, id);
}

export async function returnToBot(ctx: Context, id: string, note?: string): Promise<ConversationWithStatus> {
  const { conversation } = await getConversation(ctx, id);
  requireWritable(ctx, conversation.propertyId);
  await commit(ctx, [
    audit(ctx, { action: "return_to_bot", recordType: "conversation", recordId: id, after: { note } }),
  ]);
  const room = chatRoom(ctx.env, conversation.companyId, id);
  await room.passTurn(aboutOf(ctx, conversation), "bot", null, note ?? "The leasing assistant is back.");
  await moveStatus(ctx, conversation, "active", note);
  return getConversation(ctx, id);
}

/** Tells the property's managers that a visitor waits for a person. `happening` names the request. */
export function handoffNotice(
  conversation: Pick<ConversationRow, "id" | "propertyId" | "leadId">,
  reason: string,
  happening: string,
): Work {
  return staffNotice({
    dedupeKey: `handoff:${conversation.id}:${happening}`,
    type: "handoff_requested",
    propertyId: conversation.propertyId,
    conversationId: conversation.id,
    leadId: conversation.leadId,
    title: "A visitor asks for a person",
    body: reason,
  });
}

/** Brings the conversation's status in line with who has the turn; already being there is fine. */
export async function moveStatus(
  ctx: Context,
  conversation: Pick<ConversationRow, "id" | "propertyId">,
  status: "active" | "waiting_for_agent" | "with_agent" | "closed",
  reason?: string,
): Promise<void> {
  await changeStatus(ctx, {
    entityType: "conversation",
    entityId: conversation.id,
    toStatus: status,
    reason: reason ?? null,
    propertyId: conversation.propertyId,
    keepIfThere: true,
  });
}

/** A conversation begins with the bot; one that has a status already keeps it. */
export async function beginStatus(ctx: Context, id: string): Promise<void> {
  const { conversation } = await getConversation(ctx, id);
  const active = {
    entityType: "conversation",
    entityId: id,
    toStatus: "active",
    propertyId: conversation.propertyId,
  };
  await changeStatus(ctx, { ...active, expectedFromStatus: null }).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === "CONFLICT")) throw error;
  });
}
