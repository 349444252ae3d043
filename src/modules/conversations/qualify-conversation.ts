import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { changes, requireWritable } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { users } from "../../db/schema/users.ts";
import { chatRoom } from "../../durable/stubs.ts";
import { upsertLead } from "../leads/upsert-lead.ts";
import type { ConversationRow, ConversationWithStatus } from "./present.ts";
import { requireOrderedPrices } from "../leads/price-range.ts";
import { aboutOf, columnsOf, getConversation, nextVersion } from "./queries.ts";
import type { Qualification } from "./schemas.ts";

/** The contact form and what the visitor looks for: kept on conversation, visitor and lead, and told to the bot. */
export async function qualifyConversation(
  ctx: Context,
  id: string,
  input: Qualification,
): Promise<ConversationWithStatus> {
  const { conversation } = await getConversation(ctx, id);
  requireWritable(ctx, conversation.propertyId);
  const now = ctx.now();
  const contact = contactOf(input);
  const wishes = changes(columnsOf(input));
  requireOrderedPrices(conversation, wishes);
  const mine = and(eq(conversations.companyId, conversation.companyId), eq(conversations.id, id));
  const [, [visitor]] = await commit(ctx, [
    ctx.db
      .update(conversations)
      .set({ ...wishes, version: nextVersion, updatedAt: now })
      .where(mine),
    tellVisitor(ctx, conversation, contact),
    audit(ctx, { action: "qualify", recordType: "conversation", recordId: id, after: input }),
  ]);
  await learn(ctx, conversation, { contact, visitor, ...leadWishes(input) });
  const told =
    [contact.firstName, contact.lastName].filter(Boolean).join(" ") || contact.email || contact.phone;
  const room = chatRoom(ctx.env, conversation.companyId, id);
  if (told) await room.tell(aboutOf(ctx, conversation), `Contact details received: ${told}`);
  return getConversation(ctx, id);
}

/** Writes down what the visitor said of who he is. Nothing more is kept of one who has been forgotten. */
export function tellVisitor(
  ctx: Context,
  { companyId, userId }: Pick<ConversationRow, "companyId" | "userId">,
  contact: ReturnType<typeof contactOf>,
) {
  const { firstName, lastName, email, phone, version } = users;
  const isNews = Object.keys(contact).length > 0;
  return ctx.db
    .update(users)
    .set({ ...contact, ...(isNews ? { version: sql`${version} + 1` } : {}), updatedAt: ctx.now() })
    .where(and(eq(users.companyId, companyId), eq(users.id, userId ?? ""), isNull(users.deletedAt)))
    .returning({ firstName, lastName, email, phone });
}

type News = Omit<Parameters<typeof upsertLead>[1], "conversationId" | "propertyId" | "userId">;

/** Brings what a conversation has told to its lead, and marks the conversation qualified once it can be reached. */
export async function learn(ctx: Context, conversation: ConversationRow, news: News) {
  const { id, propertyId, userId, companyId } = conversation;
  const lead = await upsertLead(ctx, { conversationId: id, propertyId, userId, ...news });
  const isQualified = Boolean(lead.firstName && (lead.email || lead.phone));
  if (isQualified && !conversation.isQualified)
    await ctx.db
      .update(conversations)
      .set({ isQualified })
      .where(and(eq(conversations.companyId, companyId), eq(conversations.id, id)));
  return lead;
}

function contactOf(input: Qualification) {
  const { first_name: firstName, last_name: lastName, email, phone } = input;
  return changes({ firstName, lastName, email, phone });
}

function leadWishes(input: Qualification) {
  const {
    apartmentSizePreference: _a,
    desiredFeatures: _d,
    workLocation: _w,
    reasonForMoving: _r,
    ...rest
  } = columnsOf(input);
  const {
    aiIntentSummary: _s,
    notificationStatus: _n,
    endTime: _e,
    source: _o,
    preQualified: _p,
    ...wishes
  } = rest;
  return changes(wishes);
}
