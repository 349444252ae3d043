import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { insertWhere } from "../../db/insert-where.ts";
import { faqAskers, faqs, tasks } from "../../db/schema/knowledge.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { taskOpenedWork } from "../tasks/open-task.ts";
import { faqStatusWork } from "./faq-status.ts";
import { questionKey } from "./question-key.ts";
import { findSameQuestion } from "./refuse-known-question.ts";

export type OpenQuestion = {
  propertyId: string;
  conversationId: string;
  leadId: string | null;
  /** The visitor's message that asks. */
  askedSeq: number;
  question: string;
};

const longest = 500;

/**
 * Keeps a question nobody has approved an answer to: a pending FAQ, who waits for the answer, a task for staff and a
 * notice. Asked again at the same property it is the same question, and one open task is enough for all who ask.
 */
export async function openQuestion(ctx: Context, asked: OpenQuestion): Promise<void> {
  const question = asked.question.trim().slice(0, longest);
  const place = {
    companyId: ctx.companyId,
    propertyId: asked.propertyId,
    questionKey: questionKey(question),
  };
  const known = await findSameQuestion(ctx, place);
  const faqId = known?.id ?? ctx.newId();
  const taskId = ctx.newId();
  const hasTask = known !== null && (await hasOpenTask(ctx, known.id));
  const opening = { ...asked, ...place, question, faqId, taskId };
  const { conversationId, askedSeq, leadId, propertyId } = asked;
  const notice = staffNotice({
    dedupeKey: `question:${faqId}:${conversationId}:${askedSeq}`,
    type: "question_open",
    propertyId,
    conversationId,
    leadId,
    title: "A visitor's question has no approved answer",
    body: question,
    payload: { faq_id: faqId },
  });
  await commit(
    ctx,
    [keepQuestion(ctx, opening), keepAsker(ctx, opening), keepTask(ctx, opening)],
    [
      ...(known ? [] : [faqStatusWork(faqId, "opened")]),
      ...(hasTask ? [] : [taskOpenedWork(taskId), notice]),
    ],
  );
}

type Opening = OpenQuestion & { companyId: string; questionKey: string; faqId: string; taskId: string };

/** Two visitors may ask at once: whoever comes second joins the first. */
function theFaq({ companyId, propertyId, questionKey: key }: Opening): SQL<string> {
  return sql`(select ${faqs.id} from ${faqs} where ${faqs.companyId} = ${companyId}
    and ${faqs.propertyId} = ${propertyId} and ${faqs.questionKey} = ${key} and ${faqs.deletedAt} is null)`;
}

function keepQuestion(ctx: Context, opening: Opening) {
  const { companyId, propertyId, questionKey: key, faqId, question, conversationId } = opening;
  const now = ctx.now();
  return ctx.db
    .insert(faqs)
    .values({
      id: faqId,
      companyId,
      propertyId,
      question,
      questionKey: key,
      status: "pending",
      sourceType: "chat",
      conversationId,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing();
}

/** Who was told and asks again is promised another answer. */
function keepAsker(ctx: Context, opening: Opening) {
  const { companyId, conversationId, leadId, askedSeq } = opening;
  const askedAt = ctx.now();
  return ctx.db
    .insert(faqAskers)
    .values({ companyId, faqId: theFaq(opening), conversationId, leadId, askedSeq, askedAt })
    .onConflictDoUpdate({
      target: [faqAskers.companyId, faqAskers.faqId, faqAskers.conversationId],
      set: { askedSeq, askedAt, words: null, version: null, toldAt: null },
      setWhere: sql`${faqAskers.toldAt} is not null and ${faqAskers.askedSeq} < ${askedSeq}`,
    });
}

function keepTask(ctx: Context, opening: Opening) {
  const { companyId, propertyId, conversationId, leadId, taskId, question } = opening;
  const now = ctx.now();
  const faqId = theFaq(opening);
  return insertWhere(
    ctx.db,
    tasks,
    {
      id: taskId,
      companyId,
      propertyId,
      conversationId,
      leadId,
      faqId,
      question,
      status: "pending",
      createdAt: now,
      updatedAt: now,
    },
    sql`not exists (select 1 from ${tasks} t where t.company_id = ${companyId} and t.faq_id = ${faqId}
      and t.status in ('pending', 'in_progress') and t.deleted_at is null)`,
  );
}

async function hasOpenTask(ctx: Context, faqId: string): Promise<boolean> {
  const open = await ctx.db
    .select({ id: tasks.id })
    .from(tasks)
    .where(
      and(
        eq(tasks.companyId, ctx.companyId),
        eq(tasks.faqId, faqId),
        inArray(tasks.status, ["pending", "in_progress"]),
        isNull(tasks.deletedAt),
      ),
    )
    .limit(1);
  return open.length > 0;
}
