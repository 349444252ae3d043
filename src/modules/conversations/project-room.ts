import type { Room, StoredMessage, Summary } from "../../durable/chat-room/room-store.ts";
import { nudge } from "../../core/outbox.ts";
import { newId } from "../../core/start-context.ts";
import { databaseFor } from "../../db/client.ts";

/**
 * Copies a page of a room's messages and its summary to D1 in one batch. Safe to repeat and to run out of order:
 * a row is only replaced by a newer revision, a summary only by one that has seen as much.
 */
export async function projectRoom(
  env: Env,
  room: Room,
  rows: StoredMessage[],
  summary: Summary,
): Promise<void> {
  const { companyId, conversationId } = room.about;
  const db = databaseFor(env, companyId);
  const results = await db.batch<{ key: string; due?: number }>([
    db
      .prepare(
        `insert into messages(company_id, conversation_id, seq, id, role, text, client_id, sender_id, sender_name,
           payload, created_at, edited_at, deleted_at, revision)
         select ?1, ?2, value->>'seq', value->>'id', value->>'role', value->>'text', value->>'client_id',
           value->>'sender_id', value->>'sender_name', value->>'payload', value->>'created_at', value->>'edited_at',
           value->>'deleted_at', value->>'revision'
         from json_each(?3) where true
         on conflict(company_id, conversation_id, seq) do update set text = excluded.text,
           edited_at = excluded.edited_at, deleted_at = excluded.deleted_at, revision = excluded.revision
         where excluded.revision > messages.revision`,
      )
      .bind(companyId, conversationId, JSON.stringify(rows)),
    db
      .prepare(
        `update conversations set speaker = ?3, last_seq = ?4, message_count = ?5, visitor_message_count = ?6,
           last_message_at = ?7, last_message_text = ?8, first_human_reply_at = ?9
         where company_id = ?1 and id = ?2 and last_seq <= ?4`,
      )
      .bind(
        companyId,
        conversationId,
        room.speaker,
        summary.lastSeq,
        summary.messageCount,
        summary.visitorMessageCount,
        summary.lastMessageAt,
        summary.lastMessageText,
        summary.firstHumanReplyAt,
      ),
    ...(room.turn > room.toldTurn ? [turnMoved(db, room)] : []),
    ...(summary.firstHumanReplyAt === null ? [] : [answeredByPerson(db, companyId, conversationId)]),
    ...(rows.some(isSaid) ? [somebodyWrote(db, companyId, conversationId, summary.lastSeq)] : []),
    figuresChanged(db, companyId, conversationId),
  ]);
  const told = results.flatMap(({ results: keys }) => keys);
  await nudge(
    env,
    companyId,
    told.map(({ key, due }) => ({
      topic: "projections" as const,
      key,
      ...(due === undefined ? {} : { notBefore: new Date(due) }),
    })),
  );
}

/** Status and team follow the turn; told once for each move. */
function turnMoved(db: D1Database, { about, turn }: Room): D1PreparedStatement {
  return db
    .prepare(
      `insert into outbox(id, company_id, topic, key, payload, dedupe_key, next_attempt_at, created_at)
       values (?3, ?1, 'projections', 'conversation:' || ?2, json_object('kind', 'turn_moved', 'conversation_id', ?2),
         'turn_moved:' || ?2 || ':' || ?4, cast(?5 as integer), cast(?5 as integer))
       on conflict do nothing returning key`,
    )
    .bind(about.companyId, about.conversationId, newId(), String(turn), String(Date.now()));
}

/** A person's first reply moves the lead on; told once, however often the room is projected. */
function answeredByPerson(db: D1Database, companyId: string, conversationId: string): D1PreparedStatement {
  const now = String(Date.now());
  return db
    .prepare(
      `insert into outbox(id, company_id, topic, key, payload, dedupe_key, next_attempt_at, created_at)
       select ?3, ?1, 'projections', 'lead:' || lead_id, json_object('kind', 'lead_facts', 'lead_id', lead_id),
         'lead_facts:' || lead_id || ':answered_by_person', cast(?4 as integer), cast(?4 as integer)
       from conversations where company_id = ?1 and id = ?2 and lead_id is not null
       on conflict do nothing returning key`,
    )
    .bind(companyId, conversationId, newId(), now);
}

function isSaid({ role, deleted_at }: StoredMessage): boolean {
  return role !== "system" && deleted_at === null;
}

/** The lead's workflows are looked at again, where the property has any; told once for each page. */
function somebodyWrote(
  db: D1Database,
  companyId: string,
  conversationId: string,
  lastSeq: number,
): D1PreparedStatement {
  const now = String(Date.now());
  return db
    .prepare(
      `insert into outbox(id, company_id, topic, key, payload, dedupe_key, next_attempt_at, created_at)
       select ?3, ?1, 'projections', 'workflows:' || c.lead_id, json_object('kind', 'lead_said', 'lead_id', c.lead_id),
         'lead_said:' || c.lead_id || ':' || ?5, cast(?4 as integer), cast(?4 as integer)
       from conversations c where c.company_id = ?1 and c.id = ?2 and c.lead_id is not null and exists (
         select 1 from lead_workflows w where w.company_id = c.company_id and w.property_id = c.property_id
           and w.is_active = 1 and w.deleted_at is null)
       on conflict do nothing returning key`,
    )
    .bind(companyId, conversationId, newId(), now, String(lastSeq));
}

const figuresEveryMs = 10_000;

/** A talk that goes on has its figures drawn every few seconds, not with every word. */
function figuresChanged(db: D1Database, companyId: string, conversationId: string): D1PreparedStatement {
  const now = Date.now();
  const due = now - (now % figuresEveryMs) + figuresEveryMs;
  return db
    .prepare(
      `insert into outbox(id, company_id, topic, key, payload, dedupe_key, next_attempt_at, created_at)
       values (?3, ?1, 'projections', 'analytics-talk:' || ?2, json_object('kind', 'analytics', 'conversation_id', ?2),
         'analytics:' || ?2 || ':' || ?4, cast(?4 as integer), cast(?5 as integer))
       on conflict do nothing returning key, next_attempt_at as due`,
    )
    .bind(companyId, conversationId, newId(), String(due), String(now));
}
