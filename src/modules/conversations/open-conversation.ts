import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
import type { Work } from "../../core/outbox.ts";
import { inCompany, inProperties, only, requireWritable } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { properties } from "../../db/schema/properties.ts";
import { users } from "../../db/schema/users.ts";
import { chatRoom } from "../../durable/stubs.ts";
import type { ConversationWithStatus } from "./present.ts";
import { aboutOf } from "./queries.ts";
import type { ConversationDraft } from "./schemas.ts";

/** Opens a conversation at a property; the bot greets first. A visitor always opens his own. */
export async function openConversation(
  ctx: Context,
  draft: ConversationDraft,
): Promise<ConversationWithStatus> {
  const property = await propertyOf(ctx, draft.property_id);
  requireWritable(ctx, property.id);
  const userId =
    ctx.actor.kind === "visitor" ? ctx.actor.id : await userOf(ctx, property.companyId, draft.user_id);
  const now = ctx.now();
  const id = ctx.newId();
  const insert = ctx.db
    .insert(conversations)
    .values({
      id,
      companyId: property.companyId,
      propertyId: property.id,
      chatbotId: property.chatbotId,
      userId,
      startTime: now,
      source: draft.source ?? "chat",
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  const { companyId } = property;
  const audited = { action: "create", recordType: "conversation", recordId: id, companyId, after: draft };
  const written = await commitWhile(
    ctx,
    // Archived meanwhile, a property would have left its conversation behind.
    sql`${ctx.db.$count(properties, and(eq(properties.id, property.id), isNull(properties.deletedAt)))} = 1`,
    [insert, audit(ctx, audited)],
    [openedWork(companyId, id)],
  );
  if (!written) throw notFound("Property");
  const conversation = only(written[0], "Conversation");
  if (property.chatbotIsActive)
    await chatRoom(ctx.env, property.companyId, conversation.id).greet(
      aboutOf(ctx, conversation),
      greetingOf(property),
    );
  return { conversation, status: null };
}

/** Its status begins behind the answer: the visitor need not wait for it. */
function openedWork(companyId: string, conversationId: string): Work {
  return {
    topic: "projections",
    key: `conversation:${conversationId}`,
    payload: { kind: "conversation_opened", conversation_id: conversationId },
    dedupeKey: `conversation_opened:${conversationId}`,
    companyId,
  };
}

async function propertyOf(ctx: Context, id: string) {
  const rows = await ctx.db
    .select()
    .from(properties)
    .where(
      and(
        inCompany(ctx, properties.companyId),
        inProperties(ctx, properties.id),
        eq(properties.id, id),
        isNull(properties.deletedAt),
      ),
    );
  return only(rows, "Property");
}

async function userOf(ctx: Context, companyId: string, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null;
  const rows = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.companyId, companyId), eq(users.id, id), isNull(users.deletedAt)));
  return only(rows, "User").id;
}

function greetingOf(property: { name: string; chatbotWelcomeMessage: string | null }): string {
  return (
    property.chatbotWelcomeMessage ??
    `Hi, I am the leasing assistant of ${property.name}. Ask me anything about living here, tell me what you are looking for, or book a tour.`
  );
}
