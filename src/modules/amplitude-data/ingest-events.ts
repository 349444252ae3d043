import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { nudge, outgoing, type Work } from "../../core/outbox.ts";
import { sha256Hex } from "../../core/tokens.ts";
import { inCompany, inProperties, requireWritable } from "../../core/scope.ts";
import { databaseFor } from "../../db/client.ts";
import { analyticsSessions } from "../../db/schema/analytics.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { users } from "../../db/schema/users.ts";
import { factsOf, takeEvents, type TakenEvent } from "./add-events.ts";
import type { SessionRow } from "./read-facts.ts";
import type { AnalyticsEvent } from "./schemas.ts";

export type Ingested = {
  accepted: number;
  duplicates: number;
  sessions: { session: SessionRow; propertyId: string }[];
};

/** Stores events and adds them to their sessions, each `insert_id` once, however often it is sent. */
export async function ingestEvents(ctx: Context, events: AnalyticsEvent[]): Promise<Ingested> {
  const places = await findPlaces(ctx, [...new Set(events.map((event) => event.conversation_id))]);
  const companyId = companyOf(places);
  await requireUsers(ctx, companyId, events);
  const once = [...new Map(toldOf(ctx, events, places).map((event) => [event.insert_id, event])).values()];
  const sorted = once.toSorted((a, b) => a.occurred_at - b.occurred_at);
  const accepted = await store(ctx, companyId, sorted);
  return {
    accepted,
    duplicates: events.length - accepted,
    sessions: await findSessions(ctx, companyId, places, sorted),
  };
}

type Place = { id: string; companyId: string; propertyId: string; userId: string | null };

/** The conversations, all of which the caller must see; one statement, whatever their number. */
async function findPlaces(ctx: Context, ids: string[]): Promise<Map<string, Place>> {
  const { actor } = ctx;
  const rows = await ctx.db
    .select({
      id: conversations.id,
      companyId: conversations.companyId,
      propertyId: conversations.propertyId,
      userId: conversations.userId,
    })
    .from(conversations)
    .where(
      and(
        inCompany(ctx, conversations.companyId),
        inProperties(ctx, conversations.propertyId),
        sql`${conversations.id} in (select value from json_each(${JSON.stringify(ids)}))`,
        isNull(conversations.deletedAt),
        actor.kind === "visitor" ? eq(conversations.userId, actor.id) : undefined,
      ),
    );
  if (rows.length < ids.length) throw notFound("Conversation");
  for (const { propertyId } of rows) requireWritable(ctx, propertyId);
  return new Map(rows.map((row) => [row.id, row]));
}

/** A platform admin sees several companies, but tells of one at a time. */
function companyOf(places: Map<string, Place>): string {
  const [companyId, ...others] = new Set([...places.values()].map((place) => place.companyId));
  if (companyId === undefined || others.length > 0) throw notFound("Conversation");
  return companyId;
}

/** Staff may name any visitor of the company; another company's is as unknown as one that does not exist. */
async function requireUsers(ctx: Context, companyId: string, events: AnalyticsEvent[]): Promise<void> {
  if (ctx.actor.kind === "visitor") return;
  const ids = [...new Set(events.flatMap((event) => event.user_id ?? []))];
  if (ids.length === 0) return;
  const known = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        eq(users.companyId, companyId),
        isNull(users.deletedAt),
        sql`${users.id} in (select value from json_each(${JSON.stringify(ids)}))`,
      ),
    );
  if (known.length < ids.length) throw notFound("User");
}

function toldOf(ctx: Context, events: AnalyticsEvent[], places: Map<string, Place>): TakenEvent[] {
  return events.map((event) => {
    const place = places.get(event.conversation_id);
    return {
      id: ctx.newId(),
      insert_id: event.insert_id ?? ctx.newId(),
      property_id: place?.propertyId ?? "",
      conversation_id: event.conversation_id,
      session_id: event.session_id ?? "",
      user_id: ctx.actor.kind === "visitor" ? ctx.actor.id : (event.user_id ?? place?.userId ?? null),
      device_id: event.device_id ?? null,
      event_type: event.event_type,
      occurred_at: (event.occurred_at ?? ctx.now()).getTime(),
      facts: factsOf(event),
    };
  });
}

/** Answers how many of them were new. */
async function store(ctx: Context, companyId: string, events: TakenEvent[]): Promise<number> {
  const db = databaseFor(ctx.env, companyId);
  const work = await Promise.all(
    [...Map.groupBy(events, (event) => event.conversation_id)].map(([id, own]) =>
      drawWork(companyId, id, own),
    ),
  );
  const records = [...audits(ctx, companyId, events), ...work.map((item) => outgoing(ctx, item))];
  const [, kept] = await db.batch([
    ...takeEvents(db, companyId, events),
    ...records.map((record) => {
      const { sql: statement, params } = record.toSQL();
      return db.prepare(statement).bind(...params);
    }),
  ]);
  ctx.defer(nudge(ctx.env, companyId, [...work, { topic: "projections", key: "amplitude" }]));
  return kept?.results.length ?? 0;
}

/** What a page tells by itself leaves its events and no more; people's own entries are told of. */
function audits(ctx: Context, companyId: string, events: TakenEvent[]) {
  if (ctx.actor.kind === "visitor") return [];
  const [first] = events;
  return [
    audit(ctx, {
      action: "ingest_analytics",
      recordType: "conversation",
      recordId: first?.conversation_id ?? "",
      companyId,
      after: { events: events.length },
    }),
  ];
}

/** The same events told again are the same work. */
async function drawWork(companyId: string, conversationId: string, events: TakenEvent[]): Promise<Work> {
  const ids = events.map((event) => event.insert_id);
  return {
    topic: "projections",
    key: `analytics:${conversationId}`,
    payload: { kind: "analytics_events", conversation_id: conversationId, insert_ids: ids },
    dedupeKey: `analytics_events:${conversationId}:${await sha256Hex(ids.toSorted().join("\n"))}`,
    companyId,
  };
}

async function findSessions(
  ctx: Context,
  companyId: string,
  places: Map<string, Place>,
  events: TakenEvent[],
): Promise<Ingested["sessions"]> {
  const told = new Set(events.map((event) => `${event.conversation_id} ${event.session_id}`));
  const rows = await ctx.db
    .select()
    .from(analyticsSessions)
    .where(
      and(
        eq(analyticsSessions.companyId, companyId),
        sql`${analyticsSessions.conversationId} in (select value from json_each(${JSON.stringify([...places.keys()])}))`,
      ),
    )
    .orderBy(analyticsSessions.id);
  return rows
    .filter((session) => told.has(`${session.conversationId} ${session.sessionId}`))
    .map((session) => ({ session, propertyId: places.get(session.conversationId)?.propertyId ?? "" }));
}
