import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { only } from "../../core/scope.ts";
import { faqAskers, faqs, faqVersions } from "../../db/schema/knowledge.ts";
import { answerWork } from "./answer-work.ts";
import { promisedWords } from "./promised-words.ts";
import type { FaqRow } from "./present.ts";

export type Publication = {
  answer: string;
  /** The move of the status machine that made it so. */
  statusSeq: number;
  by: { id: string | null; name: string | null };
  seenVersion?: number | undefined;
  /** Changed along with the answer. */
  also?: Partial<Pick<FaqRow, "question" | "questionKey" | "category" | "sourceType" | "assignedTo">>;
};

/**
 * Makes an answer the approved one: from this write on the bot speaks it. The same batch keeps its wording for good
 * and fixes what those who were promised an answer are told. Throws PRECONDITION_FAILED.
 */
export async function publish(ctx: Context, before: FaqRow, publication: Publication): Promise<FaqRow> {
  const { answer, statusSeq, by, seenVersion, also = {} } = publication;
  const { id, companyId } = before;
  const now = ctx.now();
  const mine = and(eq(faqs.companyId, companyId), eq(faqs.id, id));
  const [rows] = await commitChange(
    ctx,
    [
      ctx.db
        .update(faqs)
        .set({
          ...also,
          answer,
          // A wording that was never approved needs no number of its own.
          answerVersion: sql`case when ${faqs.answeredAt} is null or ${faqs.answer} = ${answer}
            then ${faqs.answerVersion} else ${faqs.answerVersion} + 1 end`,
          // Somebody may have asked for a review meanwhile.
          status: sql`case when ${faqs.statusSeq} > ${statusSeq} then ${faqs.status} else 'answered' end`,
          statusSeq: sql`max(${faqs.statusSeq}, ${statusSeq})`,
          reviewReason: null,
          answeredAt: now,
          answeredBy: by.id,
          answeredByName: by.name,
          version: sql`${faqs.version} + 1`,
          updatedAt: now,
        })
        .where(
          and(
            mine,
            isNull(faqs.deletedAt),
            seenVersion === undefined ? undefined : eq(faqs.version, seenVersion),
          ),
        )
        .returning(),
      ctx.db
        .insert(faqVersions)
        .select(
          sql`select company_id, id, answer_version, question, answer, answered_by, answered_by_name, ${now.getTime()}
            from ${faqs} where company_id = ${companyId} and id = ${id} and status = 'answered'`,
        )
        .onConflictDoNothing(),
      ctx.db
        .update(faqAskers)
        .set({
          words: promisedWords(also.question ?? before.question, answer),
          version: sql`(select ${faqs.answerVersion} from ${faqs} where ${mine})`,
          spokenBy: by.id,
          spokenByName: by.name,
        })
        .where(
          and(
            eq(faqAskers.companyId, companyId),
            eq(faqAskers.faqId, id),
            isNull(faqAskers.toldAt),
            isNull(faqAskers.words),
            sql`exists (select 1 from ${faqs} where ${mine} and ${faqs.answer} = ${answer} and ${faqs.status} = 'answered')`,
          ),
        ),
      audit(ctx, {
        action: "answer",
        recordType: "faq",
        recordId: id,
        companyId,
        before: { answer: before.answer, status: before.status },
        after: { ...also, answer },
      }),
    ],
    [answerWork(id, ctx.newId())],
  );
  return only(rows as FaqRow[], "FAQ");
}
