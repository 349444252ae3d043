import type { Floorplan, Property, Unit } from "./seed.ts";
import type { XmlNode } from "./write-xml.ts";

const dayMs = 86_400_000;

/** `Response` of `GetMarketing4_0`: marketed units, floor plans, a price for six and one for twelve months. */
export function marketingXml(property: Property, now: number): XmlNode {
  const units = property.units.filter((unit) => unit.isMarketed);
  return {
    PhysicalProperty: {
      Property: {
        "@IDValue": property.propertyId,
        "@OrganizationName": "ResMan",
        "@IDType": "PropertyID",
        PropertyID: {
          MarketingName: property.name,
          Address: {
            "@AddressType": "property",
            AddressLine1: property.street,
            City: property.city,
            State: property.state,
            PostalCode: property.zip,
          },
          Phone: { "@PhoneType": "personal", PhoneNumber: property.phone },
          Email: property.email,
        },
        Information: { UnitCount: String(property.units.length) },
        Fee: { AdminFee: "150", ApplicationFee: "60" },
        Floorplan: property.floorplans.map((plan) => floorplanNode(plan, units)),
        ILS_Unit: units.map((unit) => unitNode(property, unit, now)),
      },
    },
  };
}

function floorplanNode(plan: Floorplan, units: Unit[]): XmlNode {
  const own = units.filter((unit) => unit.plan === plan.name);
  const rents = own.map((unit) => unit.rent);
  return {
    "@IDValue": plan.name,
    "@OrganizationName": "ResMan",
    "@IDType": "Name",
    Name: plan.title,
    UnitCount: String(own.length),
    UnitsAvailable: String(own.filter(isToLet).length),
    Room: [
      { "@RoomType": "Bedroom", Count: String(plan.bedrooms) },
      { "@RoomType": "Bathroom", Count: String(plan.bathrooms) },
    ],
    SquareFeet: {
      "@Min": String(plan.squareFeet),
      "@Max": String(plan.squareFeet),
      "@Avg": String(plan.squareFeet),
    },
    MarketRent:
      rents.length > 0
        ? { "@Min": String(Math.min(...rents)), "@Max": String(Math.max(...rents)) }
        : undefined,
  };
}

function isToLet(unit: Unit): boolean {
  return unit.economic === "residential" && (unit.leased === "available" || unit.leased === "on_notice");
}

function unitNode(property: Property, unit: Unit, now: number): XmlNode {
  const plan = property.floorplans.find(({ name }) => name === unit.plan);
  const offers = [
    { EffectiveRent: unit.rent.toFixed(2), Term: "12" },
    { EffectiveRent: (unit.rent + 95).toFixed(2), Term: "6" },
  ];
  return {
    "@IDValue": unit.number,
    "@OrganizationName": "ResMan",
    "@IDType": "Number",
    Units: {
      Unit: {
        Identification: { "@IDValue": unit.number, "@OrganizationName": "ResMan", "@IDType": "Number" },
        MarketingName: unit.number,
        UnitType: unit.plan,
        UnitBedrooms: String(plan?.bedrooms ?? 0),
        UnitBathrooms: String(plan?.bathrooms ?? 1),
        MinSquareFeet: String(plan?.squareFeet ?? 0),
        MaxSquareFeet: String(plan?.squareFeet ?? 0),
        MarketRent: String(unit.rent + 25),
        UnitEconomicStatus: unit.economic,
        UnitOccupancyStatus: unit.occupancy,
        UnitLeasedStatus: unit.leased,
        FloorplanName: plan?.title,
        BuildingName: unit.building,
      },
    },
    Pricing: { "MITS-OfferTerm": offers },
    EffectiveRent: { "@Min": String(unit.rent), "@Max": String(unit.rent + 95) },
    FloorLevel: unit.floor,
    Availability: {
      VacateDate: parted(now + unit.vacatesIn * dayMs),
      VacancyClass: unit.occupancy === "vacant" ? "Unoccupied" : "Occupied",
      MadeReadyDate: parted(now + unit.readyIn * dayMs),
    },
  };
}

function parted(ms: number): XmlNode {
  const at = new Date(ms);
  return {
    "@Year": String(at.getUTCFullYear()),
    "@Month": String(at.getUTCMonth() + 1),
    "@Day": String(at.getUTCDate()),
  };
}
