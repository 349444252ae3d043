import { eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { companies } from "../../db/schema/companies.ts";
import type { Explanation } from "../../durable/status-machine/explain.ts";
import type { History } from "../../durable/status-machine/protocol.ts";
import { machineOf } from "./adjust-status.ts";
import { companyOf, requireSeen, unknownEntity } from "./reach.ts";
import type { EntityPath, HistoryQuery } from "./schemas.ts";

export type EntityHistory = { history: History; businessEntity: string };

/** An entity's history from its own machine, newest first. Throws ENTITY_NOT_FOUND, for archived ones too. */
export async function entityHistory(
  ctx: Context,
  path: EntityPath,
  { limit, offset }: HistoryQuery,
): Promise<EntityHistory> {
  const now = ctx.now().getTime();
  const [history, businessEntity] = await Promise.all([
    machine(ctx, path).history({ now, limit, offset }),
    companyName(ctx),
  ]);
  if (!history || history.status.archivedAt !== null) throw unknownEntity();
  requireSeen(ctx, history.status.propertyId);
  return { history, businessEntity };
}

/** The segments, calendars and rules that a deadline follows from. Throws ENTITY_NOT_FOUND, for archived ones too. */
export async function explainEntity(ctx: Context, path: EntityPath): Promise<Explanation> {
  const told = await machine(ctx, path).explain(ctx.now().getTime());
  if (!told || told.archivedAt !== null) throw unknownEntity();
  requireSeen(ctx, told.propertyId);
  return told;
}

/** 004's business entity: the company, by its name. */
export async function companyName(ctx: Context): Promise<string> {
  const [company] = await ctx.db
    .select({ name: companies.name })
    .from(companies)
    .where(eq(companies.id, ctx.companyId));
  return company?.name ?? "";
}

function machine(ctx: Context, { entity_type: entityType, entity_id: entityId }: EntityPath) {
  return machineOf(ctx, { entityType, entityId, companyId: companyOf(ctx) });
}
