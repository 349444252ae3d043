import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";
import {
  ClientFrame,
  type ChatMessage,
  type Payload,
  type ServerFrame,
} from "../../src/durable/chat-room/protocol.ts";

/** What can go wrong between a room and a browser; counts are used up one by one. */
export type RoomFaults = {
  /** Stores the message, then drops the socket before anything is answered. */
  dropBeforeAnswer: number;
  /** Stores and shows the message, but never acknowledges it. */
  loseAck: number;
  /** Drops the socket before the message is stored. */
  dropBeforeStore: number;
  /** Leaves the next message frame of the bot out, as if it was lost. */
  loseReply: number;
  /** Sends every message frame twice. */
  repeatFrames: boolean;
  /** Refuses messages as too many, asking to wait one second. */
  limit: number;
  /** Refuses messages with this code. */
  refuseWith: string | null;
  /** The bot says nothing by itself. */
  silentBot: boolean;
};

export const noFaults = (): RoomFaults => ({
  dropBeforeAnswer: 0,
  loseAck: 0,
  dropBeforeStore: 0,
  loseReply: 0,
  repeatFrames: false,
  limit: 0,
  refuseWith: null,
  silentBot: false,
});

type Stored = { seq: number; message: ChatMessage };

/** One conversation in memory, speaking the room's protocol: numbered, deduplicated, replayed after a seq. */
export class FakeRoom {
  readonly id = randomUUID();
  readonly stored: Stored[] = [];
  readonly sockets = new Set<WebSocket>();
  readonly heard: ClientFrame[] = [];
  faults = noFaults();
  readonly #mute = new Set<WebSocket>();

  get texts(): string[] {
    return this.stored.map(({ message }) => message.text);
  }

  get visitorTexts(): string[] {
    return this.stored.flatMap(({ message }) => (message.role === "visitor" ? [message.text] : []));
  }

  join(socket: WebSocket, after: number) {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("message", (data) => this.#hear(socket, (data as Buffer).toString()));
    this.#replay(socket, after);
  }

  /** Stores a message and shows it to everyone connected. */
  say(role: ChatMessage["role"], text: string, more: Partial<ChatMessage> = {}): Stored {
    const created_at = new Date().toISOString();
    const entry = {
      seq: this.stored.length + 1,
      message: { id: randomUUID(), role, text, created_at, ...more },
    };
    this.stored.push(entry);
    if (role === "bot" && this.faults.loseReply > 0) this.faults.loseReply -= 1;
    else this.broadcast({ type: "message", ...entry });
    return entry;
  }

  broadcast(frame: ServerFrame) {
    for (const socket of this.sockets) this.#send(socket, frame);
  }

  /** Kills the sockets of now without a word: they stay open and answer nothing, not even pings, ever again. */
  muteSockets() {
    for (const socket of this.sockets) this.#mute.add(socket);
  }

  dropSockets() {
    for (const socket of this.sockets) socket.terminate();
  }

  #send(socket: WebSocket, frame: ServerFrame) {
    if (this.#mute.has(socket)) return;
    socket.send(JSON.stringify(frame));
    if (this.faults.repeatFrames && frame.type === "message") socket.send(JSON.stringify(frame));
  }

  #replay(socket: WebSocket, after: number) {
    for (const entry of this.stored) if (entry.seq > after) this.#send(socket, { type: "message", ...entry });
  }

  #hear(socket: WebSocket, text: string) {
    if (this.#mute.has(socket)) return;
    if (text === "ping") return socket.send("pong");
    const frame = ClientFrame.parse(JSON.parse(text));
    this.heard.push(frame);
    if (frame.type === "resume") return this.#replay(socket, frame.after);
    if (frame.type === "message") this.#receive(socket, frame.client_id, frame.text);
  }

  #receive(socket: WebSocket, client_id: string, text: string) {
    if (this.#takes("dropBeforeStore")) return socket.terminate();
    const refusal = this.#takes("limit") ? "RATE_LIMIT_EXCEEDED" : this.faults.refuseWith;
    if (refusal !== null)
      return this.#send(socket, {
        type: "error",
        code: refusal,
        message: "Not now",
        client_id,
        retry_after: 1,
      });
    const known = this.stored.find(({ message }) => message.client_id === client_id);
    const dropped = this.#takes("dropBeforeAnswer");
    if (dropped) socket.terminate();
    const { seq } = known ?? this.say("visitor", text, { client_id });
    if (!dropped && !this.#takes("loseAck")) this.#send(socket, { type: "ack", client_id, seq });
    if (!known && !this.faults.silentBot) this.#answer(text);
  }

  #takes(fault: "dropBeforeAnswer" | "loseAck" | "dropBeforeStore" | "limit"): boolean {
    if (this.faults[fault] === 0) return false;
    this.faults[fault] -= 1;
    return true;
  }

  #answer(text: string) {
    this.broadcast({ type: "typing", role: "bot" });
    const payload = payloadFor(text);
    setTimeout(
      () => this.say("bot", `About “${text.slice(0, 60)}”: gladly.`, payload ? { payload } : {}),
      30,
    );
  }
}

function payloadFor(text: string): Payload | undefined {
  if (/person/i.test(text)) return { kind: "handoff" };
  if (/details/i.test(text)) return { kind: "contact_form" };
  if (!/tour/i.test(text)) return undefined;
  const hours = Array.from({ length: 8 }, (_, i) => 15 + i);
  return {
    kind: "slots",
    slots: hours.map((hour) => ({
      starts_at: `2026-11-24T${hour}:00:00Z`,
      label: `Tue, Nov 24, ${((hour - 7) % 12) + 1}:00 ${hour < 18 ? "AM" : "PM"}`,
    })),
  };
}
