import { type AnyColumn, isNull, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { inProperties, requireWritable } from "../../core/scope.ts";

/** The company a call is about. A platform admin has to name one: two companies may have the same order 7. */
export function companyOf(ctx: Context): string {
  if (ctx.companyId === "")
    throw new AppError("VALIDATION_ERROR", "Name the company with the X-Company-Id header");
  return ctx.companyId;
}

/** Rows of the caller's properties, and those that belong to the company as a whole (null). */
export function withinReach(ctx: Context, propertyId: AnyColumn): SQL | undefined {
  const mine = inProperties(ctx, propertyId);
  return mine && or(isNull(propertyId), mine);
}

/** The same where an empty text stands for the company as a whole. */
export function sumsWithinReach(ctx: Context, propertyId: AnyColumn): SQL | undefined {
  const mine = inProperties(ctx, propertyId);
  return mine && or(sql`${propertyId} = ''`, mine);
}

/** Whether the caller may see what belongs to a property, or to the company as a whole. */
export function isSeen({ actor }: Context, propertyId: string | null): boolean {
  if (propertyId === null || actor.kind === "system") return true;
  return actor.kind === "staff" && (actor.properties === "all" || actor.properties.has(propertyId));
}

/** Throws the 404 of a missing entity for one that the caller does not see. */
export function requireSeen(ctx: Context, propertyId: string | null): void {
  if (!isSeen(ctx, propertyId)) throw unknownEntity();
}

/** The same, and 403 for one that is open to reading only. */
export function requireChangeable(ctx: Context, propertyId: string | null): void {
  requireSeen(ctx, propertyId);
  if (propertyId !== null) requireWritable(ctx, propertyId);
}

export function unknownEntity(): AppError {
  return new AppError("ENTITY_NOT_FOUND", "Entity not found");
}
