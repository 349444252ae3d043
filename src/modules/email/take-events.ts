import type { Context, Parts } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit, type Work } from "../../core/outbox.ts";
import { systemContext } from "../../core/start-context.ts";
import { type MailEvent, readEvents } from "../../integrations/sendgrid/events.ts";
import {
  isFromSendgrid,
  signatureHeader,
  timestampHeader,
} from "../../integrations/sendgrid/verify-webhook.ts";
import { findSendgridWebhookKey } from "../companies/vendor-access.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { drawFates, findKnownMails, keepNew, type KnownMail, suppressNew } from "./mail-events.ts";
import { draftWork } from "./settle-draft.ts";

/** A delivery of events as it came in. */
export type EventDoor = {
  env: Env;
  companyId: string;
  body: string;
  header: (name: string) => string;
  waitUntil: (work: Promise<unknown>) => void;
  parts: Parts;
};

/**
 * Takes what the vendor tells of a company's mails: each event once, in any order. Answers how many were about
 * mails of ours. Throws WEBHOOK_ERROR for what the vendor has not signed, or so long ago that it
 * must be a replay.
 */
export async function takeEvents(door: EventDoor): Promise<number> {
  const { env, companyId, body, header, waitUntil, parts } = door;
  const ctx = await systemContext(env, companyId, "SendGrid", waitUntil, parts);
  const key = ctx && (await findSendgridWebhookKey(ctx));
  const signed = { body, signature: header(signatureHeader), timestamp: header(timestampHeader) };
  if (!ctx || !key || !isFromSendgrid(key, signed, Date.now()))
    throw new AppError("WEBHOOK_ERROR", "The signature does not fit");
  const told = readEvents(parse(body));
  const mails = await findKnownMails(ctx, told);
  const events = told.filter(({ mailId }) => mails.has(mailId));
  if (events.length > 0) await take(ctx, events, mails);
  return events.length;
}

async function take(ctx: Context, events: MailEvent[], mails: Map<string, KnownMail>): Promise<void> {
  const ids = [...new Set(events.map(({ mailId }) => mailId))];
  const touched = ids.flatMap((id) => mails.get(id) ?? []);
  await commit(
    ctx,
    [
      // Before the events are known: what is told again suppresses nobody whom staff has taken off the list.
      suppressNew(ctx, events, mails),
      keepNew(ctx, events),
      ...drawFates(ctx, ids),
    ],
    [...touched.flatMap(draftNews), ...events.flatMap((event) => bounceNotice(event, mails))],
  );
}

/** A draft whose mail has left after all is followed by its status. */
function draftNews({ draft }: KnownMail): Work[] {
  return draft && draft.status !== "sent" ? [draftWork({ id: draft.id, version: draft.version + 1 })] : [];
}

/** Whoever wrote a letter learns that it has not arrived. */
function bounceNotice({ mailId, type, detail }: MailEvent, mails: Map<string, KnownMail>): Work[] {
  const mail = mails.get(mailId);
  if (!mail?.draft || !mail.propertyId || (type !== "bounce" && type !== "dropped")) return [];
  return [
    staffNotice({
      dedupeKey: `email_bounced:${mailId}`,
      type: "email_bounced",
      propertyId: mail.propertyId,
      leadId: mail.draft.leadId,
      title: `An e-mail to ${mail.toAddress} came back`,
      body: `"${mail.subject}" was not delivered${detail ? `: ${detail}` : ""}`,
      payload: { draft_id: mail.draft.id },
    }),
  ];
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AppError("INVALID_FORMAT", "The body is not valid JSON", undefined, 400);
  }
}
