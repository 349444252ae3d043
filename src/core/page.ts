import { type AnyColumn, asc, desc, type SQL } from "drizzle-orm";
import * as z from "zod";

/** One page of a list with the count of all that matched. */
export type Paged<Row> = { rows: Row[]; total: number; page: number; limit: number };

const PageNumbers = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  limit: z.coerce.number().int().min(1).max(100).default(10),
});

export type PageNumbers = z.infer<typeof PageNumbers>;

/** Query of a list: page, limit, a sort from the allow-list (`name`, `-created_at`) and the list's own filters. */
export function pageQuery<const Sort extends string, Filters extends z.ZodRawShape>(
  sorts: readonly [Sort, ...Sort[]],
  filters: Filters,
) {
  const orders = sorts.flatMap((sort) => [sort, `-${sort}`] as const);
  return PageNumbers.extend({ sort: z.enum(orders as [string, ...string[]]).optional(), ...filters });
}

/** A time as callers may write it: any ISO 8601 with an offset. */
export const instant = z.iso
  .datetime({ offset: true, error: "must be an ISO 8601 time with an offset, such as 2026-03-01T10:00:00Z" })
  .transform((text) => new Date(text));

/** A calendar date, YYYY-MM-DD. */
export const localDate = z.iso.date("must be a date such as 2026-03-01");

export function offsetOf({ page, limit }: PageNumbers): number {
  return (page - 1) * limit;
}

/** ORDER BY for a `sort` value, made total by the id. `columns` maps the allowed names to columns. */
export function orderBy(
  sort: string | undefined,
  fallback: string,
  columns: Record<string, AnyColumn | SQL>,
  id: AnyColumn,
): SQL[] {
  const chosen = sort ?? fallback;
  const down = chosen.startsWith("-");
  const column = columns[down ? chosen.slice(1) : chosen];
  if (!column) throw new Error(`no column to sort by ${chosen}`);
  return down ? [desc(column), desc(id)] : [asc(column), asc(id)];
}

/** The page that a list's two statements make: its rows, and the count of all that match. */
export function pageOf<Row>(
  { page, limit }: PageNumbers,
  [rows, [counted]]: readonly [Row[], { total: number }[]],
): Paged<Row> {
  return { rows, total: counted?.total ?? 0, page, limit };
}
