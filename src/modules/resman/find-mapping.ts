import { and, desc, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { properties, propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import type { Pms } from "../../integrations/pms.ts";
import { chooseAgent, chooseLostReason, chooseSource } from "./choose-mapping.ts";
import type { Mapping } from "./lead-for-pms.ts";

type Property = typeof properties.$inferSelect;

/**
 * The source and agent of a property's leads. Where nobody chose them they are chosen from ResMan's lists, once, and
 * kept. Throws CONFLICT when ResMan has none to choose from.
 */
export async function findMapping(ctx: Context, pms: Pms, property: Property): Promise<Mapping> {
  const { resmanSourceId, resmanAgentId } = property;
  const sourceId = resmanSourceId ?? chooseSource(await pms.listSources())?.id;
  const agentId =
    resmanAgentId ?? chooseAgent(await pms.listEmployees(), await emailsOfManagers(ctx, property))?.id;
  if (!sourceId) throw missing(property, "lead source");
  if (!agentId) throw missing(property, "leasing agent");
  if (resmanSourceId === null || resmanAgentId === null)
    await ctx.db
      .update(properties)
      .set({ resmanSourceId: sourceId, resmanAgentId: agentId })
      .where(and(eq(properties.companyId, ctx.companyId), eq(properties.id, property.id)));
  return { sourceId, agentId };
}

export async function findLostReason(pms: Pms, property: Property, said: string | null): Promise<string> {
  const reason = property.resmanLostReasonId ?? chooseLostReason(await pms.listLostReasons(), said)?.id;
  if (!reason) throw missing(property, "lost reason");
  return reason;
}

function missing(property: Property, what: string): AppError {
  return new AppError("CONFLICT", `ResMan has no ${what} for ${property.name}: set one up there`);
}

async function emailsOfManagers(ctx: Context, property: Property): Promise<string[]> {
  const rows = await ctx.db
    .select({ email: propertyManagers.email })
    .from(propertyAssignments)
    .innerJoin(
      propertyManagers,
      and(
        eq(propertyManagers.companyId, propertyAssignments.companyId),
        eq(propertyManagers.id, propertyAssignments.managerId),
      ),
    )
    .where(
      and(
        eq(propertyAssignments.companyId, property.companyId),
        eq(propertyAssignments.propertyId, property.id),
        isNull(propertyManagers.deletedAt),
      ),
    )
    .orderBy(desc(propertyAssignments.isPrimary));
  return rows.map((row) => row.email);
}
