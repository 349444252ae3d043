import type { ChatMessage, MessageRole, Payload } from "./protocol.ts";

/** Which conversation a room holds. Every caller brings it, so a room needs no opening that could be missed. */
export type About = {
  companyId: string;
  conversationId: string;
  propertyId: string;
  userId: string | null;
  clockOffsetMs: number;
};

/** Facts of the room besides its messages. */
export type Room = {
  about: About;
  speaker: "bot" | "human";
  speakerName: string | null;
  /** Fencing number: moves whenever the speaker changes; a bot answer made under an older one is refused. */
  turn: number;
  /** When it moved, in company time, and why. */
  turnMovedAt: number;
  turnReason: string | null;
  /** The turn whose consequences have been handed on. */
  toldTurn: number;
  /** Last visitor message the bot (or a person in its place) has dealt with. */
  answeredSeq: number;
  /** Something other than a visitor's message (a filled form) waits for the bot's answer. */
  prompted: boolean;
  /** Failed tries to answer the messages after `answeredSeq`. */
  failures: number;
  /** Grows with every write to a message; names what the projection has not seen. */
  revision: number;
  projectedRevision: number;
  botState: unknown;
};

export type StoredMessage = {
  seq: number;
  id: string;
  role: MessageRole;
  text: string;
  client_id: string | null;
  sender_id: string | null;
  sender_name: string | null;
  payload: string | null;
  created_at: number;
  edited_at: number | null;
  deleted_at: number | null;
  revision: number;
};

export type NewMessage = {
  id: string;
  role: MessageRole;
  text: string;
  clientId?: string | undefined;
  senderId?: string | null;
  senderName?: string | null;
  payload?: Payload | undefined;
  at: number;
};

/** Words under an id of the sender's own making, so that they are said once. */
export type Announcement = Pick<NewMessage, "id" | "text" | "senderId" | "senderName"> & {
  role: "agent" | "system";
};

export function createTables(storage: DurableObjectStorage): void {
  storage.sql.exec(`
    create table if not exists message(
      seq integer primary key autoincrement, id text not null unique, role text not null, text text not null,
      client_id text, sender_id text, sender_name text, payload text, created_at integer not null,
      edited_at integer, deleted_at integer, revision integer not null);
    create unique index if not exists message_by_client on message(sender_id, client_id) where client_id is not null;
    create index if not exists message_by_revision on message(revision);`);
}

export function loadRoom(storage: DurableObjectStorage): Room | null {
  return storage.kv.get<Room>("room") ?? null;
}

/**
 * Changes the room and its messages as one transaction. The only way to write, so that no state read before an
 * `await` is ever written back after it.
 */
export function write<Result>(
  storage: DurableObjectStorage,
  change: (room: Room) => Result,
  about?: About,
): Result {
  return storage.transactionSync(() => {
    const room = loadRoom(storage) ?? (about && newRoom(about));
    if (!room) throw new Error("the room is not open yet");
    if (about) room.about = about;
    const result = change(room);
    storage.kv.put("room", room);
    return result;
  });
}

/** Who is to speak: the bot, a person by name, or anybody of the team (no name). */
export type Speaker = { speaker: Room["speaker"]; name: string | null };

/** Whose turn it is, since when and why. Numbers grow with every move. */
export type Turn = Speaker & { number: number; movedAt: number; reason: string | null };

export function turnOf(room: Room): Turn {
  const { speaker, speakerName: name, turn: number, turnMovedAt: movedAt, turnReason: reason } = room;
  return { speaker, name, number, movedAt, reason };
}

/** Gives the turn to somebody else; returns whether that changed anything. Who asks for a person has one already. */
export function giveTurn(room: Room, { speaker, name }: Speaker, reason: string | null): boolean {
  const isThere = room.speaker === speaker && (room.speakerName === name || name === null);
  if (isThere) return false;
  Object.assign(room, {
    speaker,
    speakerName: name,
    turn: room.turn + 1,
    turnMovedAt: Date.now() + room.about.clockOffsetMs,
    turnReason: reason,
  });
  return true;
}

function newRoom(about: About): Room {
  return {
    about,
    speaker: "bot",
    speakerName: null,
    turn: 1,
    turnMovedAt: Date.now() + about.clockOffsetMs,
    turnReason: null,
    toldTurn: 1,
    answeredSeq: 0,
    prompted: false,
    failures: 0,
    revision: 0,
    projectedRevision: 0,
    botState: null,
  };
}

/** Stores a message under the next number. Call inside `write`. */
export function insertMessage(storage: DurableObjectStorage, room: Room, message: NewMessage): StoredMessage {
  room.revision += 1;
  return storage.sql
    .exec<StoredMessage>(
      `insert into message(id, role, text, client_id, sender_id, sender_name, payload, created_at, revision)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning *`,
      message.id,
      message.role,
      message.text,
      message.clientId ?? null,
      message.senderId ?? null,
      message.senderName ?? null,
      message.payload ? JSON.stringify(message.payload) : null,
      message.at,
      room.revision,
    )
    .one();
}

/** Fills a new room with messages from elsewhere, all of them dealt with. Call inside `write`. */
export function restoreRoom(
  storage: DurableObjectStorage,
  room: Room,
  messages: NewMessage[],
  speaker: Speaker,
) {
  for (const message of messages) room.answeredSeq = insertMessage(storage, room, message).seq;
  giveTurn(room, speaker, null);
  room.toldTurn = room.turn;
}

/** The message this sender stored earlier under the same id of its own. */
export function findByClientId(
  storage: DurableObjectStorage,
  senderId: string,
  clientId: string,
): StoredMessage | undefined {
  return storage.sql
    .exec<StoredMessage>("select * from message where sender_id = ? and client_id = ?", senderId, clientId)
    .toArray()[0];
}

export function findMessage(storage: DurableObjectStorage, id: string): StoredMessage | undefined {
  return storage.sql.exec<StoredMessage>("select * from message where id = ?", id).toArray()[0];
}

/** Read row by row: a long conversation is not held in memory. */
export function messagesAfter(storage: DurableObjectStorage, seq: number): Iterable<StoredMessage> {
  return storage.sql.exec<StoredMessage>("select * from message where seq > ? order by seq", seq);
}

export function countMessages(storage: DurableObjectStorage): number {
  return storage.sql.exec<{ n: number }>("select count(*) as n from message where deleted_at is null").one()
    .n;
}

export function pageOfMessages(
  storage: DurableObjectStorage,
  offset: number,
  limit: number,
): StoredMessage[] {
  return storage.sql
    .exec<StoredMessage>(
      "select * from message where deleted_at is null order by seq limit ? offset ?",
      limit,
      offset,
    )
    .toArray();
}

/** Visitor messages nobody has dealt with yet, oldest first. */
export function unanswered(storage: DurableObjectStorage, room: Room): StoredMessage[] {
  return storage.sql
    .exec<StoredMessage>(
      "select * from message where seq > ? and role = 'visitor' and deleted_at is null order by seq",
      room.answeredSeq,
    )
    .toArray();
}

export function lastBotText(storage: DurableObjectStorage, beforeSeq: number): string | null {
  const [row] = storage.sql
    .exec<{ text: string }>(
      "select text from message where seq < ? and role in ('bot', 'agent') order by seq desc limit 1",
      beforeSeq,
    )
    .toArray();
  return row?.text ?? null;
}

export function changeMessage(
  storage: DurableObjectStorage,
  room: Room,
  id: string,
  change: { text?: string; editedAt?: number; deletedAt?: number },
): StoredMessage {
  room.revision += 1;
  return storage.sql
    .exec<StoredMessage>(
      `update message set text = coalesce(?, text), edited_at = coalesce(?, edited_at),
         deleted_at = coalesce(?, deleted_at), revision = ? where id = ? returning *`,
      change.text ?? null,
      change.editedAt ?? null,
      change.deletedAt ?? null,
      room.revision,
      id,
    )
    .one();
}

export const pageSize = 500;

export type Summary = {
  lastSeq: number;
  messageCount: number;
  visitorMessageCount: number;
  lastMessageAt: number | null;
  lastMessageText: string | null;
  firstHumanReplyAt: number | null;
};

/** What lists show of a conversation, counted afresh: the same after any redelivery. */
export function summarize(storage: DurableObjectStorage): Summary {
  return storage.sql
    .exec<Summary>(
      `select coalesce(max(seq), 0) as lastSeq, count(*) as messageCount,
         count(*) filter (where role = 'visitor') as visitorMessageCount, max(created_at) as lastMessageAt,
         (select substr(text, 1, 200) from message where deleted_at is null order by seq desc limit 1) as lastMessageText,
         min(created_at) filter (where role = 'agent') as firstHumanReplyAt
       from message where deleted_at is null`,
    )
    .one();
}

/** What the projection has not seen, in one page. */
export function unprojected(storage: DurableObjectStorage, room: Room, limit = pageSize): StoredMessage[] {
  return storage.sql
    .exec<StoredMessage>(
      "select * from message where revision > ? order by revision limit ?",
      room.projectedRevision,
      limit,
    )
    .toArray();
}

/** A message as peers see it; the words of a removed one are gone. */
export function presentMessage(row: StoredMessage): ChatMessage {
  return {
    id: row.id,
    role: row.role,
    text: row.deleted_at === null ? row.text : "",
    ...(row.client_id === null ? {} : { client_id: row.client_id }),
    ...(row.role === "agent" && row.sender_name ? { author_name: row.sender_name } : {}),
    ...(row.payload === null ? {} : { payload: JSON.parse(row.payload) as Payload }),
    created_at: new Date(row.created_at).toISOString(),
  };
}
