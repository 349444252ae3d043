import { eq, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { properties, propertyOrigins } from "../../db/schema/properties.ts";

/**
 * Two statements that draw the rows which answer preflights again from the property's own list; an archived property
 * has none. They read what the database holds by then, so of two writers at once both leave the same rows.
 */
export function redrawOrigins(ctx: Context, propertyId: string) {
  return [
    ctx.db.delete(propertyOrigins).where(eq(propertyOrigins.propertyId, propertyId)),
    ctx.db.insert(propertyOrigins).select(sql`
      select allowed.value, ${properties.id}, ${properties.companyId}
      from ${properties}, json_each(${properties.allowedOrigins}) allowed
      where ${properties.id} = ${propertyId} and ${properties.deletedAt} is null`),
  ] as const;
}
