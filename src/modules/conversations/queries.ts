import { and, count, eq, getTableColumns, gte, isNull, lt, or, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { changes, inCompany, inProperties, only, requireWritable, staleVersion } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { statusEntities } from "../../db/schema/status.ts";
import type { About } from "../../durable/chat-room/room-store.ts";
import { requireOrderedPrices } from "../leads/price-range.ts";
import { statusOf } from "../status/status-join.ts";
import type { ConversationRow, ConversationWithStatus } from "./present.ts";
import type { ConversationChanges, ConversationQuery } from "./schemas.ts";

/** Conversations the caller may see: a visitor's own, or those of staff's properties. */
export function visible(ctx: Context) {
  return and(
    inCompany(ctx, conversations.companyId),
    inProperties(ctx, conversations.propertyId),
    isNull(conversations.deletedAt),
    ctx.actor.kind === "visitor" ? eq(conversations.userId, ctx.actor.id) : undefined,
  );
}

const withStatus = { conversation: getTableColumns(conversations), status: statusEntities.currentStatus };

const itsStatus = statusOf("conversation", conversations);

export async function getConversation(ctx: Context, id: string): Promise<ConversationWithStatus> {
  return only(await withId(ctx, id), "Conversation");
}

/** For work that comes later: by then the conversation may be gone. */
export async function findConversation(ctx: Context, id: string): Promise<ConversationRow | null> {
  const [found] = await withId(ctx, id);
  return found?.conversation ?? null;
}

function withId(ctx: Context, id: string) {
  return ctx.db
    .select(withStatus)
    .from(conversations)
    .leftJoin(statusEntities, itsStatus)
    .where(and(visible(ctx), eq(conversations.id, id)));
}

export async function listConversations(
  ctx: Context,
  query: ConversationQuery,
): Promise<Paged<ConversationWithStatus>> {
  const where = and(
    visible(ctx),
    query.property_id ? eq(conversations.propertyId, query.property_id) : undefined,
    query.user_id ? eq(conversations.userId, query.user_id) : undefined,
    query.is_qualified === undefined ? undefined : eq(conversations.isQualified, query.is_qualified),
    query.is_book_tour === undefined ? undefined : eq(conversations.isBookTour, query.is_book_tour),
    query.from ? gte(conversations.startTime, query.from) : undefined,
    query.to ? lt(conversations.startTime, query.to) : undefined,
    query.q ? contains(query.q, conversations.lastMessageText) : undefined,
    statusIs(query.status),
  );
  const sorts = {
    start_time: conversations.startTime,
    last_message_at: conversations.lastMessageAt,
    lead_score: conversations.leadScore,
  };
  const found = await ctx.db.batch([
    ctx.db
      .select(withStatus)
      .from(conversations)
      .leftJoin(statusEntities, itsStatus)
      .where(where)
      .orderBy(...orderBy(query.sort, "-start_time", sorts, conversations.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    ctx.db.select({ total: count() }).from(conversations).leftJoin(statusEntities, itsStatus).where(where),
  ]);
  return pageOf(query, found);
}

function statusIs(status: ConversationQuery["status"]) {
  if (status === undefined) return undefined;
  const projected = eq(statusEntities.currentStatus, status);
  return status === "active" ? or(projected, isNull(statusEntities.currentStatus)) : projected;
}

export async function updateConversation(
  ctx: Context,
  id: string,
  draft: ConversationChanges,
  seenVersion?: number,
): Promise<ConversationWithStatus> {
  const { conversation: before, status } = await getConversation(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  const changed = changes(columnsOf(draft));
  requireOrderedPrices(before, changed);
  const isVersion = seenVersion === undefined ? undefined : eq(conversations.version, seenVersion);
  const [rows] = await commitChange(
    ctx,
    [
      ctx.db
        .update(conversations)
        .set({
          ...changed,
          version: nextVersion,
          updatedAt: ctx.now(),
        })
        .where(and(visible(ctx), eq(conversations.id, id), isVersion))
        .returning(),
      audit(ctx, { action: "update", recordType: "conversation", recordId: id, before, after: draft }),
    ],
    [],
    () => (seenVersion === undefined ? notFound("Conversation") : staleVersion()),
  );
  return { conversation: only(rows as ConversationRow[], "Conversation"), status };
}

/** What the visitor tells the bot changes the record as much as what staff write into it. */
export const nextVersion = sql`${conversations.version} + 1`;

/** The columns a change names; absent fields stay undefined. */
export function columnsOf(draft: ConversationChanges) {
  return {
    apartmentSizePreference: draft.apartment_size_preference,
    bedrooms: draft.bedrooms,
    bathrooms: draft.bathrooms,
    moveInDate: draft.move_in_date,
    priceRangeMin: draft.price_range_min,
    priceRangeMax: draft.price_range_max,
    occupantsCount: draft.occupants_count,
    leaseMonths: draft.lease_months,
    furnished: draft.furnished,
    hasPets: draft.has_pets,
    petDetails: draft.pet_details,
    desiredFeatures: draft.desired_features,
    workLocation: draft.work_location,
    reasonForMoving: draft.reason_for_moving,
    aiIntentSummary: draft.ai_intent_summary,
    source: draft.source,
    notificationStatus: draft.notification_status,
    endTime: draft.end_time,
    ...(draft.pre_qualified === undefined ? {} : { preQualified: draft.pre_qualified }),
  };
}

/** What the conversation's room must know of it. */
export function aboutOf(ctx: Context, row: ConversationRow): About {
  const { companyId, id, propertyId, userId } = row;
  return { companyId, conversationId: id, propertyId, userId, clockOffsetMs: ctx.clockOffsetMs };
}
