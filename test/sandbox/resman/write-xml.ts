import { XMLBuilder } from "fast-xml-parser";
import type { Extent, LeadEvent, Person, Prospect } from "./prospects.ts";
import { readSettings } from "./settings.ts";

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  suppressBooleanAttributes: false,
  processEntities: true,
  format: true,
});

export type XmlNode = Record<string, unknown>;

export function toXml(document: XmlNode): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${builder.build(pruned(document))}`;
}

/** What `PostLeadManagement4_0` echoes: ids and names, and the events just posted where that switch is on. */
export function postedXml(sql: SqlStorage, posted: { prospect: Prospect; eventIds: string[] }[]): XmlNode {
  const { echo_event_ids } = readSettings(sql);
  return {
    LeadManagement: {
      Prospects: {
        Prospect: posted.map(({ prospect, eventIds }) => ({
          Customers: { Customer: prospect.people.map((person) => customer(prospect.id, person, false)) },
          Events: echo_event_ids
            ? {
                Event: prospect.events
                  .filter((event) => eventIds.includes(event.event_id))
                  .map((one) => eventNode(one, true)),
              }
            : undefined,
        })),
      },
    },
  };
}

/** What `SearchProspects` answers; `Prospects` is there and empty when nothing matches. */
export function foundXml(sql: SqlStorage, prospects: Prospect[]): XmlNode {
  const { search_event_ids } = readSettings(sql);
  return {
    LeadManagement: {
      Prospects:
        prospects.length === 0
          ? ""
          : { Prospect: prospects.map((one) => prospectNode(one, search_event_ids)) },
    },
  };
}

function prospectNode(prospect: Prospect, withEventIds: boolean): XmlNode {
  const wish = prospect.preferences;
  return {
    LastUpdateDate: offset(prospect.last_update_date),
    Customers: { Customer: prospect.people.map((person) => customer(prospect.id, person, true)) },
    CustomerPreferences: {
      TargetMoveInDate: wish.target_move_in_date,
      DesiredFloorplan: wish.desired_floorplan,
      DesiredUnit: wish.desired_units.map((MarketingName) => ({ MarketingName })),
      DesiredRent: extent(wish.desired_rent),
      DesiredNumBedrooms: extent(wish.desired_bedrooms),
      DesiredNumBathrooms: extent(wish.desired_bathrooms),
      DesiredLeaseTerms: wish.desired_lease_terms,
      NumberOfOccupants: wish.number_of_occupants,
      Pets: wish.pets.map((pet) => ({
        "@PetType": pet.type,
        "@Count": pet.count,
        "@Description": pet.description,
      })),
      Comment: wish.comments,
    },
    Events: { Event: prospect.events.map((event) => eventNode(event, withEventIds)) },
  };
}

function customer(prospectId: string, person: Person, isWhole: boolean): XmlNode {
  const identification = (type: string, value: string) => ({
    "@IDType": type,
    "@IDValue": value,
    "@OrganizationName": "ResMan",
  });
  return {
    "@Type": person.type,
    Identification: [identification("ProspectID", prospectId), identification("PersonID", person.person_id)],
    Name: { FirstName: person.first_name, LastName: person.last_name },
    ...(isWhole
      ? {
          Phone: person.phones.map(({ type, number }) => ({ "@PhoneType": type, PhoneNumber: number })),
          Email: person.email,
        }
      : {}),
  };
}

function eventNode(event: LeadEvent, withId: boolean): XmlNode {
  return {
    "@EventType": event.event_type,
    "@EventDate": offset(event.event_date),
    EventID: withId ? { "@IDValue": event.event_id, "@OrganizationName": "ResMan" } : undefined,
    Agent: event.agent_id ? { AgentID: { "@IDValue": event.agent_id } } : undefined,
    EventReasons: event.event_reasons,
    FirstContact: String(event.first_contact),
    Comments: event.comments,
    // The reason of a loss is told by name above, never by id.
    TransactionSource: event.event_type === "Cancel" ? undefined : event.transaction_source,
  };
}

function extent(range: Extent | null): XmlNode | undefined {
  return range ? { "@Min": range.min, "@Max": range.max, "@Exact": range.exact } : undefined;
}

function offset(utc: string): string {
  return utc.replace("Z", "+00:00");
}

/** Without what is null or undefined, at every depth. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === null || inner === undefined ? [] : [[key, pruned(inner)]],
    ),
  );
}
