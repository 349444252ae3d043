import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { faqs, faqVersions } from "../../db/schema/knowledge.ts";
import { getConversation } from "../conversations/queries.ts";
import { getProperty } from "../properties/queries.ts";
import { requireAssignee } from "../property-managers/require-assignee.ts";
import { alignFaqNow, faqStatusWork } from "./faq-status.ts";
import type { FaqRow, FaqWithStatus } from "./present.ts";
import { getFaq } from "./queries.ts";
import { questionKey } from "./question-key.ts";
import { refusingKnownQuestion } from "./refuse-known-question.ts";
import type { FaqDraft } from "./schemas.ts";
import { type FaqMatch, searchFaqs } from "./search-faqs.ts";
import { CONFIDENT_SCORE } from "../conversations/brain/rank-faqs.ts";

export type FaqCreated = FaqWithStatus & { similar: FaqMatch[] };

/**
 * Enters a question, with or without its answer; an answered one is spoken by the bot from this write on. Tells which
 * approved ones may answer the same. Throws DUPLICATE_RECORD for a question the property has already.
 */
export async function createFaq(ctx: Context, draft: FaqDraft): Promise<FaqCreated> {
  const property = await getProperty(ctx, draft.property_id);
  requireWritable(ctx, property.id);
  const { companyId, id: propertyId } = property;
  const place = { companyId, propertyId };
  await requireAssignee(ctx, place, null, draft.assigned_to ?? null);
  if (draft.conversation_id) await requireConversationAt(ctx, propertyId, draft.conversation_id);
  const similar = await searchFaqs({ ...ctx, companyId }, propertyId, draft.question);
  const row = rowOf(ctx, draft, place);
  await refusingKnownQuestion(ctx, row, () =>
    commit(
      ctx,
      [
        ctx.db.insert(faqs).values(row),
        ...(row.status === "answered" ? [firstVersion(ctx, row)] : []),
        audit(ctx, { action: "create", recordType: "faq", recordId: row.id, companyId, after: draft }),
      ],
      [faqStatusWork(row.id, "created")],
    ),
  );
  await alignFaqNow(ctx, row.id);
  return {
    ...(await getFaq(ctx, row.id)),
    similar: similar.filter(({ score }) => score >= CONFIDENT_SCORE),
  };
}

async function requireConversationAt(ctx: Context, propertyId: string, id: string): Promise<void> {
  const { conversation } = await getConversation(ctx, id);
  if (conversation.propertyId !== propertyId)
    throw invalidFields([{ field: "conversation_id", message: "is a conversation at another property" }]);
}

function rowOf(ctx: Context, draft: FaqDraft, place: Pick<FaqRow, "companyId" | "propertyId">) {
  const now = ctx.now();
  const status = draft.status ?? (draft.answer === undefined ? "pending" : "answered");
  const answered = {
    answeredAt: status === "answered" ? now : null,
    answeredBy: ctx.actor.id,
    answeredByName: ctx.actor.name,
  };
  return {
    id: ctx.newId(),
    ...place,
    question: draft.question,
    questionKey: questionKey(draft.question),
    answer: draft.answer ?? null,
    category: draft.category ?? null,
    sourceType: draft.source_type ?? "manual",
    status,
    assignedTo: draft.assigned_to ?? null,
    conversationId: draft.conversation_id ?? null,
    ...(draft.answer === undefined ? {} : answered),
    createdAt: now,
    updatedAt: now,
  };
}

function firstVersion(
  ctx: Context,
  { id: faqId, companyId, question, answer, createdAt }: ReturnType<typeof rowOf>,
) {
  const { id, name } = ctx.actor;
  return ctx.db.insert(faqVersions).values({
    companyId,
    faqId,
    version: 1,
    question,
    answer: answer ?? "",
    answeredBy: id,
    answeredByName: name,
    createdAt,
  });
}
