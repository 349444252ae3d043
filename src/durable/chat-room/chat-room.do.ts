import { DurableObject } from "cloudflare:workers";
import { configOf } from "../../core/config.ts";
import { policies } from "../../core/policies.ts";
import { newId } from "../../core/start-context.ts";
import { projectRoom } from "../../modules/conversations/project-room.ts";
import { rateLimiter } from "../stubs.ts";
import { issueTicket, redeemTicket } from "../tickets.ts";
import { answerOnce } from "./answer-visitor.ts";
import * as peers from "./peers.ts";
import { ClientFrame } from "./protocol.ts";
import * as store from "./room-store.ts";
import { parseJson, refusalOf, roleOf, type Seat, seatOf } from "./seat.ts";

const retryMs = 2000;

export type Said =
  | { outcome: "stored"; message: store.StoredMessage; repeated: boolean }
  | { outcome: "limited"; retryAfter: number };

export type Words = { text: string; clientId?: string | undefined };

/** One conversation: its messages, whose turn it is, its sockets. Authority for all three; D1 holds a projection. */
export class ChatRoom extends DurableObject<Env> {
  private answering = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    store.createTables(ctx.storage);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** Begins the conversation with the bot's greeting; a room that has messages keeps them. */
  async greet(about: store.About, text: string): Promise<void> {
    if ((store.loadRoom(this.ctx.storage)?.revision ?? 0) > 0) return;
    await this.append(about, { role: "bot", text });
    await this.project();
  }

  /** Takes over a conversation that was held elsewhere; nothing in it waits for an answer. A room with messages keeps its own. */
  async restore(about: store.About, messages: store.NewMessage[], speaker: store.Speaker): Promise<void> {
    const { storage } = this.ctx;
    if ((store.loadRoom(storage)?.revision ?? 0) > 0) return;
    store.write(storage, (room) => store.restoreRoom(storage, room, messages, speaker), about);
    await this.project();
  }

  admit(about: store.About, seat: Seat): Promise<{ ticket: string; expiresAt: number }> {
    store.write(this.ctx.storage, () => {}, about);
    return issueTicket<Seat>(this.ctx.storage, seat, Date.now());
  }

  /** A visitor or a member of staff says something. The same `clientId` again stores nothing new. */
  async say(about: store.About, seat: Seat, words: Words): Promise<Said> {
    const { storage } = this.ctx;
    const earlier = words.clientId ? store.findByClientId(storage, seat.id, words.clientId) : undefined;
    if (earlier) return { outcome: "stored", message: earlier, repeated: true };
    const retryAfter = seat.role === "visitor" ? await this.tooFast(seat) : null;
    if (retryAfter !== null) return { outcome: "limited", retryAfter };
    // The limiter opened the gate: the same words may have come in on another socket meanwhile.
    const twin = words.clientId ? store.findByClientId(storage, seat.id, words.clientId) : undefined;
    if (twin) return { outcome: "stored", message: twin, repeated: true };
    if (seat.role === "agent") this.giveTurn(about, { speaker: "human", name: seat.name }, "Has answered");
    const sender = { senderId: seat.id, senderName: seat.name };
    const message = await this.append(about, { role: roleOf(seat), ...words, ...sender });
    this.ctx.waitUntil(this.answer());
    return { outcome: "stored", message, repeated: false };
  }

  /** Something besides a message happened (a form was filled in); the bot reacts to it. */
  async tell(about: store.About, text: string): Promise<void> {
    await this.append(about, { role: "system", text });
    store.write(this.ctx.storage, (room) => void (room.prompted = true));
    this.ctx.waitUntil(this.answer());
  }

  /** Says something without taking the turn, such as an answer that was promised. The same id again says nothing new. */
  async announce(about: store.About, said: store.Announcement): Promise<store.StoredMessage> {
    const earlier = store.findMessage(this.ctx.storage, said.id);
    if (earlier) return earlier;
    const message = await this.append(about, said);
    this.ctx.waitUntil(this.answer());
    return message;
  }

  /** Moves the turn to a person or back to the bot and says so in the conversation. */
  async passTurn(
    about: store.About,
    to: store.Speaker,
    { note, reason }: { note: string; reason: string | null },
  ): Promise<void> {
    if (!this.giveTurn(about, to, reason)) return;
    await this.append(about, { role: "system", text: note });
    this.ctx.waitUntil(this.answer());
  }

  turn(): store.Turn | null {
    const room = store.loadRoom(this.ctx.storage);
    return room && store.turnOf(room);
  }

  page(offset: number, limit: number): { rows: store.StoredMessage[]; total: number } {
    const { storage } = this.ctx;
    return { rows: store.pageOfMessages(storage, offset, limit), total: store.countMessages(storage) };
  }

  find(id: string): store.StoredMessage | null {
    return store.findMessage(this.ctx.storage, id) ?? null;
  }

  /** Rewords or removes a stored message; its number stays. */
  async change(
    id: string,
    change: { text?: string; editedAt?: number; deletedAt?: number },
  ): Promise<store.StoredMessage | null> {
    const { storage } = this.ctx;
    if (!store.findMessage(storage, id)) return null;
    const message = store.write(storage, (room) => store.changeMessage(storage, room, id, change));
    await this.ctx.storage.setAlarm(Date.now() + retryMs);
    await this.project();
    return message;
  }

  /** Everything that was said is gone, and nobody is connected any more. */
  async forget(): Promise<void> {
    const { storage } = this.ctx;
    for (const socket of this.ctx.getWebSockets()) socket.close(4003, "erased");
    await storage.deleteAlarm();
    await storage.deleteAll();
    store.createTables(storage);
  }

  override async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const seat = await redeemTicket<Seat>(this.ctx.storage, url.searchParams.get("ticket") ?? "", Date.now());
    const origin = request.headers.get("origin");
    if (!seat || (seat.origin && origin && origin !== seat.origin))
      return new Response("The ticket is not valid", { status: 401 });
    const after = Number(url.searchParams.get("after") ?? "0") || 0;
    return new Response(null, { status: 101, webSocket: peers.welcome(this.ctx, seat, after) });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const seat = seatOf(socket);
    const room = store.loadRoom(this.ctx.storage);
    if (!seat || !room) return socket.close(4001, "unknown seat");
    const frame = ClientFrame.safeParse(parseJson(data));
    if (!frame.success) return peers.send(socket, refusalOf(data, frame.error));
    switch (frame.data.type) {
      case "message":
        return this.heard(socket, room.about, seat, frame.data.text, frame.data.client_id);
      case "resume":
        return peers.replay(this.ctx.storage, socket, frame.data.after);
      case "typing":
        return peers.broadcast(this.ctx, { type: "typing", role: roleOf(seat), name: seat.name }, socket);
      case "seen":
        return peers.broadcast(this.ctx, { type: "seen", role: roleOf(seat), seq: frame.data.seq }, socket);
    }
  }

  override webSocketClose(socket: WebSocket): void {
    peers.sayGoodbye(this.ctx, socket);
  }

  /** Finishes what a crash, an eviction or a refusing database left behind; re-arms itself and never throws. */
  override async alarm(): Promise<void> {
    await this.answer();
  }

  private async heard(socket: WebSocket, about: store.About, seat: Seat, text: string, client_id: string) {
    if (seat.role === "viewer") {
      const message = "You may only read";
      return peers.send(socket, { type: "error", code: "INSUFFICIENT_PERMISSIONS", message, client_id });
    }
    const said = await this.say(about, seat, { text, clientId: client_id });
    if (said.outcome === "stored")
      return peers.send(socket, { type: "ack", client_id, seq: said.message.seq });
    const limited = { type: "error", code: "RATE_LIMIT_EXCEEDED", message: "Too many messages" } as const;
    peers.send(socket, { ...limited, client_id, retry_after: said.retryAfter });
  }

  /** Seconds to wait, or null when the visitor may go on. */
  private async tooFast(seat: Seat): Promise<number | null> {
    const { limit, windowSeconds, name } = policies.chat;
    const scaled = Math.floor(limit * configOf(this.env).RATE_LIMIT_SCALE);
    const taken = await rateLimiter(this.env, `${name}:${seat.id}`).take(scaled, windowSeconds * 1000);
    return taken.allowed ? null : taken.resetSeconds;
  }

  private giveTurn(about: store.About, to: store.Speaker, reason: string | null): boolean {
    const moved = store.write(this.ctx.storage, (room) => store.giveTurn(room, to, reason), about);
    if (moved) peers.announceSpeaker(this.ctx);
    return moved;
  }

  private async append(about: store.About, message: Omit<store.NewMessage, "id" | "at"> & { id?: string }) {
    const { storage } = this.ctx;
    const at = Date.now() + about.clockOffsetMs;
    const insert = (room: store.Room) => store.insertMessage(storage, room, { id: newId(), ...message, at });
    const stored = store.write(storage, insert, about);
    await storage.setAlarm(Date.now() + retryMs);
    peers.show(this.ctx, stored);
    return stored;
  }

  /** One answer after the other until nothing waits; one run at a time, whoever asks. */
  private async answer(): Promise<void> {
    if (this.answering) return;
    this.answering = true;
    try {
      for (;;) {
        const waitUntil = (work: Promise<unknown>) => this.ctx.waitUntil(work);
        const thinks = () => peers.broadcast(this.ctx, { type: "typing", role: "bot" });
        const { env, ctx } = this;
        const answered = await answerOnce({ env, storage: ctx.storage, waitUntil, thinks });
        if (answered.outcome === "failed")
          await this.ctx.storage.setAlarm(Date.now() + retryMs * 2 ** answered.failures);
        if (answered.outcome !== "answered") break;
        for (const message of answered.messages) peers.show(this.ctx, message);
        if (answered.turnMoved) peers.announceSpeaker(this.ctx);
      }
    } finally {
      this.answering = false;
    }
    await this.project();
  }

  /** Copies what D1 has not seen. A refusal leaves the alarm to try again. */
  private async project(): Promise<void> {
    const { storage } = this.ctx;
    const room = store.loadRoom(storage);
    const rows = room ? store.unprojected(storage, room) : [];
    const last = rows.at(-1);
    if (!room || !last) return;
    try {
      await projectRoom(this.env, room, rows, store.summarize(storage));
    } catch {
      await storage.setAlarm(Date.now() + 5 * retryMs);
      return;
    }
    store.write(storage, (now) => {
      now.projectedRevision = Math.max(now.projectedRevision, last.revision);
      now.toldTurn = Math.max(now.toldTurn, room.turn);
    });
    if (rows.length === store.pageSize) await this.project();
  }
}
