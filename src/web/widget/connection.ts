import { backOffMs } from "./back-off.ts";
import type { Link } from "./chat-state.ts";

export type Socket = Pick<WebSocket, "send" | "close" | "addEventListener">;

export type ConnectionParts = {
  /** Gives the address of the next socket; each is good for one connection. */
  prepare: () => Promise<string>;
  openSocket: (url: string) => Socket;
  isOnline: () => boolean;
  random: () => number;
  onLink: (link: Link) => void;
  onText: (text: string) => void;
  /** How to go on after `prepare` failed: milliseconds to wait at least, or null to give up. */
  onFailure: (error: unknown) => number | null;
};

const pingEveryMs = 25_000;
const answerWithinMs = 8000;
const wakeAnswerWithinMs = 3000;
const openWithinMs = 10_000;

type Timer = ReturnType<typeof setTimeout> | undefined;

/** One socket kept alive: found dead by silence, replaced after a growing pause, at once when the page wakes. */
export class Connection {
  readonly #parts: ConnectionParts;
  #link: Link = "idle";
  #socket: Socket | null = null;
  #attempt = 0;
  /** Whatever an older socket or promise still says is not listened to. */
  #generation = 0;
  #isWaiting = false;
  #notBefore = 0;
  #timer: Timer;
  #silence: Timer;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  get isWanted(): boolean {
    return this.#link !== "idle" && this.#link !== "refused";
  }

  start() {
    if (!this.isWanted) void this.#connect();
  }

  stop() {
    this.#drop();
    this.#change("idle");
  }

  /** Gives this socket up, as when an answer is overdue or the network is gone, and gets another. */
  restart() {
    if (this.isWanted) this.#retry();
  }

  /** The page woke or the network is back: prove the socket, or get one now unless the server asked to wait. */
  wake() {
    if (!this.isWanted) return;
    this.#attempt = 0;
    if (this.#link === "open") this.#probe(wakeAnswerWithinMs);
    else if (this.#isWaiting && Date.now() >= this.#notBefore) void this.#connect();
  }

  /** The page is put aside: a frozen page must hold no socket. `wake` ends it. */
  sleep() {
    if (!this.isWanted) return;
    this.#drop();
    this.#isWaiting = true;
    this.#change("connecting");
  }

  send(frame: object): boolean {
    if (this.#link !== "open" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #change(link: Link) {
    if (link === this.#link) return;
    this.#link = link;
    this.#parts.onLink(link);
  }

  #drop() {
    this.#generation += 1;
    this.#isWaiting = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#socket?.close();
    this.#socket = null;
  }

  async #connect() {
    this.#drop();
    const generation = this.#generation;
    if (this.#attempt < 2 && this.#parts.isOnline()) this.#change("connecting");
    try {
      const url = await this.#parts.prepare();
      if (generation === this.#generation) this.#listen(this.#parts.openSocket(url), generation);
    } catch (error) {
      if (generation !== this.#generation) return;
      const waitMs = this.#parts.onFailure(error);
      if (waitMs === null) this.#change("refused");
      else this.#retry(waitMs);
    }
  }

  #listen(socket: Socket, generation: number) {
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#retry(), openWithinMs);
    const on = <Name extends "open" | "close" | "message">(
      name: Name,
      act: (event: WebSocketEventMap[Name]) => void,
    ) =>
      socket.addEventListener(name, (event) => {
        if (generation === this.#generation) act(event);
      });
    on("open", () => {
      this.#beat();
      this.#change("open");
    });
    on("message", (event) => this.#hear(event.data));
    on("close", () => this.#retry());
  }

  #hear(data: unknown) {
    this.#attempt = 0;
    clearTimeout(this.#silence);
    if (typeof data === "string" && data !== "pong") this.#parts.onText(data);
  }

  #beat() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#probe(answerWithinMs);
      this.#beat();
    }, pingEveryMs);
  }

  #probe(withinMs: number) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#retry(), withinMs);
    this.#socket?.send("ping");
  }

  #retry(atLeastMs = 0) {
    this.#drop();
    const waitMs = Math.max(atLeastMs, backOffMs(this.#attempt, this.#parts.random));
    this.#notBefore = Date.now() + atLeastMs;
    this.#attempt += 1;
    this.#isWaiting = true;
    this.#timer = setTimeout(() => void this.#connect(), waitMs);
    if (!this.#parts.isOnline()) this.#change("offline");
    else this.#change(this.#attempt < 2 ? "connecting" : "retrying");
  }
}
