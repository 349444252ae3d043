import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable, staleVersion } from "../../core/scope.ts";
import { faqAskers, tasks } from "../../db/schema/knowledge.ts";
import { answerFaq } from "../faqs/answer-faq.ts";
import { answerWork } from "../faqs/answer-work.ts";
import { createFaq } from "../faqs/create-faq.ts";
import { followAnswerNow } from "../faqs/follow-answer.ts";
import { promisedWords } from "../faqs/promised-words.ts";
import { questionKey } from "../faqs/question-key.ts";
import { findSameQuestion } from "../faqs/refuse-known-question.ts";
import { answered } from "./complete-task.ts";
import type { TaskRow, TaskWithStatus } from "./present.ts";
import { findTask, getTask } from "./queries.ts";
import type { TaskAnswer } from "./schemas.ts";
import { moveTask } from "./task-status.ts";

/** Of a FAQ, in UTF-16 units. */
const longestQuestion = 500;

/**
 * Answers a task and completes it. Visitors who were promised an answer to its question are told. Published, it is
 * the approved answer of the task's FAQ, or of a new one; else it is for these visitors only.
 */
export async function answerTask(
  ctx: Context,
  id: string,
  { answer, publish_faq }: TaskAnswer,
  seenVersion?: number,
): Promise<TaskWithStatus> {
  const task = await findTask(ctx, id);
  requireWritable(ctx, task.propertyId);
  if (seenVersion !== undefined && seenVersion !== task.version) throw staleVersion();
  const { actor } = ctx;
  if (publish_faq && actor.kind === "staff" && !actor.permissions.has("answer_faqs"))
    throw new AppError("INSUFFICIENT_PERMISSIONS", "Insufficient permissions: answer_faqs required");
  requireAnswerable(task);
  const faqId = publish_faq ? await publish(ctx, task, answer) : task.faqId;
  const seq = await moveTask(ctx, task, "completed");
  const by = { id: actor.id, name: actor.name };
  await commit(
    ctx,
    [
      answered(ctx, task, { answer, by }, seq),
      ...(publish_faq ? [linkFaq(ctx, task, faqId)] : privateWords(ctx, task, answer)),
      audit(ctx, {
        action: "answer",
        recordType: "task",
        recordId: id,
        before: { answer: task.answer, status: task.status },
        after: { answer, publish_faq, faq_id: faqId },
      }),
    ],
    !publish_faq && faqId ? [answerWork(faqId, ctx.newId())] : [],
  );
  if (!publish_faq && faqId) await followAnswerNow(ctx, faqId);
  return getTask(ctx, id);
}

/** Said before anything is published; the status machine would say the same after it. */
function requireAnswerable({ status }: TaskRow): void {
  if (status !== "cancelled") return;
  throw new AppError("INVALID_STATUS_TRANSITION", "A cancelled task cannot be answered", {
    current_status: status,
    requested_status: "completed",
    allowed_transitions: ["pending"],
  });
}

/** The FAQ that holds the answer now: the task's, the property's own with the same question, or a new one. */
async function publish(ctx: Context, task: TaskRow, answer: string): Promise<string> {
  const { companyId, propertyId, question, conversationId } = task;
  const same = { companyId, propertyId, questionKey: questionKey(question) };
  const known = task.faqId ?? (await findSameQuestion(ctx, same))?.id;
  if (known) return (await answerFaq(ctx, known, { answer })).faq.id;
  const created = await createFaq(ctx, {
    property_id: propertyId,
    question: question.slice(0, longestQuestion),
    answer,
    source_type: "task",
    conversation_id: conversationId,
  });
  return created.faq.id;
}

function linkFaq(ctx: Context, { id, companyId }: TaskRow, faqId: string | null) {
  return ctx.db
    .update(tasks)
    .set({ faqId })
    .where(and(eq(tasks.companyId, companyId), eq(tasks.id, id)));
}

/** What those who wait for an answer are told, without its being anybody else's. */
function privateWords(ctx: Context, { companyId, faqId, question }: TaskRow, answer: string) {
  if (faqId === null) return [];
  return [
    ctx.db
      .update(faqAskers)
      .set({
        words: promisedWords(question, answer),
        version: sql`null`,
        spokenBy: ctx.actor.id,
        spokenByName: ctx.actor.name,
      })
      .where(
        and(
          eq(faqAskers.companyId, companyId),
          eq(faqAskers.faqId, faqId),
          isNull(faqAskers.toldAt),
          isNull(faqAskers.words),
        ),
      ),
  ];
}
