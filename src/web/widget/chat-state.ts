import type { ChatMessage, ServerFrame } from "../../durable/chat-room/protocol.ts";

export type Stored = { seq: number; message: ChatMessage };

/** A message of this browser that has not come back from the room yet. */
export type Pending = {
  clientId: string;
  text: string;
  state: "waiting" | "stored" | "refused";
  problem?: string;
};

/** `refused`: the server will not let this browser in, and trying again would not help. */
export type Link = "idle" | "connecting" | "open" | "retrying" | "offline" | "refused";

export type Notice = { kind: "limited"; seconds: number } | { kind: "failed" } | { kind: "ended" };

export type ChatState = {
  link: Link;
  /** By seq, ascending, each seq once. */
  messages: readonly Stored[];
  pending: readonly Pending[];
  /** Everything up to this seq has arrived; a new connection asks for what follows. */
  resumeFrom: number;
  /** What was stored before this page opened; up to here messages are history, not news. */
  historyTo: number;
  readTo: number;
  seenByStaffTo: number;
  typing: { name?: string | undefined } | null;
  speaker: "bot" | "human";
  agentName: string | null;
  personAsked: boolean;
  /** Ids of the messages whose contact form has been sent. */
  formsSent: readonly string[];
  notice: Notice | null;
};

export type ChatEvent =
  | { type: "frame"; frame: ServerFrame }
  | { type: "composed"; clientId: string; text: string }
  | { type: "retried" | "discarded"; clientId: string }
  | { type: "linked"; link: Link }
  | { type: "began"; historyTo: number; readTo: number; formsSent: readonly string[] }
  | { type: "read"; seq: number }
  | { type: "gapAccepted" | "typingFaded" | "personAsked" | "ended" }
  | { type: "formSent"; messageId: string }
  | { type: "noticed"; notice: Notice | null };

export const emptyChat: ChatState = {
  link: "idle",
  messages: [],
  pending: [],
  resumeFrom: 0,
  historyTo: 0,
  readTo: 0,
  seenByStaffTo: 0,
  typing: null,
  speaker: "bot",
  agentName: null,
  personAsked: false,
  formsSent: [],
  notice: null,
};

export function reduceChat(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case "frame":
      return reduceFrame(state, event.frame);
    case "composed":
      return compose(state, event.clientId, event.text);
    case "retried":
      return { ...state, pending: moveToEnd(state.pending, event.clientId) };
    case "discarded":
      return { ...state, pending: without(state.pending, event.clientId) };
    case "linked":
      return { ...state, link: event.link, typing: event.link === "open" ? state.typing : null };
    case "began": {
      const { historyTo, readTo, formsSent } = event;
      return { ...state, historyTo, readTo: Math.max(state.readTo, readTo), formsSent };
    }
    case "read":
      return event.seq > state.readTo ? { ...state, readTo: event.seq } : state;
    case "gapAccepted":
      return { ...state, resumeFrom: lastSeq(state) };
    case "typingFaded":
      return { ...state, typing: null };
    case "personAsked":
      return { ...state, personAsked: true };
    case "formSent":
      return { ...state, formsSent: [...state.formsSent, event.messageId] };
    case "noticed":
      return { ...state, notice: event.notice };
    case "ended":
      return { ...emptyChat, pending: state.pending, notice: { kind: "ended" } };
  }
}

function reduceFrame(state: ChatState, frame: ServerFrame): ChatState {
  switch (frame.type) {
    case "message":
      return receive(state, frame.seq, frame.message);
    case "ack":
      return { ...state, pending: mark(state.pending, frame.client_id, { state: "stored" }) };
    case "typing":
      return frame.role === "visitor" ? state : { ...state, typing: { name: frame.name } };
    case "seen":
      return frame.role === "agent" && frame.seq > state.seenByStaffTo
        ? { ...state, seenByStaffTo: frame.seq }
        : state;
    case "speaker":
      return speak(state, frame.speaker, frame.name);
    case "error":
      if (frame.client_id === undefined || remedyFor(frame.code) !== "none") return state;
      return {
        ...state,
        pending: mark(state.pending, frame.client_id, { state: "refused", problem: frame.message }),
      };
    case "presence":
      return state;
    default:
      return state; // A frame from a newer server.
  }
}

/** What helps against a refusal: waiting, a new session, or nothing. */
export function remedyFor(code: string): "wait" | "sign-in" | "none" {
  if (["UNAUTHORIZED", "INVALID_TOKEN", "TOKEN_EXPIRED"].includes(code)) return "sign-in";
  return ["RATE_LIMIT_EXCEEDED", "INTERNAL_ERROR", "DATABASE_ERROR"].includes(code) ? "wait" : "none";
}

function receive(state: ChatState, seq: number, message: ChatMessage): ChatState {
  const pending = message.client_id ? without(state.pending, message.client_id) : state.pending;
  if (state.messages.some((stored) => stored.seq === seq)) return { ...state, pending };
  const after = state.messages.findLastIndex((stored) => stored.seq < seq) + 1;
  const messages = state.messages.toSpliced(after, 0, { seq, message });
  const typing = message.role === "visitor" ? state.typing : null;
  return { ...state, messages, pending, typing, resumeFrom: furthest(messages, state.resumeFrom) };
}

function furthest(messages: readonly Stored[], from: number): number {
  let reached = from;
  for (const { seq } of messages) if (seq === reached + 1) reached = seq;
  return reached;
}

function speak(state: ChatState, speaker: ChatState["speaker"], name?: string): ChatState {
  const personAsked = speaker === "bot" && state.speaker === "human" ? false : state.personAsked;
  return { ...state, speaker, agentName: speaker === "human" ? (name ?? null) : null, personAsked };
}

function compose(state: ChatState, clientId: string, text: string): ChatState {
  const known =
    state.pending.some((letter) => letter.clientId === clientId) ||
    state.messages.some(({ message }) => message.client_id === clientId);
  if (known) return state;
  const notice = state.notice?.kind === "limited" ? state.notice : null;
  return { ...state, notice, pending: [...state.pending, { clientId, text, state: "waiting" }] };
}

function mark(pending: readonly Pending[], clientId: string, change: Partial<Pending>): readonly Pending[] {
  return pending.map((letter) => (letter.clientId === clientId ? { ...letter, ...change } : letter));
}

function without(pending: readonly Pending[], clientId: string): readonly Pending[] {
  return pending.filter((letter) => letter.clientId !== clientId);
}

function moveToEnd(pending: readonly Pending[], clientId: string): readonly Pending[] {
  const letter = pending.find((each) => each.clientId === clientId);
  if (!letter) return pending;
  return [...without(pending, clientId), { clientId, text: letter.text, state: "waiting" }];
}

export function lastSeq(state: ChatState): number {
  return state.messages.at(-1)?.seq ?? 0;
}

/** Whether a message arrived while an earlier number has not: either it was lost, or the room skipped it. */
export function hasGap(state: ChatState): boolean {
  return lastSeq(state) > state.resumeFrom;
}

export function unreadCount(state: ChatState): number {
  return state.messages.filter(({ seq, message }) => seq > state.readTo && message.role !== "visitor").length;
}

/** The next message to send. One travels at a time, so that the room stores them in the order written. */
export function nextToSend(state: ChatState): Pending | undefined {
  return state.pending.find((letter) => letter.state === "waiting");
}
