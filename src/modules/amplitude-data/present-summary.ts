import { figuresOf, ratesOf, type Sums } from "./figures.ts";
import type { Keyed, Summed } from "./queries.ts";

export function presentSummary({ period, all, byProperty, bySource }: Summed) {
  return {
    ...period,
    ...figuresOf(all),
    by_property: named("property_id", byProperty, figuresOf),
    by_source: named("source", bySource, figuresOf),
  };
}

export function presentProperty(propertyId: string, { period, all, bySource, byDay }: Summed) {
  return {
    property_id: propertyId,
    ...period,
    ...figuresOf(all),
    by_source: named("source", bySource, figuresOf),
    by_day: named("day", byDay, figuresOf),
  };
}

export function presentRates({ period, all, bySource, byProperty }: Summed) {
  return {
    ...period,
    ...ratesOf(all),
    by_source: named("source", bySource, ratesOf),
    by_property: named("property_id", byProperty, ratesOf),
  };
}

function named(name: string, rows: Keyed[], present: (sums: Sums) => object) {
  return rows.map(({ key, ...sums }) => ({ [name]: key, ...present(sums) }));
}
