import { and, eq, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { analyticsEvents } from "../../db/schema/analytics.ts";
import { liveFeed } from "../../durable/stubs.ts";

/** Shows events to whoever watches their property; each once, however often this runs. */
export async function showEvents(ctx: Context, conversationId: string, insertIds: string[]): Promise<void> {
  const rows = await ctx.db
    .select()
    .from(analyticsEvents)
    .where(
      and(
        eq(analyticsEvents.companyId, ctx.companyId),
        eq(analyticsEvents.conversationId, conversationId),
        sql`${analyticsEvents.insertId} in (select value from json_each(${JSON.stringify(insertIds)}))`,
      ),
    )
    .orderBy(analyticsEvents.id);
  for (const row of rows)
    await liveFeed(ctx.env, ctx.companyId, "property", row.propertyId).publish(
      "analytics",
      `event:${row.insertId}`,
      {
        kind: "event",
        event_type: row.eventType,
        insert_id: row.insertId,
        conversation_id: row.conversationId,
        property_id: row.propertyId,
        user_id: row.userId,
        session_id: row.sessionId || null,
        ...row.facts,
        occurred_at: row.occurredAt.toISOString(),
      },
    );
}
