import type { MessageRole, Payload } from "../../durable/chat-room/protocol.ts";
import type { ChatState, Link, Pending, Stored } from "./chat-state.ts";

/** Where an own message stands; `null` once it is stored and nobody has reported seeing it. */
export type Standing = "sending" | "waiting" | "refused" | "seen" | null;

/** One entry of the conversation as it is drawn. */
export type Item = {
  /** The same for an own message before and after the room has stored it, so that it is drawn once. */
  key: string;
  messageId: string | null;
  clientId: string | null;
  role: MessageRole;
  author: string | null;
  text: string;
  /** ISO time, or null while unsent. */
  at: string | null;
  standing: Standing;
  problem: string | null;
  /** What can still be chosen here: only the newest offer of its kind, and only until it is taken up. */
  offer: Payload | null;
  formSent: boolean;
};

/** Everything to draw, in order: the welcome, what is stored, what is not yet. */
export function timelineOf(state: ChatState, welcome: string): Item[] {
  const seenSeq = state.messages.findLast(
    ({ seq, message }) => message.role === "visitor" && seq <= state.seenByStaffTo,
  )?.seq;
  const first = state.messages[0]?.message;
  const stored = state.messages.map((each) => storedItem(each, state, seenSeq));
  // A room may store its greeting as its first message: then that one stands where the welcome stood.
  const greets = first?.role === "bot";
  if (greets && first.text === welcome && stored[0]) stored[0].key = welcomeKey;
  return [
    ...(greets || !welcome ? [] : [{ ...blank, key: welcomeKey, text: welcome }]),
    ...stored,
    ...state.pending.map((letter) => pendingItem(letter, state.link)),
  ];
}

const welcomeKey = "welcome";

const blank: Item = {
  key: "",
  messageId: null,
  clientId: null,
  role: "bot",
  author: null,
  text: "",
  at: null,
  standing: null,
  problem: null,
  offer: null,
  formSent: false,
};

function storedItem(stored: Stored, state: ChatState, seenSeq: number | undefined): Item {
  const { seq, message } = stored;
  return {
    ...blank,
    key: message.client_id ? `c:${message.client_id}` : `s:${seq}`,
    messageId: message.id,
    clientId: message.client_id ?? null,
    role: message.role,
    author: message.author_name ?? null,
    text: message.text,
    at: message.created_at,
    standing: seq === seenSeq ? "seen" : null,
    offer: isOpenOffer(stored, state) ? (message.payload ?? null) : null,
    formSent: state.formsSent.includes(message.id),
  };
}

function isOpenOffer({ seq, message }: Stored, state: ChatState): boolean {
  const kind = message.payload?.kind;
  if (kind === undefined) return false;
  const later = state.messages.filter((other) => other.seq > seq);
  if (later.some((other) => other.message.payload?.kind === kind)) return false;
  if (kind === "contact_form") return !state.formsSent.includes(message.id);
  if (kind === "handoff" && (state.speaker === "human" || state.personAsked)) return false;
  return state.pending.length === 0 && !later.some((other) => other.message.role === "visitor");
}

function pendingItem(letter: Pending, link: Link): Item {
  const standing = letter.state === "refused" ? "refused" : link === "open" ? "sending" : "waiting";
  return {
    ...blank,
    key: `c:${letter.clientId}`,
    clientId: letter.clientId,
    role: "visitor",
    text: letter.text,
    standing,
    problem: letter.problem ?? null,
  };
}
