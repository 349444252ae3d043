import { XMLParser } from "fast-xml-parser";
import { type Extent, type Person, type PersonType, personTypes, type Preferences } from "./prospects.ts";
import { Refusal } from "./refuse.ts";

export type PostedPerson = Omit<Person, "person_id"> & { prospectId: string | null; personId: string | null };

export type PostedEvent = {
  eventId: string | null;
  type: string;
  date: string;
  agentId: string | null;
  reasons: string | null;
  firstContact: boolean;
  comments: string | null;
  source: string | null;
};

export type PostedProspect = {
  people: PostedPerson[];
  /** What the document speaks of; the rest stays as it is. */
  preferences: Partial<Preferences>;
  events: PostedEvent[];
};

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  ignoreDeclaration: true,
  processEntities: true,
  htmlEntities: true,
});

type Node = Record<string, unknown>;

/** Reads the `Xml` of `PostLeadManagement4_0`, refusing what the schema does not allow. */
export function readLeadManagement(xml: string): PostedProspect[] {
  if (/<!DOCTYPE/i.test(xml)) throw new Refusal("The Xml may not carry a document type");
  let document: unknown;
  try {
    document = parser.parse(xml, true);
  } catch (error) {
    throw new Refusal(`The Xml could not be parsed: ${String(error)}`);
  }
  const prospects = many(child(child(node(document), "LeadManagement"), "Prospects"), "Prospect");
  if (prospects.length === 0) throw new Refusal("The Xml holds no Prospect");
  return prospects.map((prospect) => ({
    people: many(child(prospect, "Customers"), "Customer").map(readPerson),
    preferences: readPreferences(child(prospect, "CustomerPreferences")),
    events: many(child(prospect, "Events"), "Event").map(readEvent),
  }));
}

function readPerson(customer: Node): PostedPerson {
  const id = (type: string) =>
    text(many(customer, "Identification").find((one) => text(one, "@IDType") === type) ?? {}, "@IDValue");
  const name = child(customer, "Name");
  return {
    prospectId: id("ProspectID")?.toLowerCase() ?? null,
    personId: id("PersonID")?.toLowerCase() ?? null,
    type: personType(text(customer, "@Type")),
    first_name: required("FirstName", bounded("FirstName", text(name, "FirstName"), 50)),
    last_name: required("LastName", bounded("LastName", text(name, "LastName"), 50)),
    email: bounded("Email", text(customer, "Email"), 80),
    phones: many(customer, "Phone").flatMap((phone) => {
      const number = bounded("PhoneNumber", text(phone, "PhoneNumber"), 20);
      return number ? [{ type: required("PhoneType", text(phone, "@PhoneType")), number }] : [];
    }),
  };
}

function personType(type: string | null): PersonType {
  const known = personTypes.find((one) => one === type?.toLowerCase());
  if (!known) throw new Refusal(`Customer Type '${type ?? ""}' is not supported`);
  return known;
}

function readPreferences(wish: Node): Partial<Preferences> {
  const said = <Key extends keyof Preferences>(key: Key, element: string, value: () => Preferences[Key]) =>
    element in wish ? { [key]: value() } : {};
  const move = text(wish, "TargetMoveInDate");
  if (move !== null && !/^\d{4}-\d{2}-\d{2}$/.test(move)) throw new Refusal("TargetMoveInDate is not a date");
  const comments = many(wish, "Comment").flatMap((one) => bounded("Comment", own(one), 1000) ?? []);
  if (comments.length > 5) throw new Refusal("There may be at most 5 Comments");
  return {
    ...said("target_move_in_date", "TargetMoveInDate", () => move),
    ...said("desired_floorplan", "DesiredFloorplan", () => text(wish, "DesiredFloorplan")),
    ...said("desired_units", "DesiredUnit", () =>
      many(wish, "DesiredUnit").flatMap((unit) => text(unit, "MarketingName") ?? []),
    ),
    ...said("desired_rent", "DesiredRent", () => extent(child(wish, "DesiredRent"), /^\d+(\.\d{1,2})?$/)),
    ...said("desired_bedrooms", "DesiredNumBedrooms", () =>
      extent(child(wish, "DesiredNumBedrooms"), /^\d+$/),
    ),
    ...said("desired_bathrooms", "DesiredNumBathrooms", () =>
      extent(child(wish, "DesiredNumBathrooms"), /^\d+$/),
    ),
    ...said("desired_lease_terms", "DesiredLeaseTerms", () => text(wish, "DesiredLeaseTerms")),
    ...said("number_of_occupants", "NumberOfOccupants", () => text(wish, "NumberOfOccupants")),
    ...said("pets", "Pets", () =>
      many(wish, "Pets").map((pet) => ({
        type: required("PetType", text(pet, "@PetType")),
        count: required("Pets Count", text(pet, "@Count")),
        description: bounded("Pets Description", text(pet, "@Description"), 50),
      })),
    ),
    ...said("comments", "Comment", () => comments),
  };
}

function extent(node: Node, form: RegExp): Extent {
  const [min, max, exact] = ["@Min", "@Max", "@Exact"].map((name) => text(node, name));
  for (const value of [min, max, exact]) {
    if (value && !form.test(value)) throw new Refusal(`'${value}' is not a valid amount`);
  }
  return { min: min ?? null, max: max ?? null, exact: exact ?? null };
}

function readEvent(event: Node): PostedEvent {
  const first = text(event, "FirstContact");
  return {
    eventId: text(child(event, "EventID"), "@IDValue"),
    type: required("EventType", text(event, "@EventType")),
    date: instant(required("EventDate", text(event, "@EventDate"))),
    agentId: text(child(child(event, "Agent"), "AgentID"), "@IDValue")?.toLowerCase() ?? null,
    reasons: text(event, "EventReasons"),
    firstContact: first?.toLowerCase() === "true",
    comments: bounded("Comments", text(event, "Comments"), 1000),
    source: text(event, "TransactionSource"),
  };
}

/** An `xs:dateTime`; without an offset it is UTC. */
export function instant(date: string): string {
  const [form] = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.exec(date) ?? [];
  const at = new Date(form && !/(Z|[+-]\d{2}:\d{2})$/.test(form) ? `${form}Z` : (form ?? ""));
  if (Number.isNaN(at.getTime())) throw new Refusal(`EventDate '${date}' is not a date and time`);
  return at.toISOString();
}

function node(value: unknown): Node {
  return typeof value === "object" && value !== null ? (value as Node) : {};
}

function child(parent: Node, name: string): Node {
  return node(many(parent, name)[0]);
}

function many(parent: Node, name: string): Node[] {
  const value = parent[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((one) =>
    typeof one === "string" ? { "#text": one } : node(one),
  );
}

/** The text of an attribute or of a child element; null when empty or absent. */
function text(parent: Node, name: string): string | null {
  const value = parent[name];
  return own(typeof value === "string" ? { "#text": value } : node(value));
}

function own(element: Node): string | null {
  const value = element["#text"];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

function required(name: string, value: string | null): string {
  if (value === null) throw new Refusal(`${name} is required`);
  return value;
}

function bounded(name: string, value: string | null, length: number): string | null {
  if (value !== null && value.length > length)
    throw new Refusal(`${name} may not be longer than ${length} characters`);
  return value;
}
