import { and, count, eq, isNull, sql } from "drizzle-orm";
import * as z from "zod";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { getConversation } from "../conversations/queries.ts";
import { type Drawing, drawConversation } from "./draw-conversation.ts";
import { requireProperty } from "./queries.ts";
import type { EngagementWish } from "./schemas.ts";

export type Calculation = { calculated: Drawing[]; scheduled: number };

/** Draws figures afresh: of one conversation at once, of a property's in the background. */
export async function calculateEngagement(ctx: Context, wish: EngagementWish): Promise<Calculation> {
  if (wish.conversation_id !== undefined) return calculateOne(ctx, wish.conversation_id);
  const propertyId = wish.property_id ?? "";
  const { companyId } = await requireProperty(ctx, propertyId);
  requireWritable(ctx, propertyId);
  const [waiting] = await ctx.db
    .select({ total: count() })
    .from(conversations)
    .where(
      and(
        eq(conversations.companyId, companyId),
        eq(conversations.propertyId, propertyId),
        isNull(conversations.deletedAt),
      ),
    );
  const record = { action: "calculate_engagement", recordType: "property", recordId: propertyId, companyId };
  const work = {
    topic: "projections" as const,
    key: `analytics-property:${propertyId}`,
    payload: { kind: "analytics_property", property_id: propertyId },
    dedupeKey: `analytics_property:${propertyId}:${ctx.requestId}:${ctx.newId()}`,
    companyId,
  };
  await commit(ctx, [audit(ctx, record)], [work]);
  return { calculated: [], scheduled: waiting?.total ?? 0 };
}

async function calculateOne(ctx: Context, conversationId: string): Promise<Calculation> {
  const { conversation } = await getConversation(ctx, conversationId);
  requireWritable(ctx, conversation.propertyId);
  const drawing = await drawConversation({ ...ctx, companyId: conversation.companyId }, conversationId);
  await ctx.db.batch([
    audit(ctx, {
      action: "calculate_engagement",
      recordType: "conversation",
      recordId: conversationId,
      companyId: conversation.companyId,
    }),
  ]);
  return { calculated: drawing ? [drawing] : [], scheduled: 0 };
}

const pageSize = 10;

/** Where a walk over a property's conversations has come to. */
export const PropertyPlaceShape = z.object({ at: z.number(), id: z.string() });
type PropertyPlace = z.infer<typeof PropertyPlaceShape>;

/** Draws the property's next few conversations; answers the last one's place, null at the end. */
export async function drawProperty(
  ctx: Context,
  propertyId: string,
  after: PropertyPlace | null,
): Promise<PropertyPlace | null> {
  const { id, startTime } = conversations;
  const rows = await ctx.db
    .select({ id, startTime })
    .from(conversations)
    .where(
      and(
        eq(conversations.companyId, ctx.companyId),
        eq(conversations.propertyId, propertyId),
        after ? sql`(${startTime}, ${id}) > (${after.at}, ${after.id})` : undefined,
      ),
    )
    .orderBy(startTime, id)
    .limit(pageSize);
  for (const row of rows) await drawConversation(ctx, row.id);
  const last = rows.at(-1);
  return rows.length === pageSize && last ? { at: last.startTime.getTime(), id: last.id } : null;
}
