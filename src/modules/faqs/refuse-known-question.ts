import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import type { FaqRow } from "./present.ts";

type Asked = { companyId: string; propertyId: string; questionKey: string | null };

/** The property's live FAQ that asks the same. */
export async function findSameQuestion(ctx: Context, asked: Asked): Promise<FaqRow | null> {
  const [row] = await ctx.db
    .select()
    .from(faqs)
    .where(
      and(
        eq(faqs.companyId, asked.companyId),
        eq(faqs.propertyId, asked.propertyId),
        eq(faqs.questionKey, asked.questionKey ?? ""),
        isNull(faqs.deletedAt),
      ),
    );
  return row ?? null;
}

/** Does a write that the index of questions may refuse, and says which FAQ is in its way. */
export async function refusingKnownQuestion<Result>(
  ctx: Context,
  asked: Asked,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!isDuplicate(error, "faqs.question_key")) throw error;
    const known = await findSameQuestion(ctx, asked);
    throw new AppError("DUPLICATE_RECORD", "The property has this question already", {
      faq_id: known?.id,
      question: known?.question,
      status: known?.status,
    });
  }
}
