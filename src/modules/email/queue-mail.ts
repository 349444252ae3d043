import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import { type Attachment, mails } from "../../db/schema/outgoing.ts";
import { textAsHtml } from "./compose-letter.ts";

export type MailRow = typeof mails.$inferSelect;

export type MailDraft = {
  /** Names the happening the mail is about; the same one leads to one mail. */
  dedupeKey: string;
  to: { address: string; name?: string | null };
  subject: string;
  text: string;
  /** Drawn from the text where nobody has written one. */
  html?: string;
  propertyId?: string | null;
  /** Shown beside our address, usually the property's name. */
  fromName?: string | null;
  replyTo?: string | null;
  /** `content` is base64. */
  attachments?: Attachment[];
  /** Chosen beforehand where something else has to name the mail. */
  id?: string;
  kind?: MailRow["kind"];
  campaignId?: string;
  headers?: Record<string, string>;
};

/** The mail's row and the work that sends it; both belong into the batch of what the mail is about. */
export function mailRow(ctx: Context, draft: MailDraft) {
  const { id, insert } = mailInsert(ctx, draft);
  const work: Work = {
    topic: "notifications",
    key: `mail:${id}`,
    payload: { kind: "mail", mail_id: id },
    dedupeKey: `mail:${draft.dedupeKey}`,
  };
  return { insert, work };
}

/** The row alone, for whoever sees to the sending. */
export function mailInsert(ctx: Context, draft: MailDraft) {
  const id = draft.id ?? ctx.newId();
  const insert = ctx.db
    .insert(mails)
    .values({
      id,
      companyId: ctx.companyId,
      propertyId: draft.propertyId ?? null,
      dedupeKey: draft.dedupeKey,
      toAddress: draft.to.address,
      toName: oneLine(draft.to.name),
      fromAddress: ctx.config.MAIL_FROM,
      fromName: oneLine(draft.fromName),
      replyTo: draft.replyTo ?? null,
      subject: oneLine(draft.subject) ?? "",
      text: draft.text,
      html: draft.html ?? textAsHtml(draft.text),
      attachments: draft.attachments ?? [],
      kind: draft.kind ?? "transactional",
      campaignId: draft.campaignId ?? null,
      headers: draft.headers ?? null,
      status: "queued",
      createdAt: ctx.now(),
    })
    .onConflictDoNothing();
  return { id, insert };
}

/** What goes into a header ends with its line. */
function oneLine(text: string | null | undefined): string | null {
  return text?.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim() || null;
}
