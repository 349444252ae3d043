import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { users, userSessions } from "../../db/schema/users.ts";
import { statusOf } from "../status/status-join.ts";
import type { UserRow } from "./present.ts";
import type { Visit } from "./schemas.ts";

export type OpenConversation = { id: string; status: string; lastSeq: number };

type Arrival = {
  userId: string;
  isNew: boolean;
  browserId: string;
  propertyId: string;
  origin: string | null;
  userAgent: string | null;
  visit: Visit;
};

/** Writes the visit down and finds the conversation to go on with, in one batch. */
export async function recordVisit(
  ctx: Context,
  arrival: Arrival,
): Promise<{ user: UserRow; conversation: OpenConversation | null }> {
  const sessionId = ctx.newId();
  const { userId, propertyId, visit } = arrival;
  const now = ctx.now();
  const [rows, [conversation]] = await commit(ctx, [
    arrival.isNew ? insertUser(ctx, arrival, now) : welcomeBack(ctx, arrival, now),
    openConversationOf(ctx, userId, propertyId),
    ctx.db.insert(userSessions).values({
      id: sessionId,
      companyId: ctx.companyId,
      userId,
      propertyId,
      startedAt: now,
      lastSeenAt: now,
      pageUrl: visit.page_url,
      referrer: visit.referrer,
      userAgent: arrival.userAgent?.slice(0, 300) ?? null,
      origin: arrival.origin,
    }),
    audit(ctx, {
      action: "open_session",
      recordType: "user",
      recordId: userId,
      after: { session_id: sessionId, property_id: propertyId, is_new: arrival.isNew, ...contactOf(visit) },
    }),
  ]);
  return { user: only(rows, "User"), conversation: conversation ?? null };
}

function insertUser(ctx: Context, { userId, browserId, visit }: Arrival, now: Date) {
  return ctx.db
    .insert(users)
    .values({
      id: userId,
      companyId: ctx.companyId,
      ...contactOf(visit),
      leadSource: visit.lead_source ?? null,
      browserId,
      sessionCount: 1,
      lastSeen: now,
      createdAt: now,
      updatedAt: now,
    })
    .returning();
}

/** What the visitor says replaces what was known; where somebody came from first stays. */
function welcomeBack(ctx: Context, { userId, visit }: Arrival, now: Date) {
  const contact = contactOf(visit);
  const isNews = Object.keys(contact).length > 0;
  return ctx.db
    .update(users)
    .set({
      ...contact,
      leadSource: sql`coalesce(${users.leadSource}, ${visit.lead_source ?? null})`,
      sessionCount: sql`${users.sessionCount} + 1`,
      lastSeen: now,
      ...(isNews ? { version: sql`${users.version} + 1`, updatedAt: now } : {}),
    })
    .where(and(eq(users.companyId, ctx.companyId), eq(users.id, userId), isNull(users.deletedAt)))
    .returning();
}

function contactOf({ first_name, last_name, email, phone }: Visit) {
  return {
    ...(first_name ? { firstName: first_name } : {}),
    ...(last_name ? { lastName: last_name } : {}),
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
  };
}

/** The latest that is not closed. A conversation younger than its status' projection is active unless it has ended. */
function openConversationOf(ctx: Context, userId: string, propertyId: string) {
  const c = conversations;
  const its = statusOf("conversation", c);
  return ctx.db
    .select({
      id: c.id,
      status: sql<string>`coalesce(${statusEntities.currentStatus}, 'active')`,
      lastSeq: c.lastSeq,
    })
    .from(c)
    .leftJoin(statusEntities, its)
    .where(
      and(
        eq(c.companyId, ctx.companyId),
        eq(c.userId, userId),
        eq(c.propertyId, propertyId),
        isNull(c.deletedAt),
        sql`not coalesce(${statusEntities.isFinal}, ${c.endTime} is not null)`,
      ),
    )
    .orderBy(desc(c.startTime), desc(c.id))
    .limit(1);
}
