import { z } from "zod";
import type { Context } from "../core/context.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { UpstreamError } from "../integrations/vendor.ts";
import { deliverMail, failMail, findMail } from "../modules/email/deliver-mail.ts";
import { followStatus, StatusEvent } from "../modules/lead-notifications/follow-status.ts";
import { StaffNotice, staffNotice } from "../modules/lead-notifications/staff-notice.ts";
import { tellManagers } from "../modules/lead-notifications/tell-managers.ts";
import { Hopeless, type OnParked } from "./drain.ts";

const Payload = z.union([
  z.object({ kind: z.literal("staff_notice"), notice: StaffNotice }),
  z.object({ kind: z.literal("mail"), mail_id: z.string() }),
  StatusEvent,
]);

/** Tells people: staff on their screens, prospects by mail. */
export async function notify(ctx: Context, row: OutboxRow): Promise<void> {
  const payload = Payload.safeParse(row.payload);
  if (!payload.success) throw new Hopeless(`notice of unknown shape: ${payload.error.message}`);
  switch (payload.data.kind) {
    case "staff_notice":
      return tellManagers(ctx, payload.data.notice);
    case "mail":
      return sendOrGiveUp(ctx, payload.data.mail_id);
    default:
      return followStatus(ctx, payload.data);
  }
}

async function sendOrGiveUp(ctx: Context, mailId: string): Promise<void> {
  try {
    await deliverMail(ctx, mailId);
  } catch (error) {
    if (error instanceof UpstreamError && !error.retryable)
      throw new Hopeless(error.message, { cause: error });
    throw error;
  }
}

/** A mail that was given up says so, and the people of the property learn that the prospect has not got it. */
export const onNotificationParked: OnParked = async (ctx, row, reason) => {
  const payload = Payload.safeParse(row.payload);
  if (!payload.success || payload.data.kind !== "mail") return { statements: [], work: [] };
  const mail = await findMail(ctx, payload.data.mail_id);
  if (!mail) return { statements: [], work: [] };
  const notice = mail.propertyId && {
    dedupeKey: `mail_failed:${mail.id}`,
    type: "mail_failed",
    propertyId: mail.propertyId,
    title: `A mail to ${mail.toName ?? mail.toAddress} was not sent`,
    body: `"${mail.subject}" did not leave: ${reason}`,
    payload: { mail_id: mail.id },
  };
  return { statements: [failMail(ctx, mail.id, reason)], work: notice ? [staffNotice(notice)] : [] };
};
