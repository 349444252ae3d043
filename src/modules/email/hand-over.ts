import {
  type Letter,
  type SendgridAccess,
  sendMail,
  wasAccepted,
} from "../../integrations/sendgrid/client.ts";
import { UpstreamError } from "../../integrations/vendor.ts";
import type { MailRow } from "./queue-mail.ts";

/** Somebody else is handing the mail over at this moment, or it is too early to ask about it. */
export class InHand extends Error {
  readonly retryAfterMs = 5000;
  constructor() {
    super("the mail is in hand");
    this.name = "InHand";
  }
}

/** Nobody can tell whether the mail has left, and it must not leave twice. */
export class Undecided extends Error {
  constructor() {
    super("SendGrid did not say whether it took the mail, so it was not sent again");
    this.name = "Undecided";
  }
}

/**
 * What became of a mail. `refused`: it is certain that it has not left; `unknown`: it may have, and the vendor can
 * be asked after `waitMs`; `undecided`: it may have, and nobody will ever tell.
 */
export type Verdict =
  | { mailId: string; outcome: "sent"; messageId: string | null }
  | { mailId: string; outcome: "kept" }
  | { mailId: string; outcome: "refused"; error: UpstreamError }
  | { mailId: string; outcome: "unknown"; error: UpstreamError; waitMs: number }
  | { mailId: string; outcome: "undecided"; error: Undecided }
  | { mailId: string; outcome: "busy"; error: InHand };

type Failure = Extract<Verdict, { error: Error }>;

export function isFailure(verdict: Verdict): verdict is Failure {
  return "error" in verdict;
}

/** How long SendGrid's list of mails may lag behind the mails themselves. */
const lagMs = 90_000;
/** Longer than the calls for one mail can take. */
const callsMs = 60_000;

/** How long nobody else may touch a mail in hand: whoever asks after it must find it listed if it has left. */
export function holdMs(mail: MailRow): number {
  return isCareful(mail) ? callsMs + lagMs : callsMs;
}

/** Gives SendGrid a mail that the caller has claimed. One that may have left already is asked about first. */
export async function handOver(access: SendgridAccess, mail: MailRow): Promise<Verdict> {
  const mailId = mail.id;
  try {
    if (mail.status === "sending") {
      const isKnown = await wasAccepted(access, mailId);
      if (isKnown) return { mailId, outcome: "sent", messageId: null };
      if (isKnown === null && isCareful(mail))
        return { mailId, outcome: "undecided", error: new Undecided() };
    }
  } catch (error) {
    if (error instanceof UpstreamError) return { mailId, outcome: "unknown", error, waitMs: 0 };
    throw error;
  }
  try {
    const { messageId } = await sendMail(access, letterOf(mail));
    return { mailId, outcome: "sent", messageId };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (isRefusal(error)) return { mailId, outcome: "refused", error };
    return { mailId, outcome: "unknown", error, waitMs: isCareful(mail) ? lagMs : 0 };
  }
}

/** A second confirmation of a tour harms nobody; a second letter or newsletter does. */
function isCareful({ kind }: MailRow): boolean {
  return kind === "personal" || kind === "campaign";
}

/** A refusal was no delivery. Without an answer, or with one of a broken server, nobody knows. */
function isRefusal({ status }: UpstreamError): boolean {
  return status !== null && (status < 500 || status === 503);
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
    ...(mail.headers ? { headers: mail.headers } : {}),
  };
}
