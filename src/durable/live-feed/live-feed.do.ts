import { DurableObject } from "cloudflare:workers";
import { issueTicket, redeemTicket } from "../tickets.ts";
import { FeedClientFrame, FeedSeat, type FeedServerFrame } from "./protocol.ts";

/** How many happenings can be replayed to a socket that was away. */
const kept = 200;

type Stored = { seq: number; kind: "notification" | "analytics"; body: string };

/** Sockets of one manager's notifications or one property's analytics, with a replay buffer. Holds no records. */
export class LiveFeed extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      `create table if not exists event(seq integer primary key autoincrement, dedupe_key text unique, kind text not null, body text not null)`,
    );
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  admit(accountId: string, propertyIds: string[] | null): Promise<{ ticket: string; expiresAt: number }> {
    return issueTicket<FeedSeat>(this.ctx.storage, { v: 1, accountId, propertyIds }, Date.now());
  }

  /** Tells every socket once; the same `dedupeKey` again tells nobody. */
  publish(kind: Stored["kind"], dedupeKey: string, body: Record<string, unknown>): number | null {
    const sql = this.ctx.storage.sql;
    const [row] = sql
      .exec<{ seq: number }>(
        "insert into event(dedupe_key, kind, body) values (?, ?, ?) on conflict do nothing returning seq",
        dedupeKey,
        kind,
        JSON.stringify(body),
      )
      .toArray();
    if (!row) return null;
    sql.exec("delete from event where seq <= ?", row.seq - kept);
    const stored = { seq: row.seq, kind, body: JSON.stringify(body) };
    for (const socket of this.ctx.getWebSockets()) tell(socket, stored);
    return row.seq;
  }

  /** Tells the sockets that are open how many notifications are unread; who comes later asks for himself. */
  tellUnread(count: number): void {
    const frame = sent({ type: "unread", unread_count: count });
    for (const socket of this.ctx.getWebSockets())
      if (seatOf(socket).propertyIds === null) socket.send(frame);
  }

  /** Happenings that name one of these records are replayed to nobody any more. */
  forget(ids: string[]): void {
    this.ctx.storage.sql.exec(
      "delete from event where exists (select 1 from json_each(?) id where instr(body, id.value) > 0)",
      JSON.stringify(ids),
    );
  }

  /** The socket's upgrade; everything else is RPC. */
  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const seat = await redeemTicket<FeedSeat>(
      this.ctx.storage,
      url.searchParams.get("ticket") ?? "",
      Date.now(),
    );
    if (!seat) return new Response("The ticket is not valid", { status: 401 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(seat);
    this.replay(server, Number(url.searchParams.get("after") ?? "0") || 0);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const frame = FeedClientFrame.safeParse(parseJson(message));
    if (frame.success) return this.replay(socket, frame.data.after);
    socket.send(sent({ type: "error", code: "INVALID_FORMAT", message: "Unknown frame" }));
  }

  private replay(socket: WebSocket, after: number): void {
    const rows = this.ctx.storage.sql
      .exec<Stored>("select seq, kind, body from event where seq > ? order by seq", after)
      .toArray();
    const [edge] = this.ctx.storage.sql
      .exec<{ first: number | null; last: number | null }>(
        "select min(seq) as first, max(seq) as last from event",
      )
      .toArray();
    const missed = edge?.first != null && after > 0 && edge.first > after + 1;
    socket.send(sent({ type: "ready", last_seq: edge?.last ?? 0, missed }));
    for (const row of rows) tell(socket, row);
  }
}

/** Who sees a part only is not told how many there are in all. */
function tell(socket: WebSocket, { seq, kind, body }: Stored): void {
  const content = JSON.parse(body) as Record<string, unknown>;
  if (kind === "analytics") return socket.send(sent({ type: kind, seq, event: content }));
  const { propertyIds } = seatOf(socket);
  if (propertyIds === null) return socket.send(sent({ type: kind, seq, notification: content }));
  const { unread_count: _all, ...notification } = content;
  if (propertyIds.includes(String(content["property_id"])))
    socket.send(sent({ type: kind, seq, notification }));
}

function seatOf(socket: WebSocket): FeedSeat {
  return FeedSeat.parse(socket.deserializeAttachment());
}

function sent(frame: FeedServerFrame): string {
  return JSON.stringify(frame);
}

function parseJson(message: string | ArrayBuffer): unknown {
  try {
    return JSON.parse(typeof message === "string" ? message : new TextDecoder().decode(message));
  } catch {
    return null;
  }
}
