import { Temporal } from "temporal-polyfill";
import type {
  ContactChannel,
  LeadForPms,
  NoteForPms,
  Pet,
  PetKind,
  PmsProspect,
  ProspectFields,
  Range,
  TourForPms,
  TourKind,
} from "../pms.ts";
import { asStored, lengths, phoneOut } from "./fields.ts";
import { leadMark, noteMark, tourMark } from "./markers.ts";
import { xmlLine, type XmlNode, xmlText } from "./mits-xml.ts";

/** Who an event or an update is about: the ids and the name ResMan wants with every write. */
export type Addressee = Pick<PmsProspect, "ref" | "firstName" | "lastName" | "state">;

/** A `LeadManagement` document of one prospect. Keys stand in the order of the MITS schema. */
export function leadManagement(prospect: XmlNode): XmlNode {
  return { LeadManagement: { Prospects: { Prospect: prospect } } };
}

export function newProspect(lead: LeadForPms): XmlNode {
  const fields = asStored(lead);
  const every = new Set(Object.keys(fields) as (keyof ProspectFields)[]);
  return {
    Customers: { Customer: { "@Type": "prospect", ...nameAndReach(fields, every) } },
    CustomerPreferences: preferences(fields, every, [leadMark(lead.leadId), ...lead.comments]),
    Events: { Event: firstContactEvent(lead, true) },
  };
}

/** Says only what changed; what is left out, ResMan keeps. */
export function prospectUpdate(
  held: PmsProspect,
  update: {
    fields: ProspectFields;
    changed: (keyof ProspectFields)[];
    comments: string[];
    events: XmlNode[];
  },
): XmlNode {
  const fields = asStored(update.fields);
  const changed = new Set(update.changed);
  const name = changed.has("firstName") || changed.has("lastName") ? fields : held;
  const wishes = preferences(fields, changed, update.comments);
  return {
    Customers: { Customer: { ...customer(held, name), ...reach(fields, changed) } },
    ...(Object.values(wishes).some((wish) => wish !== undefined) ? { CustomerPreferences: wishes } : {}),
    ...(update.events.length > 0 ? { Events: { Event: update.events } } : {}),
  };
}

/** An event of an existing prospect. `as: "lost"` is ResMan's own customer type, given together with a `Cancel` event. */
export function prospectEvent(
  held: Addressee,
  event: XmlNode,
  options: { as?: "prospect" | "lost"; unitNumber?: string | null } = {},
): XmlNode {
  return {
    Customers: { Customer: customer(held, held, options.as) },
    ...(options.unitNumber
      ? { CustomerPreferences: { DesiredUnit: { MarketingName: xmlLine(options.unitNumber, lengths.name) } } }
      : {}),
    Events: { Event: event },
  };
}

const channels: Record<ContactChannel, string> = {
  chat: "Contact",
  web_form: "Contact",
  email: "EmailFromProspect",
  phone: "CallFromProspect",
  text: "TextFromProspect",
  walk_in: "WalkIn",
  other: "Other",
};

export function firstContactEvent(lead: LeadForPms, isFirst: boolean): XmlNode {
  return event({
    type: channels[lead.firstContact.channel],
    at: lead.firstContact.at,
    agentId: lead.agentId,
    isFirstContact: isFirst,
    comments: `${leadMark(lead.leadId)}. ${lead.firstContact.summary}`,
    transactionSource: lead.sourceId,
  });
}

/** With the id of an appointment ResMan already holds this moves it; without, it books one. */
export function appointmentEvent(tour: TourForPms, appointmentId: string | null): XmlNode {
  return event({
    type: "Appointment",
    at: tour.startsAt,
    eventId: appointmentId,
    agentId: tour.agentId,
    comments: `${tourWords(tour)} ${tourMark(tour)}.${tour.notes ? ` ${tour.notes}` : ""}`,
    transactionSource: tour.sourceId,
  });
}

/** ResMan cannot cancel an appointment (its `Cancel` event loses the prospect): a note tells the staff. */
export function cancelledTourEvent(tour: TourForPms, cancel: { at: string; reason: string | null }): XmlNode {
  return event({
    type: "Other",
    at: cancel.at,
    agentId: tour.agentId,
    reasons: "Tour cancelled",
    comments: `Tour cancelled: ${tourWords(tour)} ${tourMark(tour)}.${cancel.reason ? ` ${cancel.reason}` : ""}`,
    transactionSource: tour.sourceId,
  });
}

export function showEvent(tour: TourForPms): XmlNode {
  return event({
    type: "Show",
    at: tour.startsAt,
    agentId: tour.agentId,
    comments: `Tour took place: ${tourWords(tour)} ${tourMark(tour)}.`,
    transactionSource: tour.sourceId,
  });
}

export function noteEvent(note: NoteForPms): XmlNode {
  return event({
    type: "Other",
    at: note.at,
    agentId: note.agentId,
    ...(note.subject ? { reasons: note.subject } : {}),
    comments: `${noteMark(note.noteId)}. ${note.text}`,
    ...(note.sourceId ? { transactionSource: note.sourceId } : {}),
  });
}

/** On this event, and only on it, the transaction source is a lost reason. */
export function lossEvent(loss: { reasonId: string; agentId: string; at: string }): XmlNode {
  return event({ type: "Cancel", at: loss.at, agentId: loss.agentId, transactionSource: loss.reasonId });
}

export function reopenEvent(by: { agentId: string; at: string }): XmlNode {
  return event({ type: "ReActivate", at: by.at, agentId: by.agentId });
}

type Happening = {
  type: string;
  at: string;
  eventId?: string | null;
  agentId: string;
  reasons?: string;
  isFirstContact?: boolean;
  comments?: string;
  transactionSource?: string;
};

function event(happening: Happening): XmlNode {
  return {
    "@EventType": happening.type,
    "@EventDate": new Date(happening.at).toISOString(),
    EventID: happening.eventId ? { "@IDValue": happening.eventId, "@OrganizationName": "ResMan" } : undefined,
    Agent: { AgentID: { "@IDValue": happening.agentId } },
    EventReasons: happening.reasons ? xmlLine(happening.reasons, 100) : undefined,
    FirstContact: happening.isFirstContact ? "true" : "false",
    Comments: happening.comments ? xmlText(happening.comments, lengths.comment) : undefined,
    TransactionSource: happening.transactionSource,
  };
}

function customer(
  held: Addressee,
  name: { firstName: string; lastName: string },
  as?: "prospect" | "lost",
): XmlNode {
  return {
    "@Type": as ?? (held.state === "lost" ? "lost" : "prospect"),
    Identification: [
      { "@IDType": "ProspectID", "@IDValue": held.ref.prospectId, "@OrganizationName": "ResMan" },
      { "@IDType": "PersonID", "@IDValue": held.ref.personId, "@OrganizationName": "ResMan" },
    ],
    Name: nameNode(name),
  };
}

function nameAndReach(fields: ProspectFields, said: ReadonlySet<keyof ProspectFields>): XmlNode {
  return { Name: nameNode(fields), ...reach(fields, said) };
}

function nameNode(name: { firstName: string; lastName: string }): XmlNode {
  return { FirstName: xmlLine(name.firstName, lengths.name), LastName: xmlLine(name.lastName, lengths.name) };
}

function reach(fields: ProspectFields, said: ReadonlySet<keyof ProspectFields>): XmlNode {
  const phone = said.has("phone") ? phoneOut(fields.phone) : undefined;
  return {
    Phone: phone ? { "@PhoneType": "cell", PhoneNumber: phone } : undefined,
    Email: said.has("email") && fields.email ? fields.email : undefined,
  };
}

function preferences(
  fields: ProspectFields,
  said: ReadonlySet<keyof ProspectFields>,
  comments: string[],
): XmlNode {
  const told = <Field extends keyof ProspectFields>(field: Field): ProspectFields[Field] | null =>
    said.has(field) ? fields[field] : null;
  const unit = told("unitNumber");
  return {
    TargetMoveInDate: told("moveInDate") ?? undefined,
    DesiredFloorplan: told("floorplan") ?? undefined,
    DesiredUnit: unit ? { MarketingName: unit } : undefined,
    DesiredRent: extent(told("rent")),
    DesiredNumBedrooms: extent(told("bedrooms")),
    DesiredNumBathrooms: extent(told("bathrooms")),
    DesiredLeaseTerms: told("leaseMonths")?.toString(),
    NumberOfOccupants: told("occupantsCount")?.toString(),
    Pets: told("pets")?.map(petNode),
    Comment: comments.length === 0 ? undefined : commentNodes(comments),
  };
}

function commentNodes(comments: string[]): string[] {
  const texts = comments.map((comment) => xmlText(comment, lengths.comment)).filter((text) => text !== "");
  return [...new Set(texts)].slice(0, lengths.comments);
}

function extent(range: Range | null): XmlNode | undefined {
  if (range === null) return undefined;
  if (range.min !== null && range.min === range.max) return { "@Exact": String(range.min) };
  return { "@Min": range.min?.toString(), "@Max": range.max?.toString() };
}

const petTypes: Record<PetKind, string> = {
  dog: "Dog",
  cat: "Cat",
  bird: "Bird",
  reptile: "Reptile",
  fish: "Fish",
  other: "Other",
};

function petNode(pet: Pet): XmlNode {
  return {
    "@PetType": petTypes[pet.kind],
    "@Count": String(pet.count),
    "@Description": pet.description ? xmlLine(pet.description, lengths.petDescription) : undefined,
  };
}

const tourKinds: Record<TourKind, string> = {
  in_person: "In-person tour",
  virtual: "Virtual tour",
  self_guided: "Self-guided tour",
};

/** ResMan has no field for kind, length or local time, and shows the clock of whoever looks. */
function tourWords(tour: TourForPms): string {
  const start = Temporal.Instant.from(tour.startsAt).toZonedDateTimeISO(tour.timeZone);
  const local = start.toLocaleString("en-US", {
    weekday: "short",
    month: "short",
    day: "numeric",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  });
  const unit = tour.unitNumber ? `, unit ${tour.unitNumber}` : "";
  return `${tourKinds[tour.kind]}, ${local.replaceAll(/\s/g, " ")}${unit}, ${tour.durationMinutes} min.`;
}
