import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { inCompany } from "../../core/scope.ts";
import { companies } from "../../db/schema/companies.ts";
import { leads } from "../../db/schema/conversations.ts";
import { properties } from "../../db/schema/properties.ts";
import type { Values } from "./letter-template.ts";
import { nameOf, sampleLead, valuesOf } from "./merge-fields.ts";

/** Who a letter is to and whose it is. */
export type Subject = {
  lead: typeof leads.$inferSelect;
  /** As an address line shows it. */
  name: string | null;
  property: typeof properties.$inferSelect;
  values: Values;
};

/** Null when the lead is archived. */
export async function findSubject(ctx: Context, leadId: string, propertyId: string): Promise<Subject | null> {
  const [[lead], stationery] = await Promise.all([
    ctx.db
      .select()
      .from(leads)
      .where(and(inCompany(ctx, leads.companyId), eq(leads.id, leadId), isNull(leads.deletedAt))),
    findStationery(ctx, propertyId),
  ]);
  if (!lead || !stationery) return null;
  const { property, companyName } = stationery;
  return { lead, name: nameOf(lead), property, values: valuesOf(lead, property, companyName) };
}

export type Stationery = { property: typeof properties.$inferSelect; companyName: string };

/** A property and its company, as letters name them. */
export async function findStationery(ctx: Context, propertyId: string): Promise<Stationery | null> {
  const [found] = await ctx.db
    .select({ property: properties, companyName: companies.name })
    .from(properties)
    .innerJoin(companies, eq(companies.id, properties.companyId))
    .where(and(inCompany(ctx, properties.companyId), eq(properties.id, propertyId)));
  return found ?? null;
}

/** What to show a letter with: a lead's own values, or those of a person who does not exist. */
export async function sampleValues(
  ctx: Context,
  propertyId: string,
  leadId: string | undefined,
): Promise<Values> {
  if (leadId !== undefined) {
    const subject = await findSubject(ctx, leadId, propertyId);
    if (subject?.lead.propertyId !== propertyId) throw notFound("Lead");
    return subject.values;
  }
  const stationery = await findStationery(ctx, propertyId);
  if (!stationery) throw notFound("Property");
  return valuesOf(sampleLead, stationery.property, stationery.companyName);
}
