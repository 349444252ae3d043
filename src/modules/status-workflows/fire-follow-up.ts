import { and, eq, isNull, lt } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { followUps } from "../../db/schema/automation.ts";
import { leads } from "../../db/schema/conversations.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { openTask } from "../tasks/open-task.ts";
import { currentEntry } from "./lead-entry.ts";

type FollowUpRow = typeof followUps.$inferSelect;

/**
 * Turns a follow-up that is due into a task and a notice, once; one whose lead has moved on is cancelled. Answers
 * how long it still has, in ms, when it is not due.
 */
export async function fireFollowUp(ctx: Context, id: string): Promise<{ waitMs: number } | null> {
  const followUp = await findFollowUp(ctx, id);
  if (!followUp || (followUp.status !== "scheduled" && followUp.status !== "firing")) return null;
  const waitMs = followUp.dueAt.getTime() - ctx.now().getTime();
  if (waitMs > 0) return { waitMs };
  const [entry, lead] = await Promise.all([
    currentEntry(ctx, followUp.leadId),
    findLead(ctx, followUp.leadId),
  ]);
  if (!lead || entry?.id !== followUp.entryId) await settle(ctx, followUp, "cancelled");
  else if (await settle(ctx, followUp, "firing")) await fire(ctx, followUp, lead.conversationId);
  return null;
}

/** A lead that has come to another status needs none of the reminders of those before. */
export function cancelFollowUps(ctx: Context, leadId: string, beforeSeq: number) {
  return ctx.db
    .update(followUps)
    .set({ status: "cancelled", updatedAt: ctx.now() })
    .where(
      and(
        eq(followUps.companyId, ctx.companyId),
        eq(followUps.leadId, leadId),
        eq(followUps.status, "scheduled"),
        lt(followUps.entrySeq, beforeSeq),
      ),
    );
}

/** Gives a follow-up up, as a statement for the batch that parks its work. */
export function failFollowUp(ctx: Context, id: string) {
  return ctx.db.update(followUps).set({ status: "failed", updatedAt: ctx.now() }).where(mine(ctx, id));
}

export async function findFollowUp(ctx: Context, id: string): Promise<FollowUpRow | null> {
  const [row] = await ctx.db.select().from(followUps).where(mine(ctx, id));
  return row ?? null;
}

/** False when somebody else has moved it on since it was read. One that fires already may fire again. */
async function settle(ctx: Context, followUp: FollowUpRow, status: "firing" | "cancelled"): Promise<boolean> {
  const rows = await ctx.db
    .update(followUps)
    .set({ status, updatedAt: ctx.now() })
    .where(and(mine(ctx, followUp.id), eq(followUps.status, followUp.status)))
    .returning({ id: followUps.id });
  return rows.length > 0;
}

async function findLead(ctx: Context, id: string) {
  const [lead] = await ctx.db
    .select({ conversationId: leads.conversationId })
    .from(leads)
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, id), isNull(leads.deletedAt)));
  return lead;
}

async function fire(ctx: Context, followUp: FollowUpRow, conversationId: string | null): Promise<void> {
  const { id, propertyId, leadId, title, assignedTo, dueAt } = followUp;
  const about = { propertyId, leadId, conversationId };
  const task = openTask(ctx, { ...about, id, question: title, assignedTo });
  const fired = { status: "fired" as const, firedAt: ctx.now(), updatedAt: ctx.now() };
  const notice = staffNotice({
    ...about,
    dedupeKey: `follow_up:${id}`,
    type: "follow_up_due",
    managerId: assignedTo,
    title: "Time to follow up",
    body: title,
    payload: { task_id: id, follow_up_id: id, due_at: dueAt.toISOString() },
  });
  await commit(
    ctx,
    [task.insert, ctx.db.update(followUps).set(fired).where(mine(ctx, id))],
    [task.work, notice],
  );
}

function mine(ctx: Context, id: string) {
  return and(eq(followUps.companyId, ctx.companyId), eq(followUps.id, id));
}
