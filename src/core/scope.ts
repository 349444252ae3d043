import { type AnyColumn, eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "./context.ts";
import { AppError, notFound } from "./errors.ts";

/** Rows of the caller's company. A platform admin who chose no company sees all of them. */
export function inCompany(ctx: Context, companyId: AnyColumn): SQL | undefined {
  return seesAllCompanies(ctx) ? undefined : eq(companyId, ctx.companyId);
}

function seesAllCompanies(ctx: Context): boolean {
  return ctx.companyId === "" && ctx.actor.kind === "staff" && ctx.actor.role === "platform_admin";
}

/** Rows of the properties the caller may see. */
export function inProperties(ctx: Context, propertyId: AnyColumn): SQL | undefined {
  const seen = visibleProperties(ctx);
  return seen === "all"
    ? undefined
    : sql`${propertyId} in (select value from json_each(${JSON.stringify(seen)}))`;
}

function visibleProperties(ctx: Context): "all" | string[] {
  const { actor } = ctx;
  if (actor.kind === "system") return "all";
  if (actor.kind === "visitor") return [actor.propertyId];
  return actor.properties === "all" ? "all" : [...actor.properties.keys()];
}

/** Throws 404 for a property the caller cannot see and 403 for one that is open to reading only. */
export function requireWritable(ctx: Context, propertyId: string): void {
  const { actor } = ctx;
  if (actor.kind === "system" || (actor.kind === "visitor" && actor.propertyId === propertyId)) return;
  if (actor.kind === "visitor") throw notFound("Property");
  if (actor.properties === "all") return;
  const access = actor.properties.get(propertyId);
  if (!access) throw notFound("Property");
  if (access === "read")
    throw new AppError("INSUFFICIENT_PERMISSIONS", "You have read access to this property");
}

/** The first row, or the 404 that a missing record and another company's record share. */
export function only<Row>(rows: Row[], what: string): Row {
  const row = rows[0];
  if (row === undefined) throw notFound(what);
  return row;
}

/** The fields of a partial update: absent ones stay, null clears. */
export function changes<Fields extends object>(fields: Fields): Said<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Said<Fields>;
}

type Said<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Explains an UPDATE guarded by `version = seen` that changed nothing though the record exists. */
export function staleVersion(): AppError {
  return new AppError("PRECONDITION_FAILED", "The record has changed since you read it");
}
