import { and, eq, isNull, ne, or } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit, type Work } from "../../core/outbox.ts";
import { requireWritable, staleVersion } from "../../core/scope.ts";
import { emailDrafts } from "../../db/schema/email.ts";
import { deliverDraft } from "./deliver-draft.ts";
import { type DraftRow, type DraftWithMail, getDraft, isOnItsWay } from "./draft-queries.ts";
import { requireVendor } from "./require-vendor.ts";
import { whyNotWrite } from "./why-not-write.ts";

/** Sends a draft now. One that has left or is on its way is not sent again, and the caller gets it as it is. */
export async function sendDraft(ctx: Context, id: string): Promise<DraftWithMail> {
  const found = await getDraft(ctx, id);
  const { draft, lead } = found;
  requireWritable(ctx, draft.propertyId);
  if (draft.status === "sent" || isOnItsWay(draft)) return found;
  const why = await whyNotWrite(ctx, lead?.email ?? null);
  if (why !== null) throw new AppError("CONFLICT", why);
  await requireVendor(ctx);
  const mailId = await launchDraft(ctx, draft, ctx.now());
  if (mailId) await deliverNow(ctx, id, mailId);
  const now = await getDraft(ctx, id);
  if (mailId === null && now.draft.status !== "sent" && !isOnItsWay(now.draft)) throw staleVersion();
  return now;
}

/**
 * Sets a draft on its way: from here on it cannot be changed, and its mail has a name. Null when somebody else was
 * first, or took it off the schedule.
 */
export async function launchDraft(
  ctx: Context,
  draft: Pick<DraftRow, "id" | "version" | "status">,
  scheduledFor: Date,
): Promise<string | null> {
  const mailId = ctx.newId();
  const [rows] = await commit(
    ctx,
    [
      ctx.db
        .update(emailDrafts)
        .set({
          status: "scheduled",
          scheduledFor,
          mailId,
          error: null,
          version: draft.version + 1,
          updatedAt: ctx.now(),
        })
        .where(
          and(
            eq(emailDrafts.companyId, ctx.companyId),
            eq(emailDrafts.id, draft.id),
            eq(emailDrafts.version, draft.version),
            ne(emailDrafts.status, "sent"),
            or(ne(emailDrafts.status, "scheduled"), isNull(emailDrafts.mailId)),
            isNull(emailDrafts.deletedAt),
          ),
        )
        .returning({ id: emailDrafts.id }),
      audit(ctx, {
        action: "send",
        recordType: "email_draft",
        recordId: draft.id,
        after: { mail_id: mailId },
      }),
    ],
    [deliveryWork(draft.id, mailId)],
  );
  return rows.length > 0 ? mailId : null;
}

function deliveryWork(draftId: string, mailId: string): Work {
  return {
    topic: "notifications",
    key: `email_draft:${draftId}`,
    payload: { kind: "email_draft", draft_id: draftId, mail_id: mailId },
    dedupeKey: `email_draft:${draftId}:${mailId}`,
  };
}

/** Right after the commit, where the outbox row will do it again if this fails. */
async function deliverNow(ctx: Context, id: string, mailId: string): Promise<void> {
  try {
    await deliverDraft(ctx, id, mailId);
  } catch (error) {
    ctx.log.error("e-mail draft left for its queue to deliver", error, { draftId: id });
  }
}
