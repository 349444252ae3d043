import * as z from "zod";
import type { Context } from "../core/context.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { UpstreamError } from "../integrations/vendor.ts";
import { CampaignStep } from "../modules/email/campaign-work.ts";
import { deliverDraft, draftFailure } from "../modules/email/deliver-draft.ts";
import { drawFor } from "../modules/amplitude-data/draw-for.ts";
import { deliverMail, failMail, findMail } from "../modules/email/deliver-mail.ts";
import { InHand, Undecided } from "../modules/email/hand-over.ts";
import { campaignStopped, workCampaign } from "../modules/email/work-campaign.ts";
import { deliverNotification, failDelivery } from "../modules/lead-notifications/deliver-notification.ts";
import { followStatus, StatusEvent } from "../modules/lead-notifications/follow-status.ts";
import { StaffNotice, staffNotice } from "../modules/lead-notifications/staff-notice.ts";
import { tellManagers } from "../modules/lead-notifications/tell-managers.ts";
import { Hopeless, NotNow, type OnParked } from "./drain.ts";

const Payload = z.union([
  z.object({ kind: z.literal("staff_notice"), notice: StaffNotice }),
  z.object({ kind: z.literal("mail"), mail_id: z.string() }),
  z.object({ kind: z.literal("email_draft"), draft_id: z.string(), mail_id: z.string() }),
  z.object({ kind: z.literal("notification_delivery"), delivery_id: z.string() }),
  CampaignStep,
  StatusEvent,
]);

/** Tells people: staff on their screens, prospects by mail. */
export async function notify(ctx: Context, row: OutboxRow): Promise<void> {
  const payload = Payload.safeParse(row.payload);
  if (!payload.success) throw new Hopeless(`notice of unknown shape: ${payload.error.message}`);
  switch (payload.data.kind) {
    case "staff_notice":
      await tellManagers(ctx, payload.data.notice);
      return;
    case "mail":
      return withVendor(deliverMail(ctx, payload.data.mail_id));
    case "email_draft":
      return withVendor(deliverDraft(ctx, payload.data.draft_id, payload.data.mail_id));
    case "notification_delivery":
      return withVendor(deliverNotification(ctx, payload.data.delivery_id));
    case "email_campaign":
      return withVendor(workCampaign(ctx, payload.data, row.attempts > 0));
    default:
      await followStatus(ctx, payload.data);
      if (payload.data.kind === "status_changed")
        await drawFor(ctx, payload.data.entity_type, payload.data.entity_id);
  }
}

/** What cannot succeed is given up; a vendor that says when to come back is taken at its word. */
async function withVendor(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (error instanceof InHand) throw new NotNow(error.retryAfterMs);
    if (error instanceof Undecided) throw new Hopeless(error.message, { cause: error });
    if (!(error instanceof UpstreamError)) throw error;
    if (!error.retryable) throw new Hopeless(error.message, { cause: error });
    if (error.retryAfterMs !== null) throw new NotNow(Math.max(1000, error.retryAfterMs));
    throw error;
  }
}

/** What was given up says so, and the people of the property learn of it. */
export const onNotificationParked: OnParked = async (ctx, row, reason) => {
  const payload = Payload.safeParse(row.payload);
  switch (payload.data?.kind) {
    case "mail":
      return mailFailure(ctx, payload.data.mail_id, reason);
    case "email_draft":
      return draftFailure(ctx, payload.data.draft_id, payload.data.mail_id, reason);
    case "notification_delivery":
      return { statements: failDelivery(ctx, payload.data.delivery_id, reason), work: [] };
    case "email_campaign":
      return campaignStopped(ctx, payload.data, reason);
    default:
      return { statements: [], work: [] };
  }
};

async function mailFailure(ctx: Context, mailId: string, reason: string) {
  const mail = await findMail(ctx, mailId);
  if (!mail) return { statements: [], work: [] };
  const notice = mail.propertyId && {
    dedupeKey: `mail_failed:${mail.id}`,
    type: "mail_failed" as const,
    propertyId: mail.propertyId,
    title: `A mail to ${mail.toName ?? mail.toAddress} was not sent`,
    body: `"${mail.subject}" did not leave: ${reason}`,
    payload: { mail_id: mail.id },
  };
  return { statements: [failMail(ctx, mail.id, reason)], work: notice ? [staffNotice(notice)] : [] };
}
