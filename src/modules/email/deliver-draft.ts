import { and, eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit, type Work } from "../../core/outbox.ts";
import { emailDrafts } from "../../db/schema/email.ts";
import { UpstreamError } from "../../integrations/vendor.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { compileLetter, type Composed, Unfillable } from "./compose-letter.ts";
import { deliverMail, failMail, findMail } from "./deliver-mail.ts";
import { type DraftRow, findDraft } from "./draft-queries.ts";
import { findSubject, type Subject } from "./letter-subject.ts";
import { Undecided } from "./hand-over.ts";
import { mailInsert } from "./queue-mail.ts";
import { draftWork, settleDraftNow } from "./settle-draft.ts";
import { whyNoVendor } from "./require-vendor.ts";
import { whyNotWrite } from "./why-not-write.ts";

/**
 * Brings a draft that is on its way to its end: sent or failed. Run again, at once or later, it makes no second
 * mail. Throws where it is worth coming back.
 */
export async function deliverDraft(ctx: Context, draftId: string, mailId: string): Promise<void> {
  const draft = await findDraft(ctx, draftId);
  if (!draft || draft.mailId !== mailId || draft.status !== "scheduled") return;
  try {
    const problem = await writeMail(ctx, draft, mailId);
    if (problem !== null) return await fail(ctx, draft, problem);
    await deliverMail(ctx, mailId);
  } catch (error) {
    if (isHopeless(error)) return fail(ctx, draft, error.message);
    throw error;
  }
  const mail = await findMail(ctx, mailId);
  if (mail?.status === "failed") return fail(ctx, draft, mail.error ?? "The e-mail was not sent");
  if (mail?.status === "sent" || mail?.status === "kept")
    await settle(ctx, draft, { status: "sent", sentAt: mail.sentAt ?? ctx.now() });
}

/** Gives a draft up, for the batch that parks its work. */
export async function draftFailure(ctx: Context, draftId: string, mailId: string, reason: string) {
  const draft = await findDraft(ctx, draftId);
  if (!draft || draft.mailId !== mailId || draft.status !== "scheduled") return { statements: [], work: [] };
  return failure(ctx, draft, reason);
}

function isHopeless(error: unknown): error is Error {
  return error instanceof Undecided || (error instanceof UpstreamError && !error.retryable);
}

/** Writes the mail unless it is written already. Answers in plain words what keeps it from being written. */
async function writeMail(ctx: Context, draft: DraftRow, mailId: string): Promise<string | null> {
  if (await findMail(ctx, mailId)) return null;
  const subject = await findSubject(ctx, draft.leadId, draft.propertyId);
  if (!subject) return "The lead is archived";
  const address = subject.lead.email;
  const why = (await whyNoVendor(ctx)) ?? (await whyNotWrite(ctx, address));
  if (why !== null || address === null) return why ?? "The lead has no e-mail address";
  const composed = compose(draft, subject);
  if (typeof composed === "string") return composed;
  await mailInsert(ctx, {
    id: mailId,
    kind: "personal",
    dedupeKey: `email_draft:${draft.id}:${mailId}`,
    to: { address, name: subject.name },
    ...composed,
    propertyId: draft.propertyId,
    fromName: subject.property.name,
    replyTo: subject.property.email,
  }).insert;
  return null;
}

function compose(draft: DraftRow, { values }: Subject): Composed | string {
  try {
    return compileLetter(draft)({ ...draft.variables, ...values });
  } catch (error) {
    if (error instanceof Unfillable) return error.message;
    throw error;
  }
}

async function fail(ctx: Context, draft: DraftRow, reason: string): Promise<void> {
  const { statements, work } = failure(ctx, draft, reason);
  await commit(ctx, statements, work);
  await settleDraftNow(ctx, draft.id);
}

function failure(ctx: Context, draft: DraftRow, reason: string) {
  const notice = staffNotice({
    dedupeKey: `email_failed:${draft.mailId}`,
    type: "email_failed",
    propertyId: draft.propertyId,
    leadId: draft.leadId,
    conversationId: draft.conversationId,
    title: "An e-mail was not sent",
    body: `"${draft.subject}" did not leave: ${reason}`,
    payload: { draft_id: draft.id },
  });
  const statements: [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]] = [
    moved(ctx, draft, { status: "failed", error: reason }),
    failMail(ctx, draft.mailId ?? "", reason),
    audit(ctx, { action: "fail", recordType: "email_draft", recordId: draft.id, after: { reason } }),
  ];
  const work: Work[] = [draftWork({ id: draft.id, version: draft.version + 1 }), notice];
  return { statements, work };
}

async function settle(ctx: Context, draft: DraftRow, changed: Partial<DraftRow>): Promise<void> {
  await commit(
    ctx,
    [
      moved(ctx, draft, changed),
      audit(ctx, { action: "sent", recordType: "email_draft", recordId: draft.id, after: changed }),
    ],
    [draftWork({ id: draft.id, version: draft.version + 1 })],
  );
  await settleDraftNow(ctx, draft.id);
}

function moved(ctx: Context, draft: DraftRow, changed: Partial<DraftRow>) {
  return ctx.db
    .update(emailDrafts)
    .set({ ...changed, version: draft.version + 1, updatedAt: ctx.now() })
    .where(
      and(
        eq(emailDrafts.companyId, ctx.companyId),
        eq(emailDrafts.id, draft.id),
        eq(emailDrafts.status, "scheduled"),
        eq(emailDrafts.mailId, draft.mailId ?? ""),
      ),
    );
}
