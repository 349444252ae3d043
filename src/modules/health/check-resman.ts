import { and, eq, ne, sql } from "drizzle-orm";
import type { Config } from "../../core/config.ts";
import type { Context } from "../../core/context.ts";
import { inProperties } from "../../core/scope.ts";
import { leads } from "../../db/schema/conversations.ts";
import { outbox } from "../../db/schema/outgoing.ts";
import { properties } from "../../db/schema/properties.ts";
import { resmanGate } from "../../durable/resman-gate/stub.ts";
import { checkServices } from "./external-services.ts";

/** ResMan's state from our own rows; a caller of a company sees its breaker and its properties, too. */
export async function checkResman(env: Env, config: Config, ctx: Context | null) {
  const { resman } = (await checkServices(env, config, ctx)).services;
  if (!ctx) return { ...resman, company: null };
  const [breaker, behind] = await Promise.all([breakerOf(ctx), propertiesOf(ctx)]);
  const isShut = breaker.phase !== "closed";
  return {
    ...resman,
    status: isShut ? ("degraded" as const) : resman.status,
    message: isShut ? "ResMan does not answer; work waits until it does" : resman.message,
    company: { breaker, properties: behind },
  };
}

async function breakerOf(ctx: Context) {
  const { breaker } = (await resmanGate(ctx.env, ctx.companyId).inspect()).gate;
  return {
    phase: breaker.phase,
    failures: breaker.phase === "closed" ? breaker.failures : null,
    retry_at: breaker.phase === "open" ? new Date(breaker.untilMs).toISOString() : null,
  };
}

const mostProperties = 100;

/** How far each property is behind, from the work that waits for it. */
async function propertiesOf(ctx: Context) {
  const waiting = and(
    eq(outbox.companyId, ctx.companyId),
    eq(outbox.topic, "resman-sync"),
    // Said for the index, which holds what is not done.
    ne(outbox.status, "done"),
  );
  return ctx.db
    .select({
      id: properties.id,
      name: properties.name,
      pending: sql<number>`count(*) filter (where ${outbox.status} = 'pending')`,
      parked: sql<number>`count(*) filter (where ${outbox.status} = 'parked')`,
      oldestAt: sql<number>`min(${outbox.createdAt})`,
      lastError: sql<string | null>`substr(max(${outbox.id} || ${outbox.lastError}), 37)`,
    })
    .from(outbox)
    .innerJoin(leads, and(eq(leads.companyId, outbox.companyId), sql`${leads.id} = substr(${outbox.key}, 6)`))
    .innerJoin(
      properties,
      and(eq(properties.companyId, leads.companyId), eq(properties.id, leads.propertyId)),
    )
    .where(and(waiting, inProperties(ctx, properties.id)))
    .groupBy(properties.id)
    .orderBy(sql`min(${outbox.createdAt})`, properties.id)
    .limit(mostProperties);
}
