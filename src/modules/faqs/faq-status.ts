import { and, eq, lt, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import type { Work } from "../../core/outbox.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import type { StatusView } from "../../durable/status-machine/protocol.ts";
import { adjustStatus, archiveStatus, machineOf } from "../status/adjust-status.ts";
import { changeStatus } from "../status/change-status.ts";
import type { FaqRow } from "./present.ts";
import { publish } from "./publish-answer.ts";
import { faqStatuses } from "./schemas.ts";

type FaqStatus = FaqRow["status"];

/** Has the status machine of a FAQ brought in line with its row, and the row with the machine. */
export function faqStatusWork(faqId: string, because: string): Work {
  return {
    topic: "projections",
    key: `faq:${faqId}`,
    payload: { kind: "faq_status", faq_id: faqId },
    dedupeKey: `faq_status:${faqId}:${because}`,
  };
}

/** Moves the machine, which decides; answers the number of the move. Throws what the machine refuses. */
export async function moveFaq(
  ctx: Context,
  faq: FaqRow,
  to: FaqStatus,
  reason: string | null = null,
): Promise<number> {
  if (faq.statusSeq === 0) await beginFaq(ctx, faq);
  const { transition } = await changeStatus(ctx, {
    ...aboutOf(faq),
    toStatus: to,
    reason,
    keepIfThere: true,
  });
  return transition.seq;
}

/**
 * Brings the machine of a FAQ in line with its row (begun, archived, owned as the row says) and the row's status in
 * line with the machine. Run again it changes nothing.
 */
export async function alignFaq(ctx: Context, faqId: string): Promise<void> {
  const faq = await findRow(ctx, faqId);
  if (!faq) return;
  const ref = refOf(faq);
  if (faq.deletedAt) return archiveStatus(ctx, ref);
  const known = await machineOf(ctx, ref).current(ctx.now().getTime());
  if (!known) return beginFaq(ctx, faq);
  const { ownerId, entityDetails } = aboutOf(faq);
  if (known.ownerId !== ownerId || known.entityDetails["question"] !== entityDetails.question)
    await adjustStatus(ctx, ref, { ownerId, entityDetails });
  await follow(ctx, faq, known);
}

/** The same right after a commit, where the outbox row will do it again if this fails. */
export async function alignFaqNow(ctx: Context, faqId: string): Promise<void> {
  await alignFaq(ctx, faqId).catch((error: unknown) =>
    ctx.log.error("FAQ left for its queue to settle", error, { faqId }),
  );
}

/** Makes the machine of a FAQ that has none yet, in the status of its row. */
async function beginFaq(ctx: Context, faq: FaqRow): Promise<void> {
  const begun = await changeStatus(ctx, {
    ...aboutOf(faq),
    toStatus: faq.status,
    changeId: `faq:${faq.id}:begin`,
    expectedFromStatus: null,
  }).catch((error: unknown) => {
    // Somebody else was first, or the company's own workflow begins otherwise: its first move begins it.
    const isKnown =
      error instanceof AppError &&
      ["CONFLICT", "INVALID_STATUS_TRANSITION", "APPROVAL_REQUIRED"].includes(error.code);
    if (!isKnown) throw error;
    return null;
  });
  if (begun) await follow(ctx, faq, begun.status);
}

/** The row goes where its machine is, if the machine has moved since. */
async function follow(ctx: Context, faq: FaqRow, view: StatusView): Promise<void> {
  const to = faqStatuses.find((status) => status === view.status);
  if (to === undefined || view.seq <= faq.statusSeq) return;
  if (to === "answered" && faq.answer === null) {
    await moveFaq(ctx, { ...faq, statusSeq: view.seq }, "pending", "No answer was kept");
    return;
  }
  if (to === "answered" && faq.status !== "answered") return approve(ctx, faq, view.seq);
  const isNews = to !== faq.status;
  await ctx.db
    .update(faqs)
    .set({
      status: to,
      statusSeq: view.seq,
      ...(isNews ? { version: sql`${faqs.version} + 1`, updatedAt: ctx.now() } : {}),
    })
    .where(and(eq(faqs.companyId, faq.companyId), eq(faqs.id, faq.id), lt(faqs.statusSeq, view.seq)));
}

/** The draft that waited for an approval becomes the answer. */
async function approve(ctx: Context, faq: FaqRow, statusSeq: number): Promise<void> {
  if (faq.answer === null) return;
  const by = { id: faq.answeredBy, name: faq.answeredByName };
  await publish(ctx, faq, { answer: faq.answer, statusSeq, by });
}

function refOf({ id, companyId }: FaqRow) {
  return { entityType: "faq", entityId: id, companyId };
}

function aboutOf(faq: FaqRow) {
  const { propertyId, assignedTo, question, conversationId } = faq;
  return {
    ...refOf(faq),
    propertyId,
    ownerId: assignedTo,
    entityDetails: { question, ...(conversationId ? { conversation_id: conversationId } : {}) },
  };
}

async function findRow(ctx: Context, id: string): Promise<FaqRow | null> {
  const [row] = await ctx.db
    .select()
    .from(faqs)
    .where(and(eq(faqs.companyId, ctx.companyId), eq(faqs.id, id)));
  return row ?? null;
}
