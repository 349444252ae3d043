import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { nudge, outgoing, type Work } from "../../core/outbox.ts";
import type { Turn } from "../../durable/chat-room/room-store.ts";
import { chatRoom } from "../../durable/stubs.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { archiveStatus, machineOf } from "../status/adjust-status.ts";
import { moveStatus } from "./conversation-status.ts";
import type { ConversationRow } from "./present.ts";
import { findConversation } from "./queries.ts";

/**
 * Does what a moved turn asks for: where nobody by name has it, the team hears that a visitor waits, and the
 * conversation's status says who is to speak. An archived conversation has none any more. May run at any time and any
 * number of times.
 */
export async function followTurn(ctx: Context, conversationId: string): Promise<void> {
  const conversation = await findConversation(ctx, conversationId);
  if (!conversation) return archiveStatus(ctx, { entityType: "conversation", entityId: conversationId });
  const turn = await chatRoom(ctx.env, conversation.companyId, conversationId).turn();
  if (!turn) return;
  if (waits(turn)) await tell(ctx, handoffNotice(conversation, turn));
  if (await wasClosedSince(ctx, conversation, turn)) return;
  await moveStatus(ctx, conversation, statusOf(turn), turn.reason).catch((error: unknown) => {
    // A company's own workflow may know other ways.
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn("status left as it is", { conversationId, why: error.message });
  });
}

/** The same right after the turn was moved, where the room's projection will do it again if this fails. */
export async function followTurnNow(ctx: Context, conversationId: string): Promise<void> {
  try {
    await followTurn(ctx, conversationId);
  } catch (error) {
    ctx.log.error("turn left for its queue to follow", error, { conversationId });
  }
}

function waits({ speaker, name }: Turn): boolean {
  return speaker === "human" && name === null;
}

function statusOf(turn: Turn) {
  if (turn.speaker === "bot") return "active";
  return waits(turn) ? "waiting_for_agent" : "with_agent";
}

async function wasClosedSince(
  ctx: Context,
  { id, companyId }: ConversationRow,
  { movedAt }: Turn,
): Promise<boolean> {
  const ref = { entityType: "conversation", entityId: id, companyId };
  const now = await machineOf(ctx, ref).current(ctx.now().getTime());
  return now?.status === "closed" && now.since >= movedAt;
}

async function tell(ctx: Context, notice: Work): Promise<void> {
  await outgoing(ctx, notice);
  ctx.defer(nudge(ctx.env, ctx.companyId, [notice]));
}

function handoffNotice(
  { id, companyId, propertyId, leadId }: ConversationRow,
  { number, reason }: Turn,
): Work {
  const notice = staffNotice({
    dedupeKey: `handoff:${id}:${number}`,
    type: "handoff_requested",
    propertyId,
    conversationId: id,
    leadId,
    title: "A visitor asks for a person",
    body: reason ?? "The visitor asked for a person",
  });
  return { ...notice, companyId };
}
