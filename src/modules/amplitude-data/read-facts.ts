import { and, count, eq, inArray, isNull, max, min, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { analyticsSessions } from "../../db/schema/analytics.ts";
import { conversations, leads, messages } from "../../db/schema/conversations.ts";
import { statusTransitions } from "../../db/schema/status.ts";
import { tours } from "../../db/schema/tours.ts";
import { users } from "../../db/schema/users.ts";

export type SessionRow = typeof analyticsSessions.$inferSelect;
export type StoredFacts = NonNullable<Awaited<ReturnType<typeof readFacts>>>;

const personal = ["waiting_for_agent", "with_agent"];

/** Everything that is stored of one conversation, as far as figures are made of it; null when there is none. */
export async function readFacts(ctx: Context, conversationId: string) {
  const lookedAt = new Date();
  const [[found], [talk], [toured], reached, [called], sessions] = await ctx.db.batch([
    conversationOf(ctx, conversationId),
    talkOf(ctx, conversationId),
    toursOf(ctx, conversationId),
    ctx.db
      .selectDistinct({ status: statusTransitions.toStatus })
      .from(statusTransitions)
      .where(
        and(
          eq(statusTransitions.companyId, ctx.companyId),
          eq(statusTransitions.entityType, "lead"),
          eq(statusTransitions.entityId, leadIdOf(ctx, conversationId)),
        ),
      ),
    ctx.db
      .select({ times: count() })
      .from(statusTransitions)
      .where(
        and(
          eq(statusTransitions.companyId, ctx.companyId),
          eq(statusTransitions.entityType, "conversation"),
          eq(statusTransitions.entityId, conversationId),
          inArray(statusTransitions.toStatus, personal),
        ),
      ),
    ctx.db
      .select()
      .from(analyticsSessions)
      .where(
        and(
          eq(analyticsSessions.companyId, ctx.companyId),
          eq(analyticsSessions.conversationId, conversationId),
        ),
      )
      .orderBy(analyticsSessions.id),
  ]);
  if (!found || !talk || !toured || !called) return null;
  return {
    conversation: found,
    talk,
    toured,
    reached: new Set(reached.map(({ status }) => status)),
    wasCalled: called.times > 0,
    sessions,
    lookedAt,
  };
}

/** With its lead and its visitor; an archived conversation is none. */
function conversationOf(ctx: Context, id: string) {
  return ctx.db
    .select({
      id: conversations.id,
      companyId: conversations.companyId,
      propertyId: conversations.propertyId,
      userId: conversations.userId,
      startTime: conversations.startTime,
      endTime: conversations.endTime,
      speaker: conversations.speaker,
      isQualified: conversations.isQualified,
      // Named apart: the rows of a batch come as objects, where a second column of one name hides the first.
      leadId: sql<string | null>`${leads.id}`.as("its_lead_id"),
      leadEmail: sql<string | null>`${leads.email}`.as("its_lead_email"),
      leadPhone: sql<string | null>`${leads.phone}`.as("its_lead_phone"),
      leadScore: sql<number | null>`${leads.leadScore}`.as("its_lead_score"),
      hasApplication: sql<number | null>`${leads.hasApplication}`.as("its_application"),
      source:
        sql<string>`coalesce(${leads.source}, ${users.leadSource}, ${conversations.source}, 'unknown')`.as(
          "its_source",
        ),
    })
    .from(conversations)
    .leftJoin(
      leads,
      and(eq(leads.companyId, conversations.companyId), eq(leads.conversationId, conversations.id)),
    )
    .leftJoin(users, and(eq(users.companyId, conversations.companyId), eq(users.id, conversations.userId)))
    .where(
      and(
        eq(conversations.companyId, ctx.companyId),
        eq(conversations.id, id),
        isNull(conversations.deletedAt),
      ),
    );
}

function talkOf(ctx: Context, id: string) {
  const { role, createdAt, seq } = messages;
  const asked = sql`(select min(q.seq) from ${messages} q where q.company_id = ${ctx.companyId}
    and q.conversation_id = ${id} and q.role = 'visitor' and q.deleted_at is null)`;
  const firstAt = (who: ReturnType<typeof sql>) =>
    sql<number | null>`min(${createdAt}) filter (where ${seq} > ${asked} and ${who})`;
  return ctx.db
    .select({
      visitor: sql<number>`count(*) filter (where ${role} = 'visitor')`,
      bot: sql<number>`count(*) filter (where ${role} = 'bot')`,
      agent: sql<number>`count(*) filter (where ${role} = 'agent')`,
      system: sql<number>`count(*) filter (where ${role} = 'system')`,
      firstAt: min(createdAt),
      lastAt: max(createdAt),
      lastSeq: max(seq),
      askedAt: sql<number | null>`min(${createdAt}) filter (where ${role} = 'visitor')`,
      answeredAt: firstAt(sql`${role} in ('bot', 'agent')`),
      answeredByPersonAt: firstAt(sql`${role} = 'agent'`),
      offeredTimes: sql<number>`count(*) filter (where json_extract(${messages.payload}, '$.kind') = 'slots')`,
    })
    .from(messages)
    .where(
      and(eq(messages.companyId, ctx.companyId), eq(messages.conversationId, id), isNull(messages.deletedAt)),
    );
}

/** Tours booked in the conversation or for its lead; a cancelled one was booked too. */
function toursOf(ctx: Context, id: string) {
  const own = sql`select id from ${tours} where company_id = ${ctx.companyId} and conversation_id = ${id}
    union select id from ${tours} where company_id = ${ctx.companyId} and lead_id = ${leadIdOf(ctx, id)}`;
  return ctx.db
    .select({
      booked: count(),
      shown: sql<number>`count(*) filter (where ${tours.status} = 'completed')`,
      type: max(tours.tourType),
    })
    .from(tours)
    .where(and(sql`${tours.id} in (${own})`, isNull(tours.deletedAt)));
}

function leadIdOf(ctx: Context, conversationId: string) {
  return sql`(select l.id from ${leads} l where l.company_id = ${ctx.companyId}
    and l.conversation_id = ${conversationId})`;
}
