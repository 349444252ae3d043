import { lostReasonsOf } from "./properties.ts";
import {
  findProspect,
  type LeadEvent,
  noPreferences,
  type Person,
  type Prospect,
  saveProspect,
  searchStored,
} from "./prospects.ts";
import { type PostedEvent, type PostedPerson, type PostedProspect, readLeadManagement } from "./read-xml.ts";
import { Refusal, unknownSource } from "./refuse.ts";
import type { Property } from "./seed.ts";
import { readSettings, type Settings } from "./settings.ts";

const eventTypes = (
  "Appointment EmailToProspect EmailFromILS EmailFromProspect Email CallToProspect CallFromProspect Phone Show WalkIn " +
  "Contact Other Cancel ReActivate TextToProspect TextFromProspect Application CancelAppointment"
).split(" ");

export type Posted = { prospect: Prospect; eventIds: string[] };

/** Creates or updates prospects. Nothing is stored unless the whole document is right. */
export function postLeadManagement(sql: SqlStorage, property: Property, xml: string): Posted[] {
  const settings = readSettings(sql);
  const changes = readLeadManagement(xml).map((posted) => changeOf(sql, property, settings, posted));
  return changes.map(({ prospect, eventIds }) => ({ prospect: saveProspect(sql, prospect), eventIds }));
}

function changeOf(sql: SqlStorage, property: Property, settings: Settings, posted: PostedProspect) {
  const [main] = posted.people;
  if (!main) throw new Refusal("A Prospect needs a Customer");
  const held = heldBy(sql, property, main);
  if (!held) checkNew(sql, property, settings, posted, main);
  const events = posted.events.map((event) => checkedEvent(sql, property, settings, held, event));
  const before = held ?? {
    id: crypto.randomUUID(),
    account_id: property.accountId,
    property_id: property.propertyId,
    people: [],
    preferences: noPreferences,
    events: [],
  };
  const people = posted.people.reduce(withPerson, before.people);
  const prospect = {
    ...before,
    people: events.reduce(withMove, people),
    preferences: { ...before.preferences, ...posted.preferences },
    events: events.reduce(withEvent, before.events),
  };
  return { prospect, eventIds: events.map(({ event_id }) => event_id) };
}

function heldBy(sql: SqlStorage, property: Property, main: PostedPerson): Prospect | null {
  if (main.prospectId === null) {
    if (main.personId !== null) throw new Refusal("A PersonID needs its ProspectID");
    return null;
  }
  const held = findProspect(sql, main.prospectId);
  if (held?.property_id !== property.propertyId) throw new Refusal("Prospect could not be found");
  return held;
}

function checkNew(
  sql: SqlStorage,
  property: Property,
  settings: Settings,
  posted: PostedProspect,
  main: PostedPerson,
): void {
  const first = posted.events.find((event) => event.firstContact);
  if (!first) throw new Refusal("A new prospect needs an event with FirstContact");
  if (!first.source) throw new Refusal(unknownSource);
  const twin =
    settings.reject_duplicates && main.email && searchStored(sql, property.propertyId, { email: main.email });
  if (twin && twin.length > 0) throw new Refusal("A prospect with this email already exists");
}

function withPerson(people: Person[], posted: PostedPerson): Person[] {
  const { prospectId: _, personId, ...said } = posted;
  if (personId === null) return [...people, { ...said, person_id: crypto.randomUUID() }];
  const held = people.find((person) => person.person_id === personId);
  if (!held) throw new Refusal("Person could not be found");
  const changed: Person = {
    ...held,
    type: posted.type === "lost" && held.type === "prospect" ? "lost" : held.type,
    first_name: posted.first_name,
    last_name: posted.last_name,
    email: posted.email ?? held.email,
    phones: [
      ...held.phones.filter(({ type }) => !posted.phones.some((phone) => phone.type === type)),
      ...posted.phones,
    ],
  };
  return people.map((person) => (person === held ? changed : person));
}

function checkedEvent(
  sql: SqlStorage,
  property: Property,
  settings: Settings,
  held: Prospect | null,
  posted: PostedEvent,
): LeadEvent {
  const type = eventTypes.find((one) => one.toLowerCase() === posted.type.toLowerCase());
  if (!type || (type === "CancelAppointment" && !settings.accept_cancel_appointment)) {
    throw new Refusal(`Event type '${posted.type}' is not supported`);
  }
  if (!property.employees.some((employee) => employee.id === posted.agentId)) {
    throw new Refusal("Agent could not be found");
  }
  const choices = type === "Cancel" ? lostReasonsOf(sql, property.accountId) : property.sources;
  const source = choices.find(({ id }) => id === posted.source?.toLowerCase());
  if (!source && (posted.source !== null || type === "Cancel")) throw new Refusal(unknownSource);
  const old = held?.events.find(({ event_id }) => event_id === posted.eventId);
  if (posted.eventId !== null && !old) throw new Refusal("Event could not be found");
  const isMove = type === "Appointment" && settings.reschedule_by_event_id;
  return {
    event_id: old && isMove ? old.event_id : crypto.randomUUID(),
    event_type: type,
    event_date: posted.date,
    agent_id: posted.agentId,
    event_reasons: type === "Cancel" ? `Prospect Lost: ${source?.name}` : posted.reasons,
    first_contact: posted.firstContact,
    comments: posted.comments ?? (isMove ? (old?.comments ?? null) : null),
    transaction_source: source?.id ?? null,
    cancels: type === "CancelAppointment" ? (old?.event_id ?? null) : null,
  };
}

/** An event with the id of an old one takes its place. */
function withEvent(events: LeadEvent[], event: LeadEvent): LeadEvent[] {
  const isOld = events.some(({ event_id }) => event_id === event.event_id);
  return isOld ? events.map((one) => (one.event_id === event.event_id ? event : one)) : [...events, event];
}

/** `Cancel` loses the prospects of the household, `ReActivate` brings the lost ones back. */
function withMove(people: Person[], event: LeadEvent): Person[] {
  const moves = { Cancel: ["prospect", "lost"], ReActivate: ["lost", "prospect"] } as const;
  const [from, to] = moves[event.event_type as keyof typeof moves] ?? [];
  return from && to
    ? people.map((person) => (person.type === from ? { ...person, type: to } : person))
    : people;
}
