import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { mails } from "../../db/schema/outgoing.ts";
import { type Letter, sendMail, wasAccepted } from "../../integrations/sendgrid/client.ts";
import { UpstreamError } from "../../integrations/vendor.ts";
import { findSendgridAccess } from "../companies/vendor-access.ts";

type MailRow = typeof mails.$inferSelect;

/**
 * Sends a queued mail, or keeps it for reading where the company has no vendor. The row is claimed before the call:
 * after a try that ended without an answer the vendor is asked whether it has the mail before it gets it again.
 * Throws the vendor's refusal; the caller decides whether to come back.
 */
export async function deliverMail(ctx: Context, mailId: string): Promise<void> {
  const mail = await findMail(ctx, mailId);
  if (!mail || (mail.status !== "queued" && mail.status !== "sending")) return;
  const access = await findSendgridAccess(ctx);
  if (!access) return void (await settle(ctx, mail, { status: "kept", error: null }));
  const isKnown = mail.status === "sending" && (await wasAccepted(access, mail.id));
  if (isKnown) return void (await settle(ctx, mail, { status: "sent", error: null, sentAt: ctx.now() }));
  if (!(await settle(ctx, mail, { status: "sending" }))) return;
  try {
    const { messageId } = await sendMail(access, letterOf(mail));
    await update(ctx, mail.id, {
      status: "sent",
      vendorMessageId: messageId,
      error: null,
      sentAt: ctx.now(),
    });
  } catch (error) {
    if (error instanceof UpstreamError) await update(ctx, mail.id, afterFailure(error));
    throw error;
  }
}

/** Gives a mail up, as a statement for the batch that parks its work. */
export function failMail(ctx: Context, mailId: string, reason: string) {
  return ctx.db
    .update(mails)
    .set({ status: "failed", error: reason })
    .where(and(eq(mails.companyId, ctx.companyId), eq(mails.id, mailId)));
}

export async function findMail(ctx: Context, id: string): Promise<MailRow | null> {
  const [mail] = await ctx.db
    .select()
    .from(mails)
    .where(and(eq(mails.companyId, ctx.companyId), eq(mails.id, id)));
  return mail ?? null;
}

/** False when somebody else has moved the mail on since it was read. */
async function settle(ctx: Context, mail: MailRow, changed: Partial<MailRow>): Promise<boolean> {
  const rows = await ctx.db
    .update(mails)
    .set(changed)
    .where(and(eq(mails.companyId, ctx.companyId), eq(mails.id, mail.id), eq(mails.status, mail.status)))
    .returning({ id: mails.id });
  return rows.length > 0;
}

async function update(ctx: Context, id: string, changed: Partial<MailRow>): Promise<void> {
  await ctx.db
    .update(mails)
    .set(changed)
    .where(and(eq(mails.companyId, ctx.companyId), eq(mails.id, id)));
}

/** A refusal was no delivery. Without an answer, or with one of a broken server, nobody knows: the mail stays claimed. */
function afterFailure(error: UpstreamError): Partial<MailRow> {
  const isRefused = error.status !== null && error.status < 500;
  return { status: isRefused ? "queued" : "sending", error: sayingOf(error) };
}

function sayingOf(error: UpstreamError): string {
  return error.status === null ? error.publicMessage : `${error.publicMessage} (${error.status})`;
}

function letterOf(mail: MailRow): Letter {
  return {
    mailId: mail.id,
    to: { email: mail.toAddress, ...(mail.toName ? { name: mail.toName } : {}) },
    from: { email: mail.fromAddress, ...(mail.fromName ? { name: mail.fromName } : {}) },
    ...(mail.replyTo ? { replyTo: { email: mail.replyTo } } : {}),
    subject: mail.subject,
    text: mail.text,
    ...(mail.html ? { html: mail.html } : {}),
    attachments: mail.attachments,
  };
}
