import { describe, expect, it } from "vitest";
import { readXml } from "./mits-xml.ts";
import { MarketingAnswer } from "./schemas.ts";
import { bestOffer, homesFrom, isAvailable } from "./translate-homes.ts";

const unit = `<ILS_Unit IDValue="2107"><Units><Unit><Identification IDValue="2107"/><MarketingName>2107</MarketingName>
  <UnitType>A2-Saguaro</UnitType><UnitBedrooms>2</UnitBedrooms><UnitBathrooms>1.5</UnitBathrooms><MinSquareFeet>995</MinSquareFeet>
  <MarketRent>1610</MarketRent><UnitEconomicStatus>residential</UnitEconomicStatus><UnitOccupancyStatus>vacant</UnitOccupancyStatus>
  <UnitLeasedStatus>available</UnitLeasedStatus><BuildingName>Building 2</BuildingName></Unit></Units>
  <Pricing><MITS-OfferTerm><EffectiveRent>1665.00</EffectiveRent><Term>6</Term></MITS-OfferTerm>
  <MITS-OfferTerm><EffectiveRent>1570.00</EffectiveRent><Term>12</Term></MITS-OfferTerm></Pricing>
  <EffectiveRent Min="1570" Max="1665"/><FloorLevel>1</FloorLevel>
  <Availability><VacateDate Year="2026" Month="4" Day="30"/><MadeReadyDate Year="2026" Month="5" Day="4"/></Availability></ILS_Unit>`;

const plan = `<Floorplan IDValue="A2-Saguaro"><Name>Saguaro Two</Name><UnitCount>2</UnitCount><UnitsAvailable>1</UnitsAvailable>
  <Room RoomType="Bedroom"><Count>2</Count></Room><Room RoomType="Bathroom"><Count>2</Count></Room>
  <SquareFeet Min="980" Max="1010"/><MarketRent Min="1595" Max="1640"/></Floorplan>`;

function marketing(inside: string) {
  const xml = `<ResMan><Status>Success</Status><Response><PhysicalProperty><Property IDValue="p">${inside}</Property></PhysicalProperty></Response></ResMan>`;
  const property = MarketingAnswer.parse(readXml(xml)).ResMan.Response?.PhysicalProperty?.Property[0];
  return { units: property?.ILS_Unit ?? [], floorplans: property?.Floorplan ?? [] };
}

const listed = { Building: "B1", Floor: "3", UnitType: "A1" };

describe("homesFrom", () => {
  it("reads a marketed unit with its price for a year and the day it can be lived in", () => {
    expect(homesFrom([], marketing(unit)).units).toEqual([
      {
        unitNumber: "2107",
        floorplan: "A2-Saguaro",
        building: "Building 2",
        floor: "1",
        bedrooms: 2,
        bathrooms: 1.5,
        squareFeet: 995,
        marketRent: 1610,
        rent: 1570,
        rentTermMonths: 12,
        offers: [
          { months: 6, rent: 1665 },
          { months: 12, rent: 1570 },
        ],
        isMarketed: true,
        isAvailable: true,
        availableOn: "2026-05-04",
      },
    ]);
  });

  it("reads a floor plan, with the market rent where no effective rent is told", () => {
    expect(homesFrom([], marketing(plan)).floorplans).toEqual([
      {
        floorplan: "A2-Saguaro",
        title: "Saguaro Two",
        bedrooms: 2,
        bathrooms: 2,
        squareFeet: { min: 980, max: 1010 },
        rent: { min: 1595, max: 1640 },
        unitsCount: 2,
        availableCount: 1,
      },
    ]);
  });

  it("keeps units that are not marketed, as not available, and each unit once", () => {
    const units = homesFrom(
      [
        { ...listed, UnitNumber: "101" },
        { ...listed, UnitNumber: "2107" },
      ],
      marketing(unit),
    ).units;
    expect(
      units.map(({ unitNumber, isMarketed, isAvailable }) => [unitNumber, isMarketed, isAvailable]),
    ).toEqual([
      ["101", false, false],
      ["2107", true, true],
    ]);
  });

  it("takes the day of leaving for an occupied unit on notice", () => {
    const onNotice = unit.replace(">vacant<", ">occupied<").replace(">available<", ">on_notice<");
    expect(homesFrom([], marketing(onNotice)).units[0]).toMatchObject({
      isAvailable: true,
      availableOn: "2026-04-30",
    });
  });

  it("reads an empty property as no homes", () => {
    expect(homesFrom([], marketing(""))).toEqual({ units: [], floorplans: [] });
  });
});

describe("isAvailable", () => {
  it.each([
    ["residential", "vacant", "available", true],
    ["residential", "occupied", "on_notice", true],
    ["residential", "vacant", "leased", false],
    ["residential", "occupied", "leased_on_notice", false],
    ["residential", "occupied", "available", false],
    ["model", "vacant", "available", false],
    ["down", "vacant", "available", false],
    [undefined, undefined, undefined, false],
  ])("%s, %s, %s: %s", (UnitEconomicStatus, UnitOccupancyStatus, UnitLeasedStatus, expected) => {
    const status = { UnitEconomicStatus, UnitOccupancyStatus, UnitLeasedStatus };
    expect(isAvailable(status as Parameters<typeof isAvailable>[0])).toBe(expected);
  });
});

describe("bestOffer", () => {
  it("is a year's, else the cheapest, else the least effective rent, else the market's", () => {
    const six = { months: 6, rent: 1665 };
    const year = { months: 12, rent: 1700 };
    expect(bestOffer([six, year], 1500, 1610)).toEqual({ rent: 1700, rentTermMonths: 12 });
    expect(bestOffer([six, { months: 9, rent: 1600 }], 1500, 1610)).toEqual({
      rent: 1600,
      rentTermMonths: 9,
    });
    expect(bestOffer([], 1500, 1610)).toEqual({ rent: 1500, rentTermMonths: null });
    expect(bestOffer([], null, 1610)).toEqual({ rent: 1610, rentTermMonths: null });
    expect(bestOffer([], null, null)).toEqual({ rent: null, rentTermMonths: null });
  });
});
