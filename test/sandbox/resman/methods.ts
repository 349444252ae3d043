import { marketingXml } from "./marketing.ts";
import { postLeadManagement } from "./post-lead.ts";
import { lostReasonsOf, listProperties, propertyOf } from "./properties.ts";
import { listProspects, searchStored } from "./prospects.ts";
import { Refusal } from "./refuse.ts";
import type { Property } from "./seed.ts";
import { readSettings } from "./settings.ts";
import { foundXml, postedXml, type XmlNode } from "./write-xml.ts";

/** Field names are matched without regard to case, so they are kept in lower case. */
export type Fields = ReadonlyMap<string, string>;

/** The gateway before ResMan gave up: an HTTP status of its own, not an envelope. */
export class GatewayFailure extends Error {}

type Method =
  | { format: "xml"; scope: "property"; run(sql: SqlStorage, property: Property, fields: Fields): XmlNode }
  | { format: "json"; scope: "property"; run(sql: SqlStorage, property: Property, fields: Fields): object }
  | { format: "json"; scope: "account"; run(sql: SqlStorage, accountId: string): object };

export const methods: Record<string, Method> = {
  "mits/postleadmanagement4_0": {
    format: "xml",
    scope: "property",
    run: (sql, property, fields) =>
      postedXml(sql, postLeadManagement(sql, property, fields.get("xml") ?? "")),
  },
  "mits/searchprospects": {
    format: "xml",
    scope: "property",
    run: (sql, property, fields) => foundXml(sql, search(sql, property, fields)),
  },
  "mits/getmarketing4_0": {
    format: "xml",
    scope: "property",
    run: (_sql, property) => marketingXml(property, Date.now()),
  },
  "leasing/getprospectsources": {
    format: "json",
    scope: "property",
    run: (_sql, property) => ({
      ProspectSources: property.sources.map(({ id, name }) => ({ ID: id, Name: name })),
    }),
  },
  "leasing/getlostprospectreasons": {
    format: "json",
    scope: "account",
    run: (sql, accountId) => ({
      LostProspectReasons: lostReasonsOf(sql, accountId).map(({ id, name }) => ({ ID: id, Name: name })),
    }),
  },
  "leasing/getemployees": {
    format: "json",
    scope: "property",
    run: (_sql, property) => ({
      Employees: property.employees.map(({ id, name, email, securityGroup }) => ({
        ID: id,
        Name: name,
        Email: email,
        SecurityGroup: securityGroup,
      })),
    }),
  },
  "leasing/getapplicantsandcurrentresidents": {
    format: "json",
    scope: "property",
    run: (sql, property) => ({ People: occupants(sql, property) }),
  },
  "property/getunits": {
    format: "json",
    scope: "property",
    run: (_sql, property) => ({
      Units: property.units.map((unit) => ({
        UnitNumber: unit.number,
        Building: unit.building,
        Floor: unit.floor,
        StreetAddress: property.street,
        City: property.city,
        State: property.state,
        Zip: property.zip,
        UnitType: unit.plan,
      })),
    }),
  },
  "account/getproperties": {
    format: "json",
    scope: "account",
    run: (sql, accountId) => ({
      Properties: listProperties(sql, accountId).map((property) => ({
        PropertyID: property.propertyId,
        Name: property.name,
        StreetAddress: property.street,
        City: property.city,
        State: property.state,
        Zip: property.zip,
        Phone: property.phone,
        Email: property.email,
      })),
    }),
  },
};

export function runMethod(sql: SqlStorage, method: Method, fields: Fields): object {
  const accountId = fields.get("accountid") ?? "";
  if (!/^\d{1,9}$/.test(accountId)) throw new Refusal("Account could not be found");
  if (method.scope === "account") return method.run(sql, accountId);
  return method.run(sql, propertyOf(sql, accountId, fields.get("propertyid") ?? ""), fields);
}

function search(sql: SqlStorage, property: Property, fields: Fields) {
  const get = (name: string) => fields.get(name)?.trim() || undefined;
  const [firstName, lastName] = [get("firstname"), get("lastname")];
  const [from, to] = [get("modifiedstartdatetime"), get("modifiedenddatetime")];
  const filter = {
    id: get("prospectid"),
    email: get("email"),
    phone: get("phone"),
    firstName,
    lastName,
    fromMs: from === undefined ? undefined : filterTime(from),
    toMs: to === undefined ? undefined : filterTime(to),
  };
  if (Object.values(filter).every((value) => value === undefined))
    throw new Refusal("Search criteria are required");
  if ((firstName === undefined) !== (lastName === undefined)) {
    throw new Refusal("FirstName and LastName are required together");
  }
  const found = searchStored(sql, property.propertyId, filter);
  if (found.length > readSettings(sql).search_limit)
    throw new GatewayFailure("upstream sent too big a body: buffer overflow");
  return found;
}

/** `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS(.ffffff)+00:00`; read as UTC. */
function filterTime(text: string): number {
  const form = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text);
  const at = form ? Date.parse(`${form[1]}T${form[2] ?? "00:00:00"}${form[3] ?? "Z"}`) : Number.NaN;
  if (Number.isNaN(at)) throw new Refusal(`'${text}' is not a valid date`);
  return at;
}

function occupants(sql: SqlStorage, property: Property) {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const residents = property.units.flatMap((unit) =>
    unit.resident
      ? [
          {
            PersonID: unit.resident.personId,
            FirstName: unit.resident.firstName,
            LastName: unit.resident.lastName,
            MobilePhone: null,
            HomePhone: null,
            WorkPhone: null,
            LeaseStartDate: day(unit.vacatesIn - 365),
            LeaseEndDate: day(unit.vacatesIn),
            Unit: unit.number,
            Status: "Current",
          },
        ]
      : [],
  );
  const statuses: Partial<Record<string, string>> = {
    applicant: "Pending",
    future_resident: "Pending",
    current_resident: "Current",
  };
  const converted = listProspects(sql, property.propertyId).flatMap((prospect) =>
    prospect.people.flatMap((person) => {
      const status = statuses[person.type];
      if (!status) return [];
      return [
        {
          PersonID: person.person_id,
          FirstName: person.first_name,
          LastName: person.last_name,
          MobilePhone: person.phones[0]?.number ?? null,
          HomePhone: null,
          WorkPhone: null,
          LeaseStartDate: prospect.preferences.target_move_in_date,
          LeaseEndDate: null,
          Unit: prospect.preferences.desired_units[0] ?? null,
          Status: status,
        },
      ];
    }),
  );
  return [...residents, ...converted];
}
