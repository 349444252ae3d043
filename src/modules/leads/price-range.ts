import { invalidFields } from "../../core/errors.ts";

type PriceRange = { priceRangeMin: number | null; priceRangeMax: number | null };
type Told = { [End in keyof PriceRange]?: PriceRange[End] | undefined };

/** A budget that is changed has its ends in order, whichever of them is said. Throws what a validator would. */
export function requireOrderedPrices(before: PriceRange, { priceRangeMin, priceRangeMax }: Told): void {
  const min = priceRangeMin === undefined ? before.priceRangeMin : priceRangeMin;
  const max = priceRangeMax === undefined ? before.priceRangeMax : priceRangeMax;
  if (min === null || max === null || min <= max) return;
  if (priceRangeMax !== undefined)
    throw invalidFields([{ field: "price_range_max", message: "must not be less than price_range_min" }]);
  if (priceRangeMin !== undefined)
    throw invalidFields([{ field: "price_range_min", message: "must not be more than price_range_max" }]);
}
