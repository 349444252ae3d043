import { and, eq, isNull, lt } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { followUps, leadWorkflowSteps } from "../../db/schema/automation.ts";
import { leads } from "../../db/schema/conversations.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { openTask } from "../tasks/open-task.ts";
import { currentEntry } from "./lead-entry.ts";
import { listPeople } from "./list-people.ts";
import { resolveAssignee } from "./resolve-recipients.ts";

const s = leadWorkflowSteps;

export type FollowUpRow = typeof followUps.$inferSelect;

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
  else if (await settle(ctx, followUp, "firing")) await fire(ctx, followUp, lead);
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
    .select({ conversationId: leads.conversationId, assignedTo: leads.assignedTo })
    .from(leads)
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, id), isNull(leads.deletedAt)));
  return lead;
}

type LeadNow = { conversationId: string | null; assignedTo: string | null };

async function fire(ctx: Context, followUp: FollowUpRow, lead: LeadNow): Promise<void> {
  const { id, propertyId, leadId, title, dueAt } = followUp;
  const about = { propertyId, leadId, conversationId: lead.conversationId };
  const assignedTo = await assigneeNow(ctx, followUp, lead);
  const task = openTask(ctx, { ...about, id, question: title, assignedTo });
  const fired = { status: "fired" as const, assignedTo, firedAt: ctx.now(), updatedAt: ctx.now() };
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

/** Weeks may have passed: the lead may be somebody else's by now, and who was meant may work elsewhere. */
async function assigneeNow(
  ctx: Context,
  { id, runId, propertyId, assignedTo }: FollowUpRow,
  lead: LeadNow,
): Promise<string | null> {
  const [people, [step]] = await Promise.all([
    listPeople(ctx, propertyId),
    ctx.db
      .select({ action: s.action })
      .from(s)
      .where(and(eq(s.companyId, ctx.companyId), eq(s.runId, runId), eq(s.id, id))),
  ]);
  const assignTo =
    step?.action.type === "schedule_follow_up" ? step.action.config.assign_to : (assignedTo ?? "nobody");
  return resolveAssignee(assignTo, { people, assignedTo: lead.assignedTo });
}

function mine(ctx: Context, id: string) {
  return and(eq(followUps.companyId, ctx.companyId), eq(followUps.id, id));
}
