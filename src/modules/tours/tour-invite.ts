import ical, {
  ICalAttendeeRole,
  ICalAttendeeStatus,
  ICalCalendarMethod,
  ICalEventStatus,
} from "ical-generator";
import type { TourType } from "./tour-rules.ts";

/** What mails and calendar entries say of a tour. */
export type TourFacts = {
  tourId: string;
  /** The tour's version; a calendar replaces an entry by one with a higher number. */
  version: number;
  startsAt: Date;
  endsAt: Date;
  tourType: TourType;
  changedAt: Date;
  prospect: { name: string; email: string | null };
  staffMember: string | null;
  property: { name: string; address: string; phone: string | null; timeZone: string };
  organizerEmail: string;
  instructions: string | null;
  virtualLink: string | null;
};

/** The .ics of a tour. The same tour keeps its UID for ever, so that a move or cancellation finds the entry. */
export function tourInvite(facts: TourFacts, method: "REQUEST" | "CANCEL"): string {
  const cancelled = method === "CANCEL";
  const calendar = ical({
    method: cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
    prodId: { company: "DomIQ", product: "DomIQ Edge", language: "EN" },
  });
  const event = calendar.createEvent({
    id: `${facts.tourId}@tours.domiq`,
    sequence: facts.version,
    start: facts.startsAt,
    end: facts.endsAt,
    stamp: facts.changedAt,
    summary: `${tourTitle(facts.tourType)} of ${facts.property.name}`,
    location: placeOfTour(facts),
    description: descriptionOf(facts),
    organizer: { name: facts.property.name, email: facts.organizerEmail },
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  if (facts.prospect.email !== null) {
    event.createAttendee({
      name: facts.prospect.name,
      email: facts.prospect.email,
      role: ICalAttendeeRole.REQ,
      status: ICalAttendeeStatus.ACCEPTED,
      rsvp: false,
    });
  }
  return calendar.toString();
}

/** Where to go: the link of a virtual tour when the property gave one, else the property's address. */
export function placeOfTour(facts: TourFacts): string {
  return facts.tourType === "virtual" && facts.virtualLink !== null
    ? facts.virtualLink
    : facts.property.address;
}

export function tourTitle(type: TourType): string {
  switch (type) {
    case "in_person":
      return "Tour";
    case "virtual":
      return "Virtual tour";
    case "self_guided":
      return "Self-guided tour";
  }
}

function descriptionOf({ staffMember, instructions, property }: TourFacts): string {
  const lines = [
    staffMember === null ? null : `With ${staffMember}.`,
    instructions,
    property.phone === null ? null : `Questions? Call ${property.phone}.`,
  ];
  return lines.filter((line) => line !== null).join("\n");
}
