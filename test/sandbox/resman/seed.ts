/** What ResMan holds in a fresh sandbox. The ids never change, so that demo data can name them. */

export type Choice = { id: string; name: string };
export type Employee = Choice & { email: string; securityGroup: string };
export type Unit = {
  number: string;
  plan: string;
  building: string;
  floor: string;
  rent: number;
  economic: "residential" | "model" | "down";
  occupancy: "vacant" | "occupied";
  leased: "available" | "leased" | "on_notice" | "leased_on_notice" | "other";
  /** Days from today. */
  vacatesIn: number;
  readyIn: number;
  isMarketed: boolean;
  resident: { personId: string; firstName: string; lastName: string } | null;
};
export type Floorplan = {
  name: string;
  title: string;
  bedrooms: number;
  bathrooms: number;
  squareFeet: number;
};

export type Property = {
  accountId: string;
  propertyId: string;
  name: string;
  timeZone: string;
  street: string;
  city: string;
  state: string;
  zip: string;
  phone: string;
  email: string;
  sources: Choice[];
  employees: Employee[];
  lostReasons: Choice[];
  floorplans: Floorplan[];
  units: Unit[];
};

export const partner = { id: "dev-partner", apiKey: "dev-resman-key" };

export const sources = ["DomIQ Chat", "Community website", "Walk-in", "Telephone", "Apartments.com"];
export const lostReasons = [
  "Inactive/lack of response",
  "Chose another community",
  "Rent above budget",
  "No suitable home available",
  "Moving plans changed",
];

/** A GUID that says what it is: kind, account, property and number in its last group. */
function guid(kind: 1 | 2 | 3 | 4, account: string, property: number, n: number): string {
  return `5b1f2c9e-0a64-4d0b-9f43-${kind}00${account}${property}${String(n).padStart(5, "0")}`;
}

type PropertyDraft = Omit<Property, "sources" | "employees" | "lostReasons" | "units"> & {
  n: number;
  staff: [name: string, email: string, group: string][];
  units: Omit<Unit, "resident" | "isMarketed">[];
  residents: Record<string, [firstName: string, lastName: string]>;
  /** Numbers of the units kept off the market. */
  unmarketed: string[];
};

function property({ n, staff, units, residents, unmarketed, ...draft }: PropertyDraft): Property {
  const account = draft.accountId;
  const named = (kind: 1 | 3, property: number) => (name: string, i: number) => ({
    id: guid(kind, account, property, i + 1),
    name,
  });
  return {
    ...draft,
    sources: sources.map(named(1, n)),
    employees: staff.map(([name, email, securityGroup], i) => ({
      id: guid(2, account, n, i + 1),
      name,
      email,
      securityGroup,
    })),
    lostReasons: lostReasons.map(named(3, 0)),
    units: units.map((unit, i) => {
      const [firstName, lastName] = residents[unit.number] ?? [];
      const personId = guid(4, account, n, i + 1);
      return {
        ...unit,
        isMarketed: !unmarketed.includes(unit.number),
        resident: firstName && lastName ? { personId, firstName, lastName } : null,
      };
    }),
  };
}

type Shorthand = [number: string, plan: string, building: string, rent: number, state: keyof typeof states];

const states = {
  ready: { economic: "residential", occupancy: "vacant", leased: "available", vacatesIn: -21, readyIn: -2 },
  readying: { economic: "residential", occupancy: "vacant", leased: "available", vacatesIn: -3, readyIn: 11 },
  notice: { economic: "residential", occupancy: "occupied", leased: "on_notice", vacatesIn: 24, readyIn: 31 },
  taken: {
    economic: "residential",
    occupancy: "occupied",
    leased: "leased_on_notice",
    vacatesIn: 18,
    readyIn: 25,
  },
  lived: { economic: "residential", occupancy: "occupied", leased: "leased", vacatesIn: 200, readyIn: 207 },
  preleased: { economic: "residential", occupancy: "vacant", leased: "leased", vacatesIn: -9, readyIn: 4 },
  model: { economic: "model", occupancy: "vacant", leased: "other", vacatesIn: -300, readyIn: -290 },
  down: { economic: "down", occupancy: "vacant", leased: "other", vacatesIn: -60, readyIn: 120 },
} as const;

function units(rows: Shorthand[]): PropertyDraft["units"] {
  return rows.map(([number, plan, building, rent, state]) => ({
    number,
    plan,
    building,
    rent,
    floor: number.charAt(0),
    ...states[state],
  }));
}

export const mapleCourt = property({
  n: 1,
  accountId: "400",
  propertyId: "5b1f2c9e-0a64-4d0b-9f43-000000000001",
  name: "Maple Court",
  timeZone: "America/Chicago",
  street: "210 Maple Court Drive",
  city: "Naperville",
  state: "IL",
  zip: "60540",
  phone: "630-555-0110",
  email: "leasing@maplecourt.example",
  staff: [
    ["DomIQ Assistant", "assistant@maplecourt.example", "Leasing Agent"],
    ["Ola Reyes", "ola.reyes@maplecourt.example", "Leasing Agent"],
    ["Grace Lindqvist", "grace.lindqvist@maplecourt.example", "Property Manager"],
  ],
  floorplans: [
    { name: "S1", title: "The Sapling", bedrooms: 0, bathrooms: 1, squareFeet: 510 },
    { name: "A1", title: "The Acer", bedrooms: 1, bathrooms: 1, squareFeet: 720 },
    { name: "B2", title: "The Bigleaf", bedrooms: 2, bathrooms: 2, squareFeet: 1040 },
    { name: "C2", title: "The Canopy", bedrooms: 3, bathrooms: 2, squareFeet: 1310 },
  ],
  units: units([
    ["101", "S1", "Building 1", 1275, "ready"],
    ["104", "A1", "Building 1", 1495, "ready"],
    ["108", "A1", "Building 1", 1510, "model"],
    ["203", "A1", "Building 1", 1525, "notice"],
    ["207", "B2", "Building 2", 1895, "ready"],
    ["212", "B2", "Building 2", 1925, "readying"],
    ["215", "B2", "Building 2", 1940, "lived"],
    ["301", "B2", "Building 2", 1960, "taken"],
    ["305", "C2", "Building 2", 2390, "notice"],
    ["309", "C2", "Building 2", 2425, "preleased"],
    ["312", "A1", "Building 1", 1540, "down"],
  ]),
  residents: {
    "203": ["Ines", "Okonkwo"],
    "215": ["Walter", "Hu"],
    "301": ["Pia", "Sorensen"],
    "305": ["Tom", "Barlow"],
  },
  unmarketed: ["312"],
});

export const mapleHeights = property({
  n: 2,
  accountId: "400",
  propertyId: "5b1f2c9e-0a64-4d0b-9f43-000000000002",
  name: "Maple Heights",
  timeZone: "America/New_York",
  street: "77 Heights Avenue",
  city: "White Plains",
  state: "NY",
  zip: "10601",
  phone: "914-555-0120",
  email: "leasing@mapleheights.example",
  staff: [
    ["DomIQ Assistant", "assistant@mapleheights.example", "Leasing Agent"],
    ["Dev Anand", "dev.anand@mapleheights.example", "Leasing Agent"],
  ],
  floorplans: [
    { name: "H1", title: "Terrace One", bedrooms: 1, bathrooms: 1, squareFeet: 690 },
    { name: "H2", title: "Terrace Two", bedrooms: 2, bathrooms: 1, squareFeet: 930 },
  ],
  units: units([
    ["2A", "H1", "Tower", 2150, "ready"],
    ["2C", "H2", "Tower", 2790, "notice"],
    ["4B", "H2", "Tower", 2850, "readying"],
    ["5A", "H1", "Tower", 2225, "lived"],
    ["6D", "H2", "Tower", 2910, "preleased"],
  ]),
  residents: { "2C": ["Marisol", "Vega"], "5A": ["Jonas", "Petit"] },
  unmarketed: [],
});

export const cedarGrove = property({
  n: 3,
  accountId: "500",
  propertyId: "5b1f2c9e-0a64-4d0b-9f43-000000000003",
  name: "Cedar Grove",
  timeZone: "America/Los_Angeles",
  street: "1500 Cedar Grove Road",
  city: "Mesa",
  state: "AZ",
  zip: "85201",
  phone: "480-555-0130",
  email: "leasing@cedargrove.example",
  staff: [
    ["DomIQ Assistant", "assistant@cedargrove.example", "Leasing Agent"],
    ["Ruth Ferrera", "ruth.ferrera@cedargrove.example", "Leasing Agent"],
  ],
  floorplans: [
    { name: "Juniper", title: "Juniper One", bedrooms: 1, bathrooms: 1, squareFeet: 700 },
    { name: "Saguaro", title: "Saguaro Two", bedrooms: 2, bathrooms: 2, squareFeet: 995 },
  ],
  units: units([
    ["1104", "Juniper", "Building 1", 1240, "ready"],
    ["1210", "Juniper", "Building 1", 1265, "notice"],
    ["2107", "Saguaro", "Building 2", 1610, "readying"],
    ["2203", "Saguaro", "Building 2", 1635, "lived"],
  ]),
  residents: { "1210": ["Abel", "Quintero"], "2203": ["Hana", "Novak"] },
  unmarketed: [],
});

export const seededProperties: Property[] = [mapleCourt, mapleHeights, cedarGrove];
