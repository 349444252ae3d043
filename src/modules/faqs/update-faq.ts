import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { changes, requireWritable, staleVersion } from "../../core/scope.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import { requireAssignee } from "../property-managers/require-assignee.ts";
import { answerFaq } from "./answer-faq.ts";
import { alignFaqNow, faqStatusWork } from "./faq-status.ts";
import type { FaqRow, FaqWithStatus } from "./present.ts";
import { findFaq, getFaq, visible } from "./queries.ts";
import { questionKey } from "./question-key.ts";
import { refusingKnownQuestion } from "./refuse-known-question.ts";
import type { FaqChanges } from "./schemas.ts";

/** Changes a FAQ. Another answer to an answered one is approved like the first; that of any other stays a draft. */
export async function updateFaq(
  ctx: Context,
  id: string,
  draft: FaqChanges,
  seenVersion?: number,
): Promise<FaqWithStatus> {
  const before = await findFaq(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  if (draft.assigned_to !== undefined)
    await requireAssignee(ctx, before, before.assignedTo, draft.assigned_to);
  const { answer, ...also } = columnsOf(draft);
  const isNewAnswer = before.status === "answered" && answer !== undefined && answer !== before.answer;
  await refusingKnownQuestion(ctx, { ...before, questionKey: also.questionKey ?? null }, async () => {
    if (isNewAnswer) await answerFaq(ctx, id, { answer, seenVersion, also });
    else await writeChanges(ctx, before, draft, seenVersion);
  });
  await alignFaqNow(ctx, id);
  return getFaq(ctx, id);
}

async function writeChanges(
  ctx: Context,
  before: FaqRow,
  draft: FaqChanges,
  seenVersion: number | undefined,
): Promise<void> {
  const { id } = before;
  const version = seenVersion === undefined ? undefined : eq(faqs.version, seenVersion);
  await commitChange(
    ctx,
    [
      ctx.db
        .update(faqs)
        .set({ ...columnsOf(draft), version: sql`${faqs.version} + 1`, updatedAt: ctx.now() })
        .where(and(visible(ctx), eq(faqs.id, id), version)),
      audit(ctx, { action: "update", recordType: "faq", recordId: id, before, after: draft }),
    ],
    [faqStatusWork(id, ctx.newId())],
  );
}

/** The columns a change names. */
function columnsOf(draft: FaqChanges) {
  return changes({
    question: draft.question,
    questionKey: draft.question === undefined ? undefined : questionKey(draft.question),
    answer: draft.answer,
    category: draft.category,
    sourceType: draft.source_type,
    assignedTo: draft.assigned_to,
  });
}
