import { sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { companyOf } from "../status/reach.ts";
import { actorSums, asBreach, asMove, dailySums } from "../status/rollups.ts";
import { localDay, type PropertyPeriod } from "./property-period.ts";

/** One property's leads over a period; `now` is company time. */
export type Span = { propertyId: string; period: PropertyPeriod; now: Date };

export type Sums = {
  entries: number;
  exits: number;
  durationMs: number;
  met: number;
  missed: number;
  breaches: number;
};

export type ActorSums = Omit<Sums, "breaches"> & { actor: string; actorName: string };

const summed = sql.raw(`sum(entries) as "entries", sum(exits) as "exits", sum(duration_ms) as "durationMs",
  sum(met) as "met", sum(missed) as "missed"`);
const daily = sql.raw(dailySums);
const byActor = sql.raw(actorSums);

export function sumsByStatus(ctx: Context, span: Span) {
  return ctx.db.all<Sums & { status: string }>(sql`with ${historyOf(ctx, span)}
    select status, ${summed}, sum(breaches) as "breaches" from (${daily}) group by status`);
}

/** By the property's own days, YYYY-MM-DD. */
export function sumsByDay(ctx: Context, span: Span) {
  return ctx.db.all<Sums & { status: string; day: string }>(sql`with ${historyOf(ctx, span)}
    select day, status, ${summed}, sum(breaches) as "breaches" from (${daily}) group by day, status`);
}

export function sumsByActor(ctx: Context, span: Span) {
  return ctx.db.all<ActorSums>(sql`with ${historyOf(ctx, span)}
    select actor, max(actor_name) as "actorName", ${summed} from (${byActor}) group by actor`);
}

/**
 * The moves and breaches of the property's leads, for the words by which roll-ups are counted. Those are kept by UTC
 * day; a property's people count by the days on their own wall.
 */
function historyOf(ctx: Context, { propertyId, period }: Span) {
  const own = sql`company_id = ${companyOf(ctx)} and property_id = ${propertyId} and entity_type = 'lead'`;
  const { from, to } = period;
  const column = (name: string) => name;
  const day = localDay(period);
  return sql`moves as (${sql.raw(asMove(column, day))} from status_transitions
      where ${own} and kind = 'change' and at >= ${from} and at < ${to}),
    passed as (${sql.raw(asBreach(column, day))} from status_breaches
      where ${own} and deadline >= ${from} and deadline < ${to})`;
}
