import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import type { Paged, PageNumbers } from "../../core/page.ts";
import { offsetOf } from "../../core/page.ts";
import { requireWritable } from "../../core/scope.ts";
import type { StoredMessage } from "../../durable/chat-room/room-store.ts";
import type { Seat } from "../../durable/chat-room/seat.ts";
import { chatRoom } from "../../durable/stubs.ts";
import { aboutOf, getConversation } from "./queries.ts";
import type { MessageDraft } from "./schemas.ts";

/** The chair of the caller in a room: visitors and writing staff speak, others listen. */
export function seatFor(ctx: Context, propertyId: string, origin: string | null): Seat {
  const { actor } = ctx;
  if (actor.kind === "visitor") return { v: 1, role: "visitor", id: actor.id, name: actor.name, origin };
  const writes =
    actor.kind === "system" ||
    (actor.permissions.has("edit_conversations") &&
      (actor.properties === "all" || actor.properties.get(propertyId) === "write"));
  return { v: 1, role: writes ? "agent" : "viewer", id: actor.id, name: actor.name, origin };
}

export async function listMessages(
  ctx: Context,
  id: string,
  query: PageNumbers,
): Promise<Paged<StoredMessage>> {
  const { conversation } = await getConversation(ctx, id);
  const room = chatRoom(ctx.env, conversation.companyId, id);
  const { rows, total } = await room.page(offsetOf(query), query.limit);
  return { rows, total, page: query.page, limit: query.limit };
}

/** Says something in the conversation; staff take the turn by speaking. */
export async function sendMessage(ctx: Context, id: string, draft: MessageDraft): Promise<StoredMessage> {
  const { conversation } = await getConversation(ctx, id);
  requireWritable(ctx, conversation.propertyId);
  const seat = seatFor(ctx, conversation.propertyId, null);
  const room = chatRoom(ctx.env, conversation.companyId, id);
  const said = await room.say(aboutOf(ctx, conversation), seat, {
    text: draft.text,
    clientId: draft.client_id,
  });
  if (said.outcome === "limited")
    throw new AppError("RATE_LIMIT_EXCEEDED", "Too many messages; try again later", {
      retry_after: said.retryAfter,
    });
  return said.message;
}

/** Rewords a message of the bot or of staff. What a visitor said is never rewritten. */
export async function rewordMessage(
  ctx: Context,
  id: string,
  messageId: string,
  text: string,
): Promise<StoredMessage> {
  const { room, message } = await messageOf(ctx, id, messageId);
  if (message.role === "visitor") throw new AppError("FORBIDDEN", "A visitor's words cannot be changed");
  return changed(await room.change(messageId, { text, editedAt: ctx.now().getTime() }));
}

export async function removeMessage(
  ctx: Context,
  id: string,
  messageId: string,
): Promise<{ id: string; deletedAt: Date }> {
  const { room } = await messageOf(ctx, id, messageId);
  const deletedAt = ctx.now();
  changed(await room.change(messageId, { deletedAt: deletedAt.getTime() }));
  return { id: messageId, deletedAt };
}

async function messageOf(ctx: Context, id: string, messageId: string) {
  const { conversation } = await getConversation(ctx, id);
  requireWritable(ctx, conversation.propertyId);
  const room = chatRoom(ctx.env, conversation.companyId, id);
  const message = await room.find(messageId);
  if (!message || message.deleted_at !== null) throw notFound("Message");
  return { room, message };
}

function changed(message: StoredMessage | null): StoredMessage {
  if (!message) throw notFound("Message");
  return message;
}
