import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { requireWritable, staleVersion } from "../../core/scope.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { requireWorksAt } from "../property-managers/require-assignee.ts";
import { alignFaqNow, faqStatusWork } from "./faq-status.ts";
import type { FaqWithStatus } from "./present.ts";
import { findFaq, getFaq, visible } from "./queries.ts";

/** Gives a question to a manager of its property, who hears of it. */
export async function assignFaq(
  ctx: Context,
  id: string,
  managerId: string,
  seenVersion?: number,
): Promise<FaqWithStatus> {
  const before = await findFaq(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && seenVersion !== before.version) throw staleVersion();
  await requireWorksAt(ctx, before, managerId);
  if (before.assignedTo === managerId) return getFaq(ctx, id);
  const because = ctx.newId();
  const isOwn = ctx.actor.kind === "staff" && ctx.actor.managerId === managerId;
  const notice = staffNotice({
    dedupeKey: `faq_assigned:${id}:${because}`,
    type: "faq_assigned",
    propertyId: before.propertyId,
    conversationId: before.conversationId,
    managerId,
    title: "A question is yours to answer",
    body: before.question,
    payload: { faq_id: id },
  });
  await commitChange(
    ctx,
    [
      ctx.db
        .update(faqs)
        .set({ assignedTo: managerId, version: sql`${faqs.version} + 1`, updatedAt: ctx.now() })
        .where(and(visible(ctx), eq(faqs.id, id), eq(faqs.version, before.version))),
      audit(ctx, {
        action: "assign",
        recordType: "faq",
        recordId: id,
        before: { assigned_to: before.assignedTo },
        after: { assigned_to: managerId },
      }),
    ],
    [faqStatusWork(id, because), ...(isOwn ? [] : [notice])],
  );
  await alignFaqNow(ctx, id);
  return getFaq(ctx, id);
}
