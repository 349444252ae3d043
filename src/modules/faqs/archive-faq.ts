import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { commitArchive } from "../../core/archive.ts";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { requireWritable } from "../../core/scope.ts";
import { faqs, tasks } from "../../db/schema/knowledge.ts";
import { alignFaqNow, faqStatusWork } from "./faq-status.ts";
import { findFaq, visible } from "./queries.ts";

/** Archives a FAQ that no open task is about. */
export async function archiveFaq(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await findFaq(ctx, id);
  requireWritable(ctx, before.propertyId);
  const { companyId } = before;
  const itself = and(visible(ctx), eq(faqs.id, id));
  const its = and(eq(tasks.companyId, companyId), eq(tasks.faqId, id), isNull(tasks.deletedAt));
  const open = and(its, inArray(tasks.status, ["pending", "in_progress"]));
  const deletedAt = ctx.now();
  await commitArchive(
    ctx,
    { what: "FAQ", live: ctx.db.$count(faqs, itself), children: { tasks: ctx.db.$count(tasks, open) } },
    [
      ctx.db
        .update(faqs)
        .set({ deletedAt, updatedAt: deletedAt, version: sql`${faqs.version} + 1` })
        .where(itself),
      audit(ctx, { action: "archive", recordType: "faq", recordId: id, companyId, before }),
    ],
    [faqStatusWork(id, "archived")],
  );
  await alignFaqNow(ctx, id);
  return { id, deletedAt };
}
