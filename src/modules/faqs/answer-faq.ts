import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable, staleVersion } from "../../core/scope.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import { moveFaq } from "./faq-status.ts";
import { followAnswerNow } from "./follow-answer.ts";
import type { FaqRow, FaqWithStatus } from "./present.ts";
import { publish, type Publication } from "./publish-answer.ts";
import { findFaq, getFaq } from "./queries.ts";

type Answering = Pick<Publication, "answer" | "seenVersion" | "also">;

/**
 * Approves an answer. Visitors who were promised one are told, and the tasks about the question are done. Where the
 * company's workflow wants an approval the answer is kept as a draft and APPROVAL_REQUIRED is thrown; approving it
 * publishes the draft.
 */
export async function answerFaq(ctx: Context, id: string, answering: Answering): Promise<FaqWithStatus> {
  const before = await findFaq(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (answering.seenVersion !== undefined && answering.seenVersion !== before.version) throw staleVersion();
  const by = { id: ctx.actor.id, name: ctx.actor.name };
  const statusSeq = await moveFaq(ctx, before, "answered").catch(async (error: unknown) => {
    if (error instanceof AppError && error.code === "APPROVAL_REQUIRED")
      await keepDraft(ctx, before, answering, by);
    throw error;
  });
  await publish(ctx, before, { ...answering, statusSeq, by });
  await followAnswerNow(ctx, id);
  return getFaq(ctx, id);
}

async function keepDraft(
  ctx: Context,
  { id, companyId, version }: FaqRow,
  { answer, also }: Answering,
  by: Publication["by"],
): Promise<void> {
  await commit(ctx, [
    ctx.db
      .update(faqs)
      .set({
        ...also,
        answer,
        answeredBy: by.id,
        answeredByName: by.name,
        version: version + 1,
        updatedAt: ctx.now(),
      })
      .where(and(eq(faqs.companyId, companyId), eq(faqs.id, id), eq(faqs.version, version))),
    audit(ctx, { action: "draft_answer", recordType: "faq", recordId: id, companyId, after: { answer } }),
  ]);
}
