import { placeOfTour, tourInvite, tourTitle, type TourFacts } from "./tour-invite.ts";

export type TourMailKind = "booked" | "rescheduled" | "cancelled";

export type TourMail = { subject: string; text: string; html: string; invite: string };

/** The mail that tells the prospect; times are in the property's zone. `formerStart` is the time a move came from. */
export function tourMail(kind: TourMailKind, facts: TourFacts, formerStart?: Date): TourMail {
  const lines = linesOf(kind, facts, formerStart);
  return {
    subject: subjectOf(kind, facts),
    text: [`Hi ${facts.prospect.name},`, ...lines, facts.property.name].join("\n\n"),
    html: [`Hi ${facts.prospect.name},`, ...lines, facts.property.name]
      .map((line) => `<p>${escapeHtml(line).replaceAll("\n", "<br>")}</p>`)
      .join("\n"),
    invite: tourInvite(facts, kind === "cancelled" ? "CANCEL" : "REQUEST"),
  };
}

/** "Tuesday, January 5, 2027 at 10:00 AM CST" */
export function spokenTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  })
    .format(at)
    .replaceAll("\u202f", " ");
}

function subjectOf(kind: TourMailKind, { property, startsAt, tourType }: TourFacts): string {
  const tour = tourTitle(tourType).toLowerCase();
  const subject = {
    booked: `Your ${tour} of ${property.name}: ${spokenTime(startsAt, property.timeZone)}`,
    rescheduled: `Your ${tour} of ${property.name} has moved to ${spokenTime(startsAt, property.timeZone)}`,
    cancelled: `Your ${tour} of ${property.name} is cancelled`,
  }[kind];
  return subject.replaceAll(/\s+/g, " ");
}

function linesOf(kind: TourMailKind, facts: TourFacts, formerStart: Date | undefined): string[] {
  const { property, startsAt, staffMember, instructions, tourType } = facts;
  const tour = tourTitle(tourType).toLowerCase();
  const when = spokenTime(startsAt, property.timeZone);
  if (kind === "cancelled")
    return [`Your ${tour} of ${property.name} on ${when} is cancelled.`, ...contactLine(property.phone)];
  const first =
    kind === "booked"
      ? `Your ${tour} of ${property.name} is booked for ${when}.`
      : `Your ${tour} of ${property.name} is now on ${when}${formerLine(formerStart, property.timeZone)}.`;
  return [
    first,
    ...(staffMember === null ? [] : [`You will meet ${staffMember}.`]),
    `${tourType === "virtual" ? "Join here" : "Where"}: ${placeOfTour(facts)}`,
    ...(instructions === null ? [] : [instructions]),
    ...contactLine(property.phone),
  ];
}

function formerLine(formerStart: Date | undefined, timeZone: string): string {
  return formerStart === undefined ? "" : ` instead of ${spokenTime(formerStart, timeZone)}`;
}

function contactLine(phone: string | null): string[] {
  return phone === null ? [] : [`Questions, or another time? Call ${phone} or answer this mail.`];
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
