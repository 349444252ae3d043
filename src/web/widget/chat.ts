import type { ChatMessage, ServerFrame } from "../../durable/chat-room/protocol.ts";
import { ApiFailure, type Api } from "./api.ts";
import {
  emptyChat,
  hasGap,
  lastSeq,
  nextToSend,
  reduceChat,
  remedyFor,
  type ChatEvent,
  type ChatState,
  type Link,
} from "./chat-state.ts";
import { Connection, type ConnectionParts } from "./connection.ts";
import { Courier } from "./courier.ts";
import { openConversation } from "./open-conversation.ts";
import type { Outbox } from "./outbox.ts";
import type { Store } from "./store.ts";

type ErrorFrame = Extract<ServerFrame, { type: "error" }>;

export type ChatParts = Pick<ConnectionParts, "openSocket" | "isOnline" | "random"> & {
  api: Api;
  store: Store;
  outbox: Outbox;
  newId: () => string;
  onState: (state: ChatState) => void;
  /** A message that was not yet stored when this page opened. */
  onNews: (message: ChatMessage) => void;
  onError: (code: string, message: string) => void;
};

const gapFillsWithinMs = 3000;
const typingFadesAfterMs = 6000;
const typingEveryMs = 3000;
const waitUnlessToldMs = 5000;

/** Joins state, outbox, calls and socket. What it promises: each message stored once, shown once, in order. */
export class Chat {
  readonly line: Connection;
  readonly #parts: ChatParts;
  readonly #courier: Courier;
  #state = emptyChat;
  #conversationId: string | null = null;
  #opening: Promise<string> | null = null;
  #gapAskedFrom: number | null = null;
  #gapTimer: ReturnType<typeof setTimeout> | undefined;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #typedAt = 0;

  constructor(parts: ChatParts) {
    this.#parts = parts;
    this.line = new Connection({
      openSocket: parts.openSocket,
      isOnline: parts.isOnline,
      random: parts.random,
      prepare: () => this.#socketAddress(),
      onLink: (link) => this.#linked(link),
      onText: (text) => this.#receive(text),
      onFailure: (error) => this.#failed(error),
    });
    this.#courier = new Courier({
      outbox: parts.outbox,
      next: () => nextToSend(this.#state),
      post: ({ clientId, text }) => this.line.send({ type: "message", client_id: clientId, text }),
      onSilence: () => this.line.restart(),
    });
  }

  get state(): ChatState {
    return this.#state;
  }

  /** Takes up where this browser left off: what is unsent, and the conversation that is open. */
  async begin() {
    const { api, store, outbox } = this.#parts;
    for (const letter of outbox.list()) this.#dispatch({ type: "composed", ...letter });
    const { conversation } = await api.session();
    this.#dispatch({
      type: "began",
      historyTo: conversation?.last_seq ?? 0,
      readTo: Number(store.get(`read:${conversation?.id}`)) || 0,
      formsSent: (store.get("forms") ?? "").split(" ").filter(Boolean),
    });
    if (conversation || nextToSend(this.#state)) this.line.start();
  }

  send(text: string) {
    const letter = { clientId: this.#parts.newId(), text };
    this.#parts.outbox.add(letter);
    this.#dispatch({ type: "composed", ...letter });
    this.#goOn();
  }

  retry(clientId: string) {
    const letter = this.#state.pending.find((each) => each.clientId === clientId);
    if (!letter) return;
    this.#parts.outbox.add(letter);
    this.#dispatch({ type: "retried", clientId });
    this.#goOn();
  }

  discard(clientId: string) {
    this.#dispatch({ type: "discarded", clientId });
  }

  async askPerson() {
    try {
      await this.#parts.api.handOff(await this.#conversation());
      this.#dispatch({ type: "personAsked" });
      this.line.start();
    } catch (error) {
      this.#failed(error);
      if (this.#state.notice === null) this.#dispatch({ type: "noticed", notice: { kind: "failed" } });
    }
  }

  /** Throws ApiFailure, whose details name the fields that were refused. */
  async sendContact(messageId: string, contact: object) {
    const { api, store } = this.#parts;
    await api.qualify(await this.#conversation(), contact);
    this.#dispatch({ type: "formSent", messageId });
    store.set("forms", this.#state.formsSent.slice(-20).join(" "));
  }

  /** The visitor has everything on screen. */
  markRead() {
    const seq = lastSeq(this.#state);
    if (seq <= this.#state.readTo) return;
    this.#dispatch({ type: "read", seq });
    this.#parts.store.set(`read:${this.#conversationId}`, String(seq));
    this.line.send({ type: "seen", seq });
  }

  markTyping() {
    if (Date.now() - this.#typedAt < typingEveryMs) return;
    this.#typedAt = Date.now();
    this.line.send({ type: "typing" });
  }

  #dispatch(event: ChatEvent) {
    const before = this.#state;
    this.#state = reduceChat(before, event);
    if (this.#state !== before) this.#parts.onState(this.#state);
  }

  #goOn() {
    this.line.start();
    this.#courier.flush();
  }

  async #conversation(): Promise<string> {
    if (this.#conversationId !== null) return this.#conversationId;
    const { api, store, newId } = this.#parts;
    this.#opening ??= openConversation(api, store, newId);
    try {
      return (this.#conversationId = await this.#opening);
    } finally {
      this.#opening = null;
    }
  }

  async #socketAddress(): Promise<string> {
    const id = await this.#conversation();
    try {
      const address = new URL((await this.#parts.api.ticket(id)).url);
      address.searchParams.set("after", String(this.#state.resumeFrom));
      return address.href;
    } catch (failure) {
      if (!(failure instanceof ApiFailure) || !failure.isMissing) throw failure;
      this.#end();
      throw new ApiFailure(0, "CONVERSATION_ENDED", "The conversation is over");
    }
  }

  /** The conversation is gone. What is still unsent opens a new one, else the next message does. */
  #end() {
    this.#conversationId = null;
    this.#parts.api.forgetSession();
    this.#dispatch({ type: "ended" });
    if (!nextToSend(this.#state)) this.line.stop();
  }

  #linked(link: Link) {
    this.#courier.release();
    this.#gapAskedFrom = null;
    clearTimeout(this.#gapTimer);
    this.#dispatch({ type: "linked", link });
    if (link !== "open") return;
    if (this.#state.notice && !this.#courier.isHeld) this.#dispatch({ type: "noticed", notice: null });
    if (this.#state.readTo > 0) this.line.send({ type: "seen", seq: this.#state.readTo });
    this.#courier.flush();
  }

  #failed(error: unknown): number | null {
    const failure = error instanceof ApiFailure ? error : new ApiFailure(0, "UNEXPECTED", String(error));
    this.#parts.onError(failure.code, failure.message);
    if (!failure.passes) {
      this.#dispatch({ type: "noticed", notice: { kind: "failed" } });
      return null;
    }
    if (failure.status === 429) this.#limit(failure.retryAfterMs);
    return failure.retryAfterMs;
  }

  #limit(waitMs: number) {
    this.#dispatch({ type: "noticed", notice: { kind: "limited", seconds: Math.ceil(waitMs / 1000) } });
  }

  #receive(text: string) {
    const frame = readFrame(text);
    if (!frame) return this.#parts.onError("INVALID_FORMAT", "An unreadable frame was passed over");
    if (frame.type === "error") return this.#refuse(frame);
    const known = this.#state.messages.length;
    this.#dispatch({ type: "frame", frame });
    if (frame.type === "message") {
      if (frame.message.client_id) this.#courier.settle(frame.message.client_id);
      this.#mindTheGap();
      const isNew = this.#state.messages.length > known && frame.seq > this.#state.historyTo;
      if (isNew) this.#parts.onNews(frame.message);
    }
    if (frame.type === "ack") this.#courier.settle(frame.client_id);
    if (frame.type === "typing") {
      clearTimeout(this.#typingTimer);
      this.#typingTimer = setTimeout(() => this.#dispatch({ type: "typingFaded" }), typingFadesAfterMs);
    }
  }

  #refuse(frame: ErrorFrame) {
    this.#parts.onError(frame.code, frame.message);
    if (frame.client_id === undefined) return;
    this.#courier.release(frame.client_id);
    const remedy = remedyFor(frame.code);
    if (remedy === "sign-in") {
      this.#parts.api.forgetSession();
      this.line.restart();
    } else if (frame.code === "RATE_LIMIT_EXCEEDED" || (remedy === "wait" && this.#courier.mayTryAgain())) {
      const waitMs = frame.retry_after === undefined ? waitUnlessToldMs : frame.retry_after * 1000;
      if (frame.code === "RATE_LIMIT_EXCEEDED") this.#limit(waitMs);
      this.#courier.hold(waitMs, () => this.#dispatch({ type: "noticed", notice: null }));
    } else {
      this.#dispatch({ type: "frame", frame: { ...frame, code: "NOT_SENT" } });
      this.#courier.settle(frame.client_id);
    }
  }

  /** Asks once for what lies in a gap; a room that has nothing there skipped the number. */
  #mindTheGap() {
    const { resumeFrom } = this.#state;
    if (!hasGap(this.#state) || this.#gapAskedFrom === resumeFrom) return;
    this.#gapAskedFrom = resumeFrom;
    this.line.send({ type: "resume", after: resumeFrom });
    clearTimeout(this.#gapTimer);
    this.#gapTimer = setTimeout(() => {
      this.#gapAskedFrom = null;
      this.#dispatch({ type: "gapAccepted" });
    }, gapFillsWithinMs);
  }
}

/** The room's frames are its own schema's output, so only the outline is checked here. */
function readFrame(text: string): ServerFrame | null {
  try {
    const frame = JSON.parse(text) as ServerFrame | null;
    return typeof frame === "object" && typeof frame?.type === "string" ? frame : null;
  } catch {
    return null;
  }
}
