import type {
  PmsAppointment,
  PmsEvent,
  PmsEventKind,
  PmsOccupant,
  PmsPerson,
  PmsProspect,
  Pet,
  PetKind,
  ProspectFields,
  ProspectState,
  Range,
} from "../pms.ts";
import { phoneIn } from "./fields.ts";
import { readLeadMarks, readTourMark } from "./markers.ts";
import type { MitsCustomer, MitsEvent, MitsPreferences, MitsProspect, ResmanOccupant } from "./schemas.ts";

/** Theirs to ours, seen from one person of the household (the main contact unless named). Null without the two ids. */
export function prospectFrom(mits: MitsProspect, personId?: string): PmsProspect | null {
  const customers = mits.Customers?.Customer ?? [];
  const focus = customers.find((customer) => idOf(customer, "PersonID") === personId) ?? customers[0];
  const prospectId = customers.map((customer) => idOf(customer, "ProspectID")).find(Boolean);
  const focusId = focus && idOf(focus, "PersonID");
  if (!focus || !focusId || !prospectId) return null;
  const events = (mits.Events?.Event ?? []).flatMap(eventFrom);
  const comments = (mits.CustomerPreferences?.Comment ?? []).filter((comment) => comment !== undefined);
  const first = events.find((event) => event.isFirstContact);
  return {
    ref: { prospectId, personId: focusId },
    ...fieldsFrom(focus, mits.CustomerPreferences),
    state: stateOf(focus),
    lostReason: lostReason(events),
    leadIds: [
      ...new Set([...comments, ...events.map((event) => event.comments ?? "")].flatMap(readLeadMarks)),
    ],
    people: customers.flatMap(personFrom),
    comments,
    events,
    appointments: events.filter((event) => event.kind === "appointment").map(appointmentFrom),
    sourceId: first?.sourceId ?? null,
    agentId: first?.agentId ?? null,
    firstContactAt: first?.at ?? null,
    lastUpdatedAt: instant(mits.LastUpdateDate),
  };
}

export function occupantFrom(person: ResmanOccupant): PmsOccupant {
  return {
    personId: person.PersonID,
    firstName: person.FirstName ?? "",
    lastName: person.LastName ?? "",
    unitNumber: person.Unit,
    status: person.Status,
    leaseStart: date(person.LeaseStartDate),
    leaseEnd: date(person.LeaseEndDate),
  };
}

/** ISO 8601 in UTC; ResMan leaves the offset out where it means UTC. */
export function instant(text: string | null | undefined): string | null {
  if (!text) return null;
  const dated = text.trim().replace(" ", "T");
  const at = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(dated) ? dated : `${dated}Z`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

function fieldsFrom(customer: MitsCustomer, wish: MitsPreferences | undefined): ProspectFields {
  const { firstName, lastName, email, phone } = nameAndReach(customer);
  return {
    firstName,
    lastName,
    email,
    phone,
    moveInDate: date(wish?.TargetMoveInDate),
    rent: rangeFrom(wish?.DesiredRent),
    bedrooms: rangeFrom(wish?.DesiredNumBedrooms),
    bathrooms: rangeFrom(wish?.DesiredNumBathrooms),
    leaseMonths: number(/\d+/.exec(wish?.DesiredLeaseTerms ?? "")?.[0]),
    occupantsCount: number(wish?.NumberOfOccupants),
    floorplan: wish?.DesiredFloorplan ?? null,
    unitNumber: wish?.DesiredUnit.find((unit) => unit.MarketingName)?.MarketingName ?? null,
    pets: petsFrom(wish?.Pets ?? []),
  };
}

function personFrom(customer: MitsCustomer): PmsPerson[] {
  const personId = idOf(customer, "PersonID");
  return personId ? [{ personId, state: stateOf(customer), ...nameAndReach(customer) }] : [];
}

function nameAndReach(customer: MitsCustomer): Pick<PmsPerson, "firstName" | "lastName" | "email" | "phone"> {
  const phones = customer.Phone.filter(
    (phone) => phone.PhoneNumber && phone["@PhoneType"]?.toLowerCase() !== "fax",
  );
  const cell = phones.find((phone) => phone["@PhoneType"]?.toLowerCase() === "cell");
  return {
    firstName: customer.Name?.FirstName ?? "",
    lastName: customer.Name?.LastName ?? "",
    email: customer.Email ?? null,
    phone: phoneIn((cell ?? phones[0])?.PhoneNumber),
  };
}

const states: Record<string, ProspectState> = {
  prospect: "prospect",
  guest: "prospect",
  lost: "lost",
  applicant: "applicant",
  future_resident: "applicant",
  current_resident: "resident",
  former_resident: "former",
};

function stateOf(customer: MitsCustomer): ProspectState {
  return states[customer["@Type"]?.toLowerCase() ?? ""] ?? "other";
}

const kinds: Record<string, PmsEventKind> = {
  appointment: "appointment",
  cancel: "lost",
  reactivate: "reopened",
  show: "show",
  application: "application",
  approve: "approved",
  approved: "approved",
  leasesign: "lease_signed",
  contact: "contact",
  walkin: "contact",
  chat: "contact",
};

function eventFrom(event: MitsEvent): PmsEvent[] {
  const at = instant(event["@EventDate"]);
  if (at === null) return [];
  const type = event["@EventType"]?.toLowerCase() ?? "";
  return [
    {
      eventId: event.EventID?.["@IDValue"] ?? null,
      kind: kinds[type] ?? (/^(email|call|text|phone)/.test(type) ? "message" : "other"),
      at,
      isFirstContact: event.FirstContact?.toLowerCase() === "true",
      agentId: event.Agent?.AgentID?.["@IDValue"] ?? null,
      sourceId: event.TransactionSource ?? null,
      reason: event.EventReasons ?? null,
      comments: event.Comments ?? null,
    },
  ];
}

function appointmentFrom(event: PmsEvent): PmsAppointment {
  const mark = readTourMark(event.comments ?? "");
  return {
    appointmentId: event.eventId,
    startsAt: event.at,
    tourId: mark?.tourId ?? null,
    revision: mark?.revision ?? 0,
    comments: event.comments,
  };
}

/** ResMan tells the reason by name, on the event that lost the prospect. */
function lostReason(events: PmsEvent[]): string | null {
  const reason = events.findLast((event) => event.kind === "lost")?.reason;
  return reason?.replace(/^Prospect Lost:\s*/i, "").trim() || null;
}

function rangeFrom(extent: MitsPreferences["DesiredRent"]): Range | null {
  const exact = number(extent?.["@Exact"]);
  const min = number(extent?.["@Min"]) ?? exact;
  const max = number(extent?.["@Max"]) ?? exact;
  return min === null && max === null ? null : { min, max };
}

const petKinds: readonly PetKind[] = ["dog", "cat", "bird", "reptile", "fish"];

function petsFrom(pets: MitsPreferences["Pets"]): Pet[] | null {
  if (pets.length === 0) return null;
  return pets.map((pet) => ({
    kind: petKinds.find((kind) => kind === pet["@PetType"]?.toLowerCase()) ?? "other",
    count: number(pet["@Count"]) ?? 1,
    description: pet["@Description"] ?? null,
  }));
}

/** ISO dates and date-times, or month first with slashes. */
function date(text: string | null | undefined): string | null {
  const [, month, day, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(text ?? "") ?? [];
  if (year && month && day) return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return /^\d{4}-\d{2}-\d{2}/.exec(text ?? "")?.[0] ?? null;
}

/** By `IDType`, never by position. */
function idOf(customer: MitsCustomer, type: "ProspectID" | "PersonID"): string | undefined {
  return customer.Identification.find((id) => id["@IDType"]?.toLowerCase() === type.toLowerCase())?.[
    "@IDValue"
  ];
}

function number(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  const value = Number(text.replaceAll(/[$,\s]/g, ""));
  return Number.isFinite(value) ? value : null;
}
