import { and, count, eq, inArray, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { requireWritable } from "../../core/scope.ts";
import { faqs, tasks } from "../../db/schema/knowledge.ts";
import { alignFaqNow, faqStatusWork } from "./faq-status.ts";
import { findFaq, visible } from "./queries.ts";

/** Archives a FAQ that no open task is about. */
export async function archiveFaq(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await findFaq(ctx, id);
  requireWritable(ctx, before.propertyId);
  const { companyId } = before;
  const [open] = await ctx.db
    .select({ tasks: count() })
    .from(tasks)
    .where(
      and(
        eq(tasks.companyId, companyId),
        eq(tasks.faqId, id),
        inArray(tasks.status, ["pending", "in_progress"]),
        isNull(tasks.deletedAt),
      ),
    );
  if (open && open.tasks > 0)
    throw new AppError("CONFLICT", "There are open tasks about this question; complete or cancel them", {
      tasks: open.tasks,
    });
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(faqs)
        .set({ deletedAt, updatedAt: deletedAt, version: sql`${faqs.version} + 1` })
        .where(and(visible(ctx), eq(faqs.id, id))),
      audit(ctx, { action: "archive", recordType: "faq", recordId: id, companyId, before }),
    ],
    [faqStatusWork(id, "archived")],
    () => notFound("FAQ"),
  );
  await alignFaqNow(ctx, id);
  return { id, deletedAt };
}
