import type { OfficeHours } from "../../properties/office-hours.ts";

const weekday = [{ open: "09:00", close: "18:00" }];

/** Somebody is there on every day, on Sundays in the afternoon. */
export const demoHours: OfficeHours = {
  mon: weekday,
  tue: weekday,
  wed: weekday,
  thu: weekday,
  fri: weekday,
  sat: [{ open: "10:00", close: "17:00" }],
  sun: [{ open: "12:00", close: "17:00" }],
};

/** `ready` in so many days; one on notice is still lived in. */
type DemoUnit = { number: string; plan: string; rent: number; ready: number; onNotice?: true };
type Plan = { bedrooms: number; bathrooms: number; squareFeet: number };

export type DemoProperty = {
  key: string;
  company: string;
  name: string;
  address: string;
  city: string;
  state: string;
  zipCode: string;
  timeZone: string;
  phone: string;
  email: string;
  unitsCount: number;
  themeColor: string;
  resmanPropertyId: string;
  site: string;
  amenities: string[];
  plans: Record<string, Plan>;
  units: DemoUnit[];
};

const mapleCourt: DemoProperty = {
  key: "maple-court",
  company: "maple",
  name: "Maple Court",
  address: "210 Maple Court Drive",
  city: "Naperville",
  state: "IL",
  zipCode: "60540",
  timeZone: "America/Chicago",
  phone: "+16305550110",
  email: "leasing@maplecourt.example",
  unitsCount: 84,
  themeColor: "#2E7D32",
  resmanPropertyId: "5b1f2c9e-0a64-4d0b-9f43-000000000001",
  site: "https://www.maplecourt.example",
  amenities: ["Garage parking", "Fitness room", "Dog run", "In-unit laundry"],
  plans: {
    S1: { bedrooms: 0, bathrooms: 1, squareFeet: 510 },
    A1: { bedrooms: 1, bathrooms: 1, squareFeet: 720 },
    B2: { bedrooms: 2, bathrooms: 2, squareFeet: 1040 },
    C2: { bedrooms: 3, bathrooms: 2, squareFeet: 1310 },
  },
  units: [
    { number: "101", plan: "S1", rent: 1275, ready: 0 },
    { number: "104", plan: "A1", rent: 1495, ready: 0 },
    { number: "203", plan: "A1", rent: 1525, ready: 31, onNotice: true },
    { number: "207", plan: "B2", rent: 1895, ready: 0 },
    { number: "212", plan: "B2", rent: 1925, ready: 11 },
    { number: "305", plan: "C2", rent: 2390, ready: 31, onNotice: true },
  ],
};

const mapleHeights: DemoProperty = {
  key: "maple-heights",
  company: "maple",
  name: "Maple Heights",
  address: "77 Heights Avenue",
  city: "White Plains",
  state: "NY",
  zipCode: "10601",
  timeZone: "America/New_York",
  phone: "+19145550120",
  email: "leasing@mapleheights.example",
  unitsCount: 132,
  themeColor: "#1565C0",
  resmanPropertyId: "5b1f2c9e-0a64-4d0b-9f43-000000000002",
  site: "https://www.mapleheights.example",
  amenities: ["Doorman", "Roof terrace", "Bicycle room", "Shared laundry"],
  plans: {
    H1: { bedrooms: 1, bathrooms: 1, squareFeet: 690 },
    H2: { bedrooms: 2, bathrooms: 1, squareFeet: 930 },
  },
  units: [
    { number: "2A", plan: "H1", rent: 2150, ready: 0 },
    { number: "2C", plan: "H2", rent: 2790, ready: 31, onNotice: true },
    { number: "4B", plan: "H2", rent: 2850, ready: 11 },
  ],
};

const cedarGrove: DemoProperty = {
  key: "cedar-grove",
  company: "cedar",
  name: "Cedar Grove",
  address: "1500 Cedar Grove Road",
  city: "Pasadena",
  state: "CA",
  zipCode: "91101",
  timeZone: "America/Los_Angeles",
  phone: "+16265550133",
  email: "leasing@cedargrove.example",
  unitsCount: 60,
  themeColor: "#6D4C41",
  resmanPropertyId: "5b1f2c9e-0a64-4d0b-9f43-000000000003",
  site: "https://www.cedargrove.example",
  amenities: ["Pool", "Carports", "Barbecue garden", "Package lockers"],
  plans: {
    Juniper: { bedrooms: 1, bathrooms: 1, squareFeet: 700 },
    Saguaro: { bedrooms: 2, bathrooms: 2, squareFeet: 995 },
  },
  units: [
    { number: "1104", plan: "Juniper", rent: 1240, ready: 0 },
    { number: "1210", plan: "Juniper", rent: 1265, ready: 31, onNotice: true },
    { number: "2107", plan: "Saguaro", rent: 1610, ready: 11 },
  ],
};

export const demoProperties = [mapleCourt, mapleHeights, cedarGrove];
