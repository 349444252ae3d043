import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import { type Attachment, mails } from "../../db/schema/outgoing.ts";

export type MailDraft = {
  /** Names the happening the mail is about; the same one leads to one mail. */
  dedupeKey: string;
  to: { address: string; name?: string | null };
  subject: string;
  text: string;
  html?: string | null;
  propertyId?: string | null;
  /** Shown beside our address, usually the property's name. */
  fromName?: string | null;
  replyTo?: string | null;
  /** `content` is base64. */
  attachments?: Attachment[];
};

/** The mail's row and the work that sends it; both belong into the batch of what the mail is about. */
export function mailRow(ctx: Context, draft: MailDraft) {
  const id = ctx.newId();
  const insert = ctx.db
    .insert(mails)
    .values({
      id,
      companyId: ctx.companyId,
      propertyId: draft.propertyId ?? null,
      dedupeKey: draft.dedupeKey,
      toAddress: draft.to.address,
      toName: draft.to.name ?? null,
      fromAddress: ctx.config.MAIL_FROM,
      fromName: draft.fromName ?? null,
      replyTo: draft.replyTo ?? null,
      subject: draft.subject,
      text: draft.text,
      html: draft.html ?? null,
      attachments: draft.attachments ?? [],
      status: "queued",
      createdAt: ctx.now(),
    })
    .onConflictDoNothing();
  const work: Work = {
    topic: "notifications",
    key: `mail:${id}`,
    payload: { kind: "mail", mail_id: id },
    dedupeKey: `mail:${draft.dedupeKey}`,
  };
  return { insert, work };
}
