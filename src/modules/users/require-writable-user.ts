import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { only } from "../../core/scope.ts";
import { users } from "../../db/schema/users.ts";
import type { UserRow } from "./present.ts";
import { placesOf, visible } from "./queries.ts";

/** The user, for a caller who may write at one of the properties where this person is known. */
export async function getWritableUser(ctx: Context, id: string): Promise<UserRow> {
  const [found, places] = await ctx.db.batch([
    ctx.db
      .select()
      .from(users)
      .where(and(visible(ctx), eq(users.id, id))),
    placesOf(ctx, id),
  ]);
  const user = only(found, "User");
  requireSomeWritable(
    ctx,
    places.map((place) => place.propertyId),
  );
  return user;
}

/** Throws 403 for an account that may write at none of these properties; without properties, at none at all. */
export function requireSomeWritable({ actor }: Context, propertyIds: string[]): void {
  if (actor.kind !== "staff" || actor.properties === "all") return;
  const access = actor.properties;
  const asked = propertyIds.length > 0 ? propertyIds : [...access.keys()];
  if (!asked.some((id) => access.get(id) === "write"))
    throw new AppError("INSUFFICIENT_PERMISSIONS", "You have read access to this person's properties");
}
