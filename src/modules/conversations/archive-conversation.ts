import { and, eq, inArray, isNull } from "drizzle-orm";
import { commitArchive } from "../../core/archive.ts";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { tours } from "../../db/schema/tours.ts";
import { liveStatuses } from "../tours/tour-places.ts";
import { followTurnNow } from "./follow-turn.ts";
import { getConversation, visible } from "./queries.ts";

/** Archives a conversation without a tour to come; its status and its figures leave by the outbox. */
export async function archiveConversation(
  ctx: Context,
  id: string,
): Promise<{ id: string; deletedAt: Date }> {
  const { conversation: before } = await getConversation(ctx, id);
  requireWritable(ctx, before.propertyId);
  const { companyId } = before;
  const itself = and(visible(ctx), eq(conversations.id, id));
  const its = and(eq(tours.companyId, companyId), eq(tours.conversationId, id), isNull(tours.deletedAt));
  const coming = and(its, inArray(tours.status, [...liveStatuses]));
  const deletedAt = ctx.now();
  await commitArchive(
    ctx,
    {
      what: "Conversation",
      live: ctx.db.$count(conversations, itself),
      children: { tours: ctx.db.$count(tours, coming) },
    },
    [
      ctx.db.update(conversations).set({ deletedAt, updatedAt: deletedAt }).where(itself),
      audit(ctx, { action: "archive", recordType: "conversation", recordId: id, companyId, before }),
    ],
    archivedWork(companyId, id),
  );
  await followTurnNow(ctx, id);
  return { id, deletedAt };
}

function archivedWork(companyId: string, id: string): Work[] {
  const topic = "projections" as const;
  return [
    {
      topic,
      key: `conversation:${id}`,
      payload: { kind: "turn_moved", conversation_id: id },
      dedupeKey: `turn_moved:${id}:archived`,
      companyId,
    },
    {
      topic,
      key: `analytics:${id}`,
      payload: { kind: "analytics_archived", conversation_id: id },
      dedupeKey: `analytics:${id}:archived`,
      companyId,
    },
  ];
}
