import { Refusal } from "./refuse.ts";
import { lostReasons, type Property, sources } from "./seed.ts";
import { readSettings } from "./settings.ts";

export function adoptProperty(sql: SqlStorage, property: Property): Property {
  sql.exec(
    "INSERT INTO resman_properties (property_id, account_id, property) VALUES (?, ?, ?)",
    property.propertyId,
    property.accountId,
    JSON.stringify(property),
  );
  return property;
}

export function listProperties(sql: SqlStorage, accountId?: string): Property[] {
  return sql
    .exec<{ property: string }>(
      "SELECT property FROM resman_properties WHERE ?1 = '' OR account_id = ?1 ORDER BY property_id",
      accountId ?? "",
    )
    .toArray()
    .map(({ property }) => JSON.parse(property) as Property);
}

/** The property, if it is the account's. One never seen before is taken in, unless `only_known_properties` is on. */
export function propertyOf(sql: SqlStorage, accountId: string, propertyId: string): Property {
  const [row] = sql
    .exec<{ property: string }>(
      "SELECT property FROM resman_properties WHERE property_id = ?",
      propertyId.toLowerCase(),
    )
    .toArray();
  const known = row && (JSON.parse(row.property) as Property);
  if (known?.accountId === accountId) return known;
  if (known || readSettings(sql).only_known_properties || !isGuid(propertyId)) {
    throw new Refusal("Property could not be found");
  }
  return adoptProperty(sql, newProperty(accountId, propertyId.toLowerCase()));
}

/** Lost reasons are the account's. */
export function lostReasonsOf(sql: SqlStorage, accountId: string): Property["lostReasons"] {
  return listProperties(sql, accountId)[0]?.lostReasons ?? [];
}

function newProperty(accountId: string, propertyId: string): Property {
  const short = propertyId.slice(-6);
  const named = (name: string) => ({ id: crypto.randomUUID(), name });
  return {
    accountId,
    propertyId,
    name: `Property ${short}`,
    timeZone: "UTC",
    street: "1 Test Street",
    city: "Springfield",
    state: "IL",
    zip: "62701",
    phone: "217-555-0100",
    email: `leasing-${short}@sandbox.example`,
    sources: sources.map(named),
    employees: ["DomIQ Assistant", "Ola Reyes"].map((name) => ({
      ...named(name),
      email: `${name.toLowerCase().replace(" ", ".")}@sandbox.example`,
      securityGroup: "Leasing Agent",
    })),
    lostReasons: lostReasons.map(named),
    floorplans: [{ name: "A1", title: "One bedroom", bedrooms: 1, bathrooms: 1, squareFeet: 700 }],
    units: [
      {
        number: "101",
        plan: "A1",
        building: "Building 1",
        floor: "1",
        rent: 1400,
        economic: "residential",
        occupancy: "vacant",
        leased: "available",
        vacatesIn: -10,
        readyIn: 0,
        isMarketed: true,
        resident: null,
      },
    ],
  };
}

function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
