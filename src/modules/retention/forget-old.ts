import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { companyRetention } from "../../db/schema/access.ts";
import { conversations, messages } from "../../db/schema/conversations.ts";
import { chatRoom, statusMachine } from "../../durable/stubs.ts";
import { momentOf } from "../status/machine-request.ts";

const rowsAtOnce = 500;
const roomsAtOnce = 20;
/** A mail that still has to leave stays until it has. */
const hasLeft = sql`status not in ('queued', 'sending')`;
const dayMs = 24 * 60 * 60 * 1000;

/** Removes one page of what the company no longer keeps; false when there is nothing left. */
export async function forgetOld(ctx: Context): Promise<boolean> {
  const [kept] = await ctx.db
    .select()
    .from(companyRetention)
    .where(eq(companyRetention.companyId, ctx.companyId));
  if (!kept) return false;
  const removed = [
    await forgetConversations(ctx, kept.conversationsDays),
    await removeRows(ctx, "mails", "created_at", kept.mailsDays, [["mail_events", "mail_id"]], hasLeft),
    await removeRows(ctx, "lead_notifications", "created_at", kept.notificationsDays, [
      ["notification_events", "notification_id"],
      ["notification_deliveries", "notification_id"],
    ]),
    await removeRows(ctx, "user_sessions", "last_seen_at", kept.visitorSessionsDays),
    await removeRows(ctx, "audit_log", "created_at", kept.auditLogDays),
  ];
  return removed.some((isFull) => isFull);
}

/** Removes a page of rows, and of other tables what is part of them. Whether it was a whole one, so that there may be more. */
async function removeRows(
  ctx: Context,
  table: string,
  time: string,
  days: number | null,
  parts: [table: string, column: string][] = [],
  condition: SQL = sql`true`,
): Promise<boolean> {
  if (days === null) return false;
  const old = (column: string) => sql`select ${sql.identifier(column)} from ${sql.identifier(table)}
    where company_id = ${ctx.companyId} and ${sql.identifier(time)} < ${before(ctx, days)} and ${condition}
    order by ${sql.identifier(time)}, rowid limit ${rowsAtOnce}`;
  // The parts first: what is broken off finds them by the same rows again.
  for (const [part, column] of parts)
    await ctx.db.run(sql`delete from ${sql.identifier(part)}
      where company_id = ${ctx.companyId} and ${sql.identifier(column)} in (${old("id")})`);
  const { meta } = await ctx.db.run(
    sql`delete from ${sql.identifier(table)} where rowid in (${old("rowid")})`,
  );
  return meta.changes >= rowsAtOnce;
}

/** What was said goes, from the room first: a page it still has to project would bring it back. */
async function forgetConversations(ctx: Context, days: number | null): Promise<boolean> {
  if (days === null) return false;
  const old = await ctx.db.all<{ id: string }>(sql`
    select id from conversations
    where company_id = ${ctx.companyId} and coalesce(last_message_at, start_time) < ${before(ctx, days)}
      and (deleted_at is null or exists (
        select 1 from messages m where m.company_id = conversations.company_id and m.conversation_id = conversations.id))
    limit ${roomsAtOnce}`);
  const ids = old.map(({ id }) => id);
  await Promise.all(
    ids.flatMap((id) => [
      chatRoom(ctx.env, ctx.companyId, id).forget(),
      statusMachine(ctx.env, ctx.companyId, "conversation", id).forget(momentOf(ctx)),
    ]),
  );
  await removeWords(ctx, ids);
  return ids.length >= roomsAtOnce;
}

async function removeWords(ctx: Context, ids: string[]): Promise<void> {
  const now = ctx.now();
  const { companyId } = ctx;
  await ctx.db.batch([
    ctx.db
      .delete(messages)
      .where(and(eq(messages.companyId, companyId), inArray(messages.conversationId, ids))),
    ctx.db
      .update(conversations)
      .set({
        deletedAt: sql`coalesce(${conversations.deletedAt}, ${now.getTime()})`,
        updatedAt: now,
        version: sql`${conversations.version} + 1`,
        lastMessageText: null,
        aiIntentSummary: null,
        workLocation: null,
        reasonForMoving: null,
      })
      .where(and(eq(conversations.companyId, companyId), inArray(conversations.id, ids))),
  ]);
}

/** In company time. */
function before(ctx: Context, days: number): number {
  return ctx.now().getTime() - days * dayMs;
}
