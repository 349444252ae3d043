import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import { mailRow } from "../email/queue-mail.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { leadFactsWork, leadKey } from "../leads/lead-work.ts";
import type { TourRow } from "./present.ts";
import type { OpenDiary } from "./tour-diary.ts";
import type { TourFacts } from "./tour-invite.ts";
import { spokenTime, tourMail, type TourMailKind } from "./tour-mails.ts";

export type TourNews = { mails: ReturnType<typeof mailRow>["insert"][]; work: Work[] };

/** Everything that follows a booking, a move or a cancellation, for the batch that makes it true. */
export function tourNews(
  ctx: Context,
  kind: TourMailKind,
  tour: TourRow,
  open: OpenDiary,
  formerStart?: Date,
): TourNews {
  const { id, version, prospectEmail } = tour;
  const happening = `tour:${id}:${version}`;
  const facts = tourFacts(ctx, tour, open);
  const work: Work[] = [
    {
      topic: "projections",
      key: `tour:${id}`,
      payload: { kind: kind === "booked" ? "tour_booked" : "tour_changed", tour_id: id },
      dedupeKey: happening,
    },
    {
      topic: "resman-sync",
      key: leadKey(tour.leadId ?? id),
      payload: { kind: "tour", tour_id: id, lead_id: tour.leadId },
      dedupeKey: happening,
    },
    ...(tour.leadId === null ? [] : [leadFactsWork(tour.leadId, happening)]),
    staffNotice(noticeOf(kind, tour, open, happening)),
  ];
  if (prospectEmail === null) return { mails: [], work };

  const { subject, text, html, invite } = tourMail(kind, facts, formerStart);
  const mail = mailRow(ctx, {
    dedupeKey: happening,
    to: { address: prospectEmail, name: tour.prospectName },
    subject,
    text,
    html,
    propertyId: tour.propertyId,
    fromName: open.property.name,
    replyTo: open.property.email,
    attachments: [
      { filename: "tour.ics", type: `text/calendar; method=${methodOf(kind)}`, content: base64(invite) },
    ],
  });
  return { mails: [mail.insert], work: [...work, mail.work] };
}

export function tourFacts(ctx: Context, tour: TourRow, { property, rules, staff }: OpenDiary): TourFacts {
  const { name, timeZone, phone, address, city, state, zipCode } = property;
  return {
    tourId: tour.id,
    version: tour.version,
    startsAt: tour.startsAt,
    endsAt: new Date(tour.startsAt.getTime() + tour.durationMinutes * 60_000),
    tourType: tour.tourType,
    changedAt: tour.updatedAt,
    prospect: { name: tour.prospectName, email: tour.prospectEmail },
    staffMember: tour.propertyManagerId === null ? null : (staff.get(tour.propertyManagerId) ?? null),
    property: { name, timeZone, phone, address: `${address}, ${city}, ${state} ${zipCode}` },
    organizerEmail: property.email ?? ctx.config.MAIL_FROM,
    instructions: rules.instructions,
    virtualLink: rules.virtualLink,
  };
}

function noticeOf(kind: TourMailKind, tour: TourRow, { property }: OpenDiary, dedupeKey: string) {
  const when = spokenTime(tour.startsAt, property.timeZone);
  const title = { booked: "New tour", rescheduled: "Tour moved", cancelled: "Tour cancelled" }[kind];
  return {
    dedupeKey,
    type: `tour_${kind}` as const,
    propertyId: tour.propertyId,
    title: `${title}: ${tour.prospectName}`,
    body: `${tour.prospectName}, ${property.name}, ${when}`,
    conversationId: tour.conversationId,
    leadId: tour.leadId,
    payload: { tour_id: tour.id, tour_datetime: tour.startsAt.toISOString(), tour_type: tour.tourType },
  };
}

function methodOf(kind: TourMailKind): string {
  return kind === "cancelled" ? "CANCEL" : "REQUEST";
}

function base64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}
