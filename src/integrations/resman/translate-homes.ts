import type { PmsFloorplan, PmsHomes, PmsUnit, Range } from "../pms.ts";
import type { MitsFloorplan, MitsMarketedUnit, ResmanListedUnit } from "./schemas.ts";

/** The marketed units with their prices, and the others with what the plain unit list tells. */
export function homesFrom(
  listed: ResmanListedUnit[],
  marketed: { units: MitsMarketedUnit[]; floorplans: MitsFloorplan[] },
): PmsHomes {
  const units = new Map<string, PmsUnit>();
  for (const unit of listed) units.set(unit.UnitNumber, plainUnit(unit));
  for (const unit of marketed.units.flatMap(marketedUnit)) {
    const plain = units.get(unit.unitNumber);
    units.set(unit.unitNumber, {
      ...unit,
      floorplan: unit.floorplan ?? plain?.floorplan ?? null,
      building: unit.building ?? plain?.building ?? null,
      floor: unit.floor ?? plain?.floor ?? null,
    });
  }
  return { units: [...units.values()], floorplans: marketed.floorplans.flatMap(floorplanFrom) };
}

type MarketedDetail = NonNullable<MitsMarketedUnit["Units"]>["Unit"][number];

/** A residential unit that stands empty and unlet, or whose occupant has given notice and which nobody has taken. */
export function isAvailable(unit: MarketedDetail | undefined): boolean {
  const leased = unit?.UnitLeasedStatus?.toLowerCase();
  const occupied = unit?.UnitOccupancyStatus?.toLowerCase();
  if (unit?.UnitEconomicStatus?.toLowerCase() !== "residential") return false;
  return (
    (occupied === "vacant" && leased === "available") || (occupied === "occupied" && leased === "on_notice")
  );
}

/** The twelve-month offer, else the cheapest, else the least effective rent, else the market rent. */
export function bestOffer(
  offers: PmsUnit["offers"],
  leastRent: number | null,
  marketRent: number | null,
): { rent: number | null; rentTermMonths: number | null } {
  const year = offers.find((offer) => offer.months === 12);
  const offer = year ?? offers.toSorted((a, b) => a.rent - b.rent)[0];
  if (offer) return { rent: offer.rent, rentTermMonths: offer.months };
  return { rent: leastRent ?? marketRent, rentTermMonths: null };
}

function plainUnit(unit: ResmanListedUnit): PmsUnit {
  return {
    unitNumber: unit.UnitNumber,
    floorplan: unit.UnitType,
    building: unit.Building,
    floor: unit.Floor,
    bedrooms: null,
    bathrooms: null,
    squareFeet: null,
    marketRent: null,
    rent: null,
    rentTermMonths: null,
    offers: [],
    isMarketed: false,
    isAvailable: false,
    availableOn: null,
  };
}

function marketedUnit(unit: MitsMarketedUnit): PmsUnit[] {
  const detail = unit.Units?.Unit[0];
  const unitNumber = unit["@IDValue"] ?? detail?.MarketingName;
  if (unitNumber === undefined) return [];
  const offers = (unit.Pricing?.["MITS-OfferTerm"] ?? []).flatMap((term) => {
    const months = number(term.Term);
    const rent = number(term.EffectiveRent);
    return months === null || rent === null ? [] : [{ months, rent }];
  });
  const marketRent = number(detail?.MarketRent);
  const isVacant = detail?.UnitOccupancyStatus?.toLowerCase() === "vacant";
  const { MadeReadyDate, VacateDate } = unit.Availability ?? {};
  return [
    {
      unitNumber,
      floorplan: detail?.UnitType ?? null,
      building: detail?.BuildingName ?? null,
      floor: unit.FloorLevel ?? null,
      bedrooms: number(detail?.UnitBedrooms),
      bathrooms: number(detail?.UnitBathrooms),
      squareFeet: number(detail?.MinSquareFeet),
      marketRent,
      ...bestOffer(offers, number(unit.EffectiveRent?.["@Min"]), marketRent),
      offers,
      isMarketed: true,
      isAvailable: isAvailable(detail),
      // A vacated unit can be lived in once made ready; an occupied one at the earliest when it is left.
      availableOn: isVacant ? date(MadeReadyDate) : (date(VacateDate) ?? date(MadeReadyDate)),
    },
  ];
}

function floorplanFrom(plan: MitsFloorplan): PmsFloorplan[] {
  const floorplan = plan["@IDValue"] ?? plan.Name;
  if (floorplan === undefined) return [];
  const rooms = (type: string) =>
    number(plan.Room.find((room) => room["@RoomType"]?.toLowerCase() === type)?.Count);
  return [
    {
      floorplan,
      title: plan.Name ?? floorplan,
      bedrooms: rooms("bedroom"),
      bathrooms: rooms("bathroom"),
      squareFeet: range(plan.SquareFeet),
      rent: range(plan.EffectiveRent) ?? range(plan.MarketRent),
      unitsCount: number(plan.UnitCount),
      availableCount: number(plan.UnitsAvailable),
    },
  ];
}

function range(extent: MitsFloorplan["SquareFeet"]): Range | null {
  const min = number(extent?.["@Min"]);
  const max = number(extent?.["@Max"]);
  return min === null && max === null ? null : { min, max };
}

type PartedDate = NonNullable<MitsMarketedUnit["Availability"]>["VacateDate"];

function date(parts: PartedDate): string | null {
  const { "@Year": year, "@Month": month, "@Day": day } = parts ?? {};
  if (!year || !month || !day) return null;
  return `${year.padStart(4, "0")}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

function number(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  const value = Number(text.replaceAll(/[$,\s]/g, ""));
  return Number.isFinite(value) ? value : null;
}
