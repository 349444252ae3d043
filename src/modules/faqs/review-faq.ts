import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { only, requireWritable } from "../../core/scope.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { moveFaq } from "./faq-status.ts";
import type { FaqWithStatus } from "./present.ts";
import { findFaq, getFaq, visible } from "./queries.ts";
import type { Review } from "./schemas.ts";

/** Takes an answer out of the bot's mouth until somebody has looked at it; its assignee, or everybody, hears of it. */
export async function reviewFaq(ctx: Context, id: string, { reason }: Review): Promise<FaqWithStatus> {
  const before = await findFaq(ctx, id);
  requireWritable(ctx, before.propertyId);
  const statusSeq = await moveFaq(ctx, before, "needs_review", reason ?? null);
  if (before.status === "needs_review" && reason === undefined) return getFaq(ctx, id);
  const notice = staffNotice({
    dedupeKey: `faq_needs_review:${id}:${statusSeq}`,
    type: "faq_needs_review",
    propertyId: before.propertyId,
    managerId: before.assignedTo,
    title: "An answer needs a review",
    body: reason ? `${before.question} (${reason})` : before.question,
    payload: { faq_id: id },
  });
  const [rows] = await commit(
    ctx,
    [
      ctx.db
        .update(faqs)
        .set({
          status: sql`case when ${faqs.statusSeq} > ${statusSeq} then ${faqs.status} else 'needs_review' end`,
          statusSeq: sql`max(${faqs.statusSeq}, ${statusSeq})`,
          reviewReason: reason ?? null,
          version: sql`${faqs.version} + 1`,
          updatedAt: ctx.now(),
        })
        .where(and(visible(ctx), eq(faqs.id, id)))
        .returning({ id: faqs.id }),
      audit(ctx, {
        action: "needs_review",
        recordType: "faq",
        recordId: id,
        before: { status: before.status },
        after: { reason },
      }),
    ],
    [notice],
  );
  only(rows, "FAQ");
  return getFaq(ctx, id);
}
