import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { faqs, tasks } from "../../db/schema/knowledge.ts";
import { completeTask } from "../tasks/complete-task.ts";
import { tellAskers } from "./tell-askers.ts";

/** What an answer brings about. Run again it changes nothing. */
export async function followAnswer(ctx: Context, faqId: string): Promise<void> {
  const [faq] = await ctx.db
    .select()
    .from(faqs)
    .where(and(eq(faqs.companyId, ctx.companyId), eq(faqs.id, faqId)));
  if (!faq) return;
  if (faq.status === "answered" && faq.answer !== null) {
    const open = await openTasks(ctx, faqId);
    const by = { id: faq.answeredBy, name: faq.answeredByName };
    for (const task of open) await completeTask(ctx, task, { answer: faq.answer, by });
  }
  await tellAskers(ctx, faq);
}

/** The same right after a commit, where the outbox row will do it again if this fails. */
export async function followAnswerNow(ctx: Context, faqId: string): Promise<void> {
  await followAnswer(ctx, faqId).catch((error: unknown) =>
    ctx.log.error("answer left for its queue to follow", error, { faqId }),
  );
}

function openTasks(ctx: Context, faqId: string) {
  return ctx.db
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.companyId, ctx.companyId),
        eq(tasks.faqId, faqId),
        inArray(tasks.status, ["pending", "in_progress"]),
        isNull(tasks.deletedAt),
      ),
    );
}
