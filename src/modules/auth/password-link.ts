import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { randomToken, sha256Hex } from "../../core/tokens.ts";
import { passwordResets } from "../../db/schema/access.ts";
import { mailRow } from "../email/queue-mail.ts";
import { closeLinks } from "./end-sessions.ts";

export type Purpose = (typeof passwordResets.$inferSelect)["purpose"];
export type Addressee = { id: string; name: string; email: string };

const minuteMs = 60_000;
/** How long a link works. An invitation waits for somebody who does not expect it. */
const goodForMs: Record<Purpose, number> = { reset: 30 * minuteMs, invite: 72 * 60 * minuteMs };

/**
 * The rows of a link with which somebody chooses a password, and of the mail that carries it. Links sent earlier end
 * with it. The token itself stands in the mail and nowhere else.
 */
export async function passwordLink(ctx: Context, to: Addressee, purpose: Purpose, now: Date) {
  const token = randomToken("pr_");
  const link = new URL("/reset-password", ctx.config.APP_ORIGIN);
  // Behind the #, so that it stands in no server's log.
  link.hash = token;
  const hash = await sha256Hex(token);
  const mail = mailRow(ctx, {
    dedupeKey: `password_${purpose}:${hash}`,
    to: { address: to.email, name: to.name },
    ...wordsOf(purpose, to.name, link.href),
  });
  const row = {
    hash,
    accountId: to.id,
    purpose,
    createdAt: now,
    expiresAt: new Date(now.getTime() + goodForMs[purpose]),
  };
  const action = purpose === "reset" ? "request_password_reset" : "invite";
  return {
    statements: [
      closeLinks(ctx.db, to.id, now),
      ctx.db.insert(passwordResets).values(row),
      mail.insert,
      audit(ctx, { action, recordType: "account", recordId: to.id }),
    ] as const,
    work: mail.work,
  };
}

function wordsOf(purpose: Purpose, name: string, link: string): { subject: string; text: string } {
  if (purpose === "invite")
    return {
      subject: "You have been given an account",
      text: `Hello ${name},\n\nan account was made for you. Choose a password within three days:\n\n${link}\n`,
    };
  return {
    subject: "Choose a new password",
    text: `Hello ${name},\n\nchoose a new password within 30 minutes:\n\n${link}\n\nIf you did not ask for this, do nothing: your password stays as it is.\n`,
  };
}
